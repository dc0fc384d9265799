"""The till lines of the data set: read in column batches, cleaned, and moved to today's calendar."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .clock import DAY, EPOCH, KEPT_DAY, WEEK, Clock, Numbers, day_of, to_wall
from .extra import data_file

BATCH = 131_072
COLUMNS = [
    "household_id",
    "store_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "transaction_timestamp",
]
FUEL = "GASOLINE-REG UNLEADED"


@dataclass
class Lines:
    """Till lines as columns of equal length. Ids are the data's own.

    `wall` is the moment on the stores' clock in seconds, `cents` the price of one piece.
    """

    household: Numbers
    store: Numbers
    basket: Numbers
    product: Numbers
    quantity: Numbers
    cents: Numbers
    wall: Numbers

    def __len__(self) -> int:
        return len(self.basket)

    def keep(self, chosen: NDArray[np.bool_] | Numbers) -> None:
        """Keep the lines that a mask picks, or bring them into an order; column by column, so that one copy exists."""
        for name in list(vars(self)):
            setattr(self, name, vars(self)[name][chosen])

    def of_stores(self, stores: Collection[int]) -> "Lines":
        """A copy of these stores' lines, in the same order."""
        chosen = np.isin(self.store, list(stores))
        return Lines(**{name: column[chosen] for name, column in vars(self).items()})

    def sort(self) -> None:
        """By time, then receipt, then product."""
        self.keep(np.lexsort((self.product, self.basket, self.wall)))


def fuel_products() -> Numbers:
    """Ids of fuel. It has no shelf, and its quantities are not pieces."""
    table = pq.read_table(
        data_file("products"), columns=["product_id", "department", "product_category", "product_type"]
    )
    fuel = pc.or_kleene(
        pc.or_kleene(pc.equal(table["department"], "FUEL"), pc.equal(table["product_category"], "FUEL")),
        pc.equal(table["product_type"], FUEL),
    )
    return np.sort(table["product_id"].filter(pc.fill_null(fuel, False)).to_numpy())


def read_batches(columns: list[str]) -> Iterator[dict[str, NDArray[Any]]]:
    """The transactions, some columns of some rows at a time."""
    with pq.ParquetFile(data_file("transactions"), pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=BATCH, columns=columns):
            yield {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}


def busiest_stores(count: int | None) -> list[int]:
    """Real store ids, those with the most till lines first; all of them when `count` is None."""
    ids = np.concatenate([batch["store_id"] for batch in read_batches(["store_id"])])
    stores, lines = np.unique(ids, return_counts=True)
    return [int(store) for store in stores[np.lexsort((stores, -lines))]][:count]


def read_lines(stores: Collection[int], first: date | None = None) -> Lines:
    """Cleaned lines of these stores from the data's day `first` on, on the data's own calendar, in no order.

    Fuel and lines without positive quantity or value are dropped.
    """
    fuel, wanted = fuel_products(), np.array(sorted(stores))
    low = (first - EPOCH).days * DAY if first else None
    parts = [_cleaned(batch, wanted, fuel, low) for batch in read_batches(COLUMNS)]
    lines = Lines(**{name: np.concatenate([vars(part).pop(name) for part in parts]) for name in list(vars(parts[0]))})
    # What the reader took for its pages goes back: the columns are ours by now.
    pa.default_memory_pool().release_unused()
    return lines


def _cleaned(batch: dict[str, NDArray[Any]], stores: Numbers, fuel: Numbers, low: int | None) -> Lines:
    wall = to_wall(batch["transaction_timestamp"].astype("datetime64[s]").astype(np.int64))
    keep = (batch["quantity"] > 0) & (batch["sales_value"] > 0)
    if low is not None:
        keep &= wall >= low
    keep[keep] = np.isin(batch["store_id"][keep], stores) & ~np.isin(batch["product_id"][keep], fuel)
    ids = {name: batch[f"{name}_id"][keep].astype(np.int32) for name in ("household", "store", "product")}
    quantity = batch["quantity"][keep].astype(np.int32)
    return Lines(
        **ids,
        basket=batch["basket_id"][keep].astype(np.int64),
        quantity=quantity,
        cents=np.rint(batch["sales_value"][keep].astype(np.float64) * 100 / quantity).astype(np.int32),
        wall=wall[keep],
    )


def slice_lines(stores: Collection[int], clock: Clock, weeks: int | None) -> tuple[Lines, Lines]:
    """(the lines to load, moved to today's calendar; the kept day's), each in order.

    The last `weeks` weeks, or all of the data when None.
    """
    first = None if weeks is None else day_of(clock.slice_start(weeks) - clock.weeks * WEEK)
    lines = read_lines(stores, first)
    kept = Lines(**vars(lines))
    kept.keep(_is_kept(lines))
    kept.sort()
    lines.wall = clock.moved(lines.wall, ring=weeks is None)
    if weeks is not None:
        lines.keep(lines.wall <= clock.wall)
    lines.sort()
    return lines, kept


def kept_day_lines(stores: Collection[int]) -> Lines:
    """The day that is kept for `replay_till`, on the data's own calendar, in order."""
    lines = read_lines(stores, KEPT_DAY)
    lines.keep(_is_kept(lines))
    lines.sort()
    return lines


def _is_kept(lines: Lines) -> NDArray[np.bool_]:
    return lines.wall // DAY == (KEPT_DAY - EPOCH).days
