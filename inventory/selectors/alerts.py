"""Reads of what is wrong with the book of stock, or about to be."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum, Window

from inventory.models import Discrepancy, StockLevel

USUAL_DAYS = 28
# A piece a week: what sells less is not missed the same day.
USUAL_PIECES = 4

SOLD_OUT = """
WITH sold_today AS (
  SELECT DISTINCT s.store_id, l.product_id, st.name AS store
  FROM inventory_sale s
  JOIN customers_store st ON st.id = s.store_id
  JOIN inventory_saleline l ON l.sale_id = s.id
  WHERE s.sold_at >= %(now)s - interval '26 hours' AND s.sold_at <= %(now)s
    AND timezone(st.time_zone, s.sold_at)::date = timezone(st.time_zone, %(now)s)::date
    AND (%(store)s IS NULL OR s.store_id = %(store)s)
)
SELECT p.id, p.sku, p.name, t.store, level.held, level.last_sold_at, usual.pieces, count(*) OVER ()
FROM sold_today t
JOIN inventory_stocklevel level ON level.store_id = t.store_id AND level.product_id = t.product_id
JOIN inventory_product p ON p.id = t.product_id
CROSS JOIN LATERAL (
  SELECT -sum(m.quantity) AS pieces FROM inventory_stockmovement m
  WHERE m.level_id = level.id AND m.kind = 'SALE'
    AND m.occurred_at >= %(now)s - make_interval(days => %(days)s) AND m.occurred_at <= %(now)s
) AS usual
WHERE level.on_hand <= level.held AND usual.pieces >= %(pieces)s
ORDER BY usual.pieces DESC, p.name, t.store
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class SoldOut:
    """A product of which the last free piece went today although it usually sells.

    `pieces` in 28 days; `in_all`: how many such there are.
    """

    product_id: int
    sku: str
    product: str
    store: str
    held: int
    last_sold_at: datetime
    pieces: int
    in_all: int


@dataclass(frozen=True)
class Oversold:
    """A product of one store that the till sold and the book did not have; `in_all`: how many such there are."""

    sku: str
    product: str
    store: str
    missing: int
    receipts: int
    newest_at: datetime
    in_all: int


def oversold(limit: int, store_id: int | None = None) -> list[Oversold]:
    """Levels of which the tills sold more than the book had, the newest first."""
    rows = Discrepancy.objects.filter(settled_at=None)
    if store_id is not None:
        rows = rows.filter(level__store=store_id)
    grouped = (
        rows.values("level__product__sku", "level__product__name", "level__store__name", "level_id")
        .annotate(missing_pieces=Sum("missing"), receipts=Count("pk"), newest_at=Max("opened_at"))
        .annotate(in_all=Window(Count("level_id")))
        .order_by("-newest_at", "level_id")
    )
    return [
        Oversold(
            sku=row["level__product__sku"],
            product=row["level__product__name"],
            store=row["level__store__name"],
            missing=row["missing_pieces"],
            receipts=row["receipts"],
            newest_at=row["newest_at"],
            in_all=row["in_all"],
        )
        for row in grouped[:limit]
    ]


def below_zero(store_id: int | None = None) -> QuerySet[StockLevel]:
    """Levels whose book says less than nothing though no discrepancy is open, the farthest off first.

    `in_all` counts them.
    """
    explained = Exists(Discrepancy.objects.filter(level=OuterRef("pk"), settled_at=None))
    rows = StockLevel.objects.filter(~explained, on_hand__lt=0).select_related("product", "store")
    if store_id is not None:
        rows = rows.filter(store=store_id)
    return rows.annotate(in_all=Window(Count("pk"))).order_by("on_hand", "pk")


def sold_out_today(now: datetime, limit: int, store_id: int | None = None) -> list[SoldOut]:
    """What sold today, usually sells (4 pieces in 28 days) and has no free piece left, best sellers first."""
    given = {"now": now, "store": store_id, "days": USUAL_DAYS, "pieces": USUAL_PIECES, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(SOLD_OUT, given)
        return [SoldOut(*row) for row in cursor.fetchall()]
