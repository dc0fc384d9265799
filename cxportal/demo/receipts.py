"""Writing receipts: ledger rows, sales and their lines, as inventory/services/sales.py would have written them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.backends.utils import CursorWrapper

from customers.wellknown import channel, source, touchpoint

from .clock import Numbers
from .copying import Columns, Done, copy_columns, moments, money, reserve_ids, texts
from .slices import Slice

CURRENCY = "USD"


def write_ledger(
    cursor: CursorWrapper, part: Slice, codes: list[str], stores: Numbers, customer: int, done: Done
) -> int:
    """One ledger row per receipt, in order of time; returns the first one's id.

    `codes` and `stores` are the stores' codes and ids, `customer` the first customer's id.
    """
    count = len(part.sale_basket)
    first = reserve_ids(cursor, "customers_interaction", count)
    pieces, cents = part.sale_totals()
    fixed = {
        "kind": "SALE",
        "direction": "IN",
        "channel_id": channel("store"),
        "touchpoint_id": touchpoint("till"),
        "source_id": source("till"),
    }

    def columns(rows: slice) -> Columns:
        receipt = pc.cast(pa.array(part.sale_basket[rows]), pa.string())
        at = moments(part.sale_at[rows])
        return {
            **fixed,
            "id": np.arange(rows.start, rows.stop) + first,
            "customer_id": part.sale_household[rows].astype(np.int64) + customer,
            "store_id": stores[part.sale_store[rows]],
            "subject": _joined("sale:", receipt),
            "facts": _facts(receipt, pieces[rows], cents[rows]),
            "event_id": _joined(texts(codes).take(pa.array(part.sale_store[rows])), ":", receipt),
            "occurred_at": at,
            "recorded_at": at,
        }

    copy_columns(cursor, "customers_interaction", columns, count, done)
    return first


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _facts(receipt: pa.Array, pieces: Numbers, cents: Numbers) -> pa.Array:
    """The JSON of inventory.services.sales.sale_facts, column-wise."""
    whole = pc.cast(pa.array(cents // 100), pa.string())
    rest = pc.utf8_lpad(pc.cast(pa.array(cents % 100), pa.string()), 2, "0")
    count = pc.cast(pa.array(pieces), pa.string())
    end = f'", "currency": "{CURRENCY}"}}'
    return _joined('{"receipt": "', receipt, '", "pieces": ', count, ', "total": "', whole, ".", rest, end)


def write_sales(
    cursor: CursorWrapper, part: Slice, stores: Numbers, customer: int, interaction: int, done: Done
) -> int:
    """The receipts, in the order of their ledger rows; returns the first one's id."""
    count = len(part.sale_basket)
    first = reserve_ids(cursor, "inventory_sale", count)
    _, cents = part.sale_totals()

    def columns(rows: slice) -> Columns:
        place = np.arange(rows.start, rows.stop)
        at = moments(part.sale_at[rows])
        return {
            "id": place + first,
            "store_id": stores[part.sale_store[rows]],
            "customer_id": part.sale_household[rows].astype(np.int64) + customer,
            "interaction_id": place + interaction,
            "receipt": pc.cast(pa.array(part.sale_basket[rows]), pa.string()),
            "sold_at": at,
            "recorded_at": at,
            "total": money(cents[rows]),
            "currency": CURRENCY,
        }

    copy_columns(cursor, "inventory_sale", columns, count, done)
    return first


def write_lines(cursor: CursorWrapper, part: Slice, sale: int, product: int, done: Done) -> int:
    """The lines of the receipts; returns the first one's id."""
    first = reserve_ids(cursor, "inventory_saleline", len(part))

    def columns(rows: slice) -> Columns:
        return {
            "id": np.arange(rows.start, rows.stop) + first,
            "sale_id": part.line_sale[rows].astype(np.int64) + sale,
            "product_id": part.level_product[part.line_level[rows]].astype(np.int64) + product,
            "quantity": part.line_quantity[rows],
            "unit_price": money(part.line_cents[rows]),
        }

    copy_columns(cursor, "inventory_saleline", columns, len(part), done)
    return first
