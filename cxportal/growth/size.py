"""How much there is of everything."""

from dataclasses import dataclass


class SizeError(ValueError):
    """These numbers make no chain."""


@dataclass(frozen=True)
class Size:
    """So many rows of each kind. SizeError where they can't be dealt out evenly."""

    levels: int = 1_000_000
    movements: int = 10_000_000
    stores: int = 1_000
    products: int = 10_000
    customers: int = 10_000

    def __post_init__(self) -> None:
        if min(self.levels, self.stores, self.products) < 1 or self.customers < 0:
            raise SizeError("A chain has at least one store, one product and one level.")
        if self.levels % self.products or self.levels // self.products > self.stores:
            raise SizeError(
                f"{self.levels:,} levels can't be dealt out: each of {self.products:,} products lies in the same number"
                f" of stores, and in at most {self.stores:,}."
            )
        if self.movements < self.levels:
            raise SizeError("Each level has at least one movement, its opening stock.")

    @property
    def stores_of_product(self) -> int:
        """In how many stores each product lies."""
        return self.levels // self.products
