"""How much of raw SQL's speed is left when a sale goes through the service."""

import random
import uuid
from functools import partial

from django.db import connection
from django.utils import timezone

from customers.models import Store
from cxportal.bench import turns
from cxportal.bench.figures import Figure, note
from cxportal.bench.raw_till import RawTill, SaleIn, post, statements_of
from cxportal.bench.shape import Size, loyalty_number
from cxportal.bench.turns import Course

# One sale in ten is of the same product in the same store: tills do meet.
HOT_SHARE = 0.1

TRIGGERS = """
SELECT c.relname, t.tgname FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT (t.tgisinternal AND p.proname LIKE 'RI\\_FKey\\_%%')
  AND ((c.relname = ANY(%s) AND t.tgtype & 4 > 0) OR (c.relname = 'inventory_stocklevel' AND t.tgtype & 16 > 0))
"""
WRITTEN = [
    "customers_interaction",
    "inventory_sale",
    "inventory_saleline",
    "inventory_stockmovement",
    "inventory_stockchange",
]


def statements(size: Size) -> Figure:
    """What one sale of one line with a customer asks of the database, triggers included."""
    seen = texts(size)
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [WRITTEN])
        hidden = [f"{table}.{name}" for table, name in cursor.fetchall()]
    if hidden:
        note(f"triggers fire in a sale: {', '.join(hidden)}")
    return Figure("post_sale_statements", len(seen), n=1, is_sound=not hidden, more={"triggers": len(hidden)})


def texts(size: Size) -> list[str]:
    """The statements of one sale as the service wrote them; the second sale, so that nothing is looked up first."""
    receipts = Receipts(size, "first")
    post(receipts.next())
    return [text for text, _ in statements_of(lambda: post(receipts.next()))]


def versus_raw(name: str, size: Size, writers: int, course: Course) -> Figure:
    """The service beside the same statements over plain psycopg2."""
    return turns.versus_raw(turns.Match(name, "sales", partial(_sides, size, texts(size))), writers, course)


def _sides(size: Size, wording: list[str], number: int) -> turns.Sides:
    raw = RawTill(wording)
    receipts = Receipts(size, f"w{number}")
    return turns.Sides(lambda: post(receipts.next()), lambda: raw.post(receipts.next()), raw.close)


class Receipts:
    """The receipts of one writer, the same kind for both sides; most of different levels."""

    def __init__(self, size: Size, writer: object) -> None:
        self.draw = random.Random(str(writer))
        self.stores = list(Store.objects.filter(code__startswith="B").order_by("code")[: size.stores_with_range])
        self.size = size
        # Two runs of one writer in one database must not write the same receipts.
        self.prefix = f"{writer}-{uuid.uuid4().hex[:8]}"
        self.count = 0

    def next(self) -> SaleIn:
        """The next receipt of this writer."""
        self.count += 1
        is_hot = self.draw.random() < HOT_SHARE
        return SaleIn(
            store=self.stores[0] if is_hot else self.draw.choice(self.stores),
            receipt=f"{self.prefix}-{self.count}",
            sku=f"BENCH-{1 if is_hot else self.draw.randrange(1, self.size.products + 1)}",
            loyalty_number=loyalty_number(self.draw.randrange(self.size.customers)),
            at=timezone.now(),
        )
