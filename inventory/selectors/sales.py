"""Reads of what the tills sold: by the hour of the store's own clock, and of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Sum

from inventory.models import Sale, SaleLine

WEEK_DAYS = 7
RECENT_SALES = 400

# "Today" is the calendar day of the store's own clock. The windows of two days around each compared weekday keep the
# index on sold_at in use; the dates inside them decide. The clock before and after noon of a day of 23 or 25 hours
# is compared as clocks are read.
HOURS = """
SELECT days_ago, hour, by_now, currency, count(*), sum(total) FROM (
  SELECT timezone(st.time_zone, %(now)s)::date - timezone(st.time_zone, s.sold_at)::date AS days_ago,
         extract(hour FROM timezone(st.time_zone, s.sold_at))::int AS hour,
         timezone(st.time_zone, s.sold_at)::time <= timezone(st.time_zone, %(now)s)::time AS by_now,
         s.currency, s.total
  FROM generate_series(0, %(weeks)s) AS week
  JOIN inventory_sale s ON s.sold_at >= %(now)s - make_interval(weeks => week, hours => 26)
                       AND s.sold_at < %(now)s - make_interval(weeks => week, hours => -26)
  JOIN customers_store st ON st.id = s.store_id
  WHERE %(store)s IS NULL OR s.store_id = %(store)s
) AS local_sales
WHERE days_ago >= 0 AND days_ago %% 7 = 0
GROUP BY days_ago, hour, by_now, currency
ORDER BY days_ago, hour, currency
"""
PIECES = """
SELECT coalesce(sum(l.quantity), 0) FROM inventory_sale s
JOIN customers_store st ON st.id = s.store_id
JOIN inventory_saleline l ON l.sale_id = s.id
WHERE s.sold_at >= %(now)s - interval '26 hours' AND s.sold_at <= %(now)s
  AND timezone(st.time_zone, s.sold_at)::date = timezone(st.time_zone, %(now)s)::date
  AND (%(store)s IS NULL OR s.store_id = %(store)s)
"""


@dataclass(frozen=True)
class HourOfSales:
    """Receipts and their total in one hour of one day; `by_now`: before the present time of day."""

    days_ago: int
    hour: int
    by_now: bool
    currency: str
    receipts: int
    total: Decimal


@dataclass(frozen=True)
class Purchases:
    """What one person bought in one store, in one currency."""

    store: str
    currency: str
    receipts: int
    total: Decimal


@dataclass(frozen=True)
class Buyer:
    """A customer's newest receipt."""

    customer_id: int
    sale: Sale


def sales_by_hour(now: datetime, *, weeks: int, store_id: int | None = None) -> list[HourOfSales]:
    """Sales of today and of the same weekday `weeks` weeks back, of the chain or of one store."""
    with connection.cursor() as cursor:
        cursor.execute(HOURS, {"now": now, "weeks": weeks, "store": store_id})
        return [HourOfSales(*row) for row in cursor.fetchall()]


def pieces_today(now: datetime, *, store_id: int | None = None) -> int:
    """Pieces on today's receipts up to `now`."""
    with connection.cursor() as cursor:
        cursor.execute(PIECES, {"now": now, "store": store_id})
        return int(cursor.fetchone()[0])


def purchases_of(ids: Sequence[int], since: datetime) -> list[Purchases]:
    """What these customers bought since then, by store and currency, the most receipts first."""
    rows = (
        Sale.objects.filter(customer__in=ids, sold_at__gte=since)
        .values("store__name", "currency")
        .annotate(receipts=Count("pk"), value=Sum("total"))
        .order_by("-receipts", "store__name")
    )
    return [Purchases(row["store__name"], row["currency"], row["receipts"], row["value"]) for row in rows]


def lines_of(interaction_ids: Sequence[int]) -> dict[int, list[SaleLine]]:
    """The lines of the sales behind these ledger rows, with product and sale, by ledger row."""
    lines: dict[int, list[SaleLine]] = {}
    rows = (
        SaleLine.objects.filter(sale__interaction__in=interaction_ids).select_related("sale", "product").order_by("pk")
    )
    for line in rows:
        lines.setdefault(line.sale.interaction_id, []).append(line)
    return lines


def recent_buyers(limit: int, *, now: datetime, store_id: int | None = None) -> list[Buyer]:
    """Who bought most recently, each customer once, looking at the newest receipts only."""
    rows = Sale.objects.filter(customer__isnull=False, sold_at__lte=now + timedelta(minutes=5))
    if store_id is not None:
        rows = rows.filter(store=store_id)
    newest: dict[int, Buyer] = {}
    for sale in rows.select_related("store").order_by("-sold_at")[:RECENT_SALES]:
        if sale.customer_id is not None:
            newest.setdefault(sale.customer_id, Buyer(sale.customer_id, sale))
    return list(newest.values())[:limit]
