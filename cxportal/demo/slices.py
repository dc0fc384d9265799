"""What is loaded, with everything counted from 0: a catalogue for all, and slices of stores with their receipts."""

from dataclasses import dataclass

import numpy as np

from .book import Demand
from .clock import DAY, Clock, Numbers, to_utc
from .places import delivery_seconds
from .tills import Lines, busiest_stores, slice_lines

# Receipts before this, in seconds after midnight, are those of a store that does not close.
NIGHT_ENDS = 6 * 3600


@dataclass(frozen=True)
class Catalogue:
    """What the till lines name: real ids in the order of their places. `start` and `end` are on the stores' clock.

    `product_cents` is each product's price, `home_stores` the place of the store where each household buys most often.
    `night_stores` have receipts between midnight and six.
    """

    stores: list[int]
    products: Numbers
    product_cents: Numbers
    households: Numbers
    home_stores: Numbers
    start: int
    end: int
    night_stores: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Slice:
    """The till lines of some stores: `line_*` has an entry per line, `sale_*` per receipt, `level_*` per level."""

    catalogue: Catalogue
    line_quantity: Numbers
    line_cents: Numbers
    line_level: Numbers
    line_sale: Numbers
    line_wall: Numbers
    line_household: Numbers
    sale_basket: Numbers
    sale_store: Numbers
    sale_household: Numbers
    sale_at: Numbers
    level_store: Numbers
    level_product: Numbers
    level_kept: Numbers

    def __len__(self) -> int:
        return len(self.line_quantity)

    def demand(self) -> Demand:
        """What the book of stock must be able to serve."""
        morning = np.array([delivery_seconds(store) for store in self.catalogue.stores])
        return Demand(
            levels=len(self.level_store),
            level=self.line_level,
            at=self.line_wall,
            quantity=self.line_quantity,
            morning=morning[self.level_store],
            kept=self.level_kept,
            start=self.catalogue.start,
            end=self.catalogue.end,
        )

    def sale_totals(self) -> tuple[Numbers, Numbers]:
        """(pieces, cents) of each receipt."""
        starts = np.flatnonzero(np.diff(self.line_sale, prepend=-1))
        amounts = self.line_cents.astype(np.int64) * self.line_quantity
        return np.add.reduceat(self.line_quantity, starts), np.add.reduceat(amounts, starts)


def read_slices(clock: Clock, *, stores: int | None, weeks: int | None, parts: int) -> list[Slice]:
    """Read the busiest `stores` stores, their last `weeks` weeks (None: all), as `parts` slices of about one size."""
    real_stores = busiest_stores(stores)
    lines, kept = slice_lines(real_stores, clock, weeks)
    start = int(lines.wall[0]) // DAY * DAY if weeks is None else clock.slice_start(weeks)
    catalogue = _catalogue(lines, kept, real_stores, start, clock.wall)
    slices = []
    for part in range(min(parts, len(real_stores))):
        # Dealt there and back like cards, so that the busiest stores don't all lie in one slice.
        mine = [s for rank, s in enumerate(real_stores) if rank % (2 * parts) in (part, 2 * parts - 1 - part)]
        own, own_kept = lines.of_stores(mine), kept.of_stores(mine)
        if len(own):
            slices.append(_index(own, own_kept, catalogue))
    return slices


def _catalogue(lines: Lines, kept: Lines, stores: list[int], start: int, end: int) -> Catalogue:
    # What the kept day sells must be known to the catalogue and stand on the shelves.
    products = np.union1d(lines.product, kept.product)
    households = np.union1d(lines.household, kept.household)
    return Catalogue(
        stores=stores,
        products=products,
        product_cents=_last_prices(products, kept, lines),
        households=households,
        home_stores=_home_stores(lines, stores, households),
        start=start,
        end=end,
        night_stores=frozenset(np.unique(lines.store[lines.wall % DAY < NIGHT_ENDS]).tolist()),
    )


def _home_stores(lines: Lines, stores: list[int], households: Numbers) -> Numbers:
    visits = np.searchsorted(households, lines.household) * len(stores) + _places(stores, lines.store)
    pair, count = np.unique(visits, return_counts=True)
    home = np.zeros(len(households), np.int64)
    order = np.argsort(count, kind="stable")
    # Of several stores for one household the last stays: the one with most lines.
    home[pair[order] // len(stores)] = pair[order] % len(stores)
    return home


def _index(lines: Lines, kept: Lines, catalogue: Catalogue) -> Slice:
    keys, kept_keys = _level_keys(lines, catalogue), _level_keys(kept, catalogue)
    levels = np.union1d(keys, kept_keys)
    first_lines = np.flatnonzero(np.diff(lines.basket, prepend=-1))
    household = np.searchsorted(catalogue.households, lines.household).astype(np.int32)
    kept_level = np.searchsorted(levels, kept_keys)
    return Slice(
        catalogue=catalogue,
        line_level=np.searchsorted(levels, keys).astype(np.int32),
        line_sale=(np.cumsum(np.diff(lines.basket, prepend=-1) != 0) - 1).astype(np.int32),
        line_quantity=lines.quantity,
        line_cents=lines.cents,
        line_wall=lines.wall,
        line_household=household,
        sale_basket=lines.basket[first_lines],
        sale_store=_places(catalogue.stores, lines.store[first_lines]),
        sale_household=household[first_lines],
        sale_at=to_utc(lines.wall[first_lines]),
        level_store=(levels // len(catalogue.products)).astype(np.int32),
        level_product=(levels % len(catalogue.products)).astype(np.int32),
        level_kept=np.bincount(kept_level, weights=kept.quantity, minlength=len(levels)).astype(np.int32),
    )


def _places(stores: list[int], real: Numbers) -> Numbers:
    """Places of real store ids in the order of the stores."""
    order = np.argsort(stores)
    return order[np.searchsorted(np.array(stores)[order], real)]


def _last_prices(products: Numbers, *parts: Lines) -> Numbers:
    """The price in cents that each product was last sold at; later parts win."""
    cents = np.zeros(len(products), np.int64)
    for part in parts:
        cents[np.searchsorted(products, part.product)] = part.cents
    return cents


def _level_keys(lines: Lines, catalogue: Catalogue) -> Numbers:
    """One number per store and product, in the order of the stores."""
    products = np.searchsorted(catalogue.products, lines.product)
    return _places(catalogue.stores, lines.store) * len(catalogue.products) + products
