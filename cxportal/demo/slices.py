"""The part of the data that is loaded: stores, products, households, receipts and levels, all counted from 0."""

from dataclasses import dataclass

import numpy as np

from .book import Demand
from .clock import DAY, Clock, Numbers, to_utc
from .places import delivery_seconds
from .tills import Lines, busiest_stores, slice_lines


@dataclass
class Slice:
    """Till lines and the places of what they name. `start` and `end` are on the stores' clock.

    `line_*` have an entry per line, `sale_*` per receipt, `level_*` per store and product.
    """

    stores: list[int]
    products: Numbers
    product_cents: Numbers
    households: Numbers
    start: int
    end: int
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
        morning = np.array([delivery_seconds(store) for store in self.stores])
        return Demand(
            levels=len(self.level_store),
            level=self.line_level,
            at=self.line_wall,
            quantity=self.line_quantity,
            morning=morning[self.level_store],
            kept=self.level_kept,
            start=self.start,
            end=self.end,
        )

    def sale_totals(self) -> tuple[Numbers, Numbers]:
        """(pieces, cents) of each receipt."""
        starts = np.flatnonzero(np.diff(self.line_sale, prepend=-1))
        amounts = self.line_cents.astype(np.int64) * self.line_quantity
        return np.add.reduceat(self.line_quantity, starts), np.add.reduceat(amounts, starts)

    def home_stores(self) -> Numbers:
        """Per household the store, as its place, where it buys most often."""
        pairs = self.sale_household.astype(np.int64) * len(self.stores) + self.sale_store
        pair, visits = np.unique(pairs, return_counts=True)
        home = np.zeros(len(self.households), np.int64)
        order = np.argsort(visits, kind="stable")
        home[pair[order] // len(self.stores)] = pair[order] % len(self.stores)
        return home


def read_slice(clock: Clock, *, stores: int | None, weeks: int | None) -> Slice:
    """Read the busiest `stores` stores' last `weeks` weeks; None means all."""
    real_stores = busiest_stores(stores)
    lines, kept = slice_lines(real_stores, clock, weeks)
    start = int(lines.wall[0]) // DAY * DAY if weeks is None else clock.slice_start(weeks)
    return _index(lines, kept, real_stores, start, clock.wall)


def _index(lines: Lines, kept: Lines, stores: list[int], start: int, end: int) -> Slice:
    # What the kept day sells must be known to the catalogue and stand on the shelves.
    products = np.union1d(lines.product, kept.product)
    households = np.union1d(lines.household, kept.household)
    levels = np.union1d(_level_keys(lines, stores, products), _level_keys(kept, stores, products))
    first_lines = np.flatnonzero(np.diff(lines.basket, prepend=-1))
    household = np.searchsorted(households, lines.household).astype(np.int32)
    kept_level = np.searchsorted(levels, _level_keys(kept, stores, products))
    return Slice(
        stores=stores,
        products=products,
        product_cents=_last_prices(products, kept, lines),
        households=households,
        start=start,
        end=end,
        line_level=np.searchsorted(levels, _level_keys(lines, stores, products)).astype(np.int32),
        line_sale=(np.cumsum(np.diff(lines.basket, prepend=-1) != 0) - 1).astype(np.int32),
        line_quantity=lines.quantity,
        line_cents=lines.cents,
        line_wall=lines.wall,
        line_household=household,
        sale_basket=lines.basket[first_lines],
        sale_store=_places(stores, lines.store[first_lines]),
        sale_household=household[first_lines],
        sale_at=to_utc(lines.wall[first_lines]),
        level_store=(levels // len(products)).astype(np.int32),
        level_product=(levels % len(products)).astype(np.int32),
        level_kept=np.bincount(kept_level, weights=kept.quantity, minlength=len(levels)).astype(np.int64),
    )


def _places(stores: list[int], real: Numbers) -> Numbers:
    """Places of real store ids in the order of the stores."""
    order = np.argsort(stores)
    return order[np.searchsorted(np.array(stores)[order], real)].astype(np.int64)


def _last_prices(products: Numbers, *parts: Lines) -> Numbers:
    """The price in cents that each product was last sold at; later parts win."""
    cents = np.zeros(len(products), np.int64)
    for part in parts:
        cents[np.searchsorted(products, part.product)] = part.cents
    return cents


def _level_keys(lines: Lines, stores: list[int], products: Numbers) -> Numbers:
    """One number per store and product, in the order of the stores."""
    return _places(stores, lines.store) * len(products) + np.searchsorted(products, lines.product)
