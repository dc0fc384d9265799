"""A till that writes a sale in plain psycopg2: the statements of `post_sale`, one by one, with nothing around them.

Their text is taken from `post_sale` as it ran, so the two sides can't drift apart; only the parameters are built here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg2
from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from customers.lookup import hash_of
from customers.models import Identifier, Interaction, Store
from customers.wellknown import channel, source, touchpoint
from cxportal.bench.scratch import serving_parameters
from inventory.models import StockMovement
from inventory.services.sales import LineIn, post_sale, sale_facts

PRICE = Decimal("9.99")
# In the order in which `post_sale` works.
STEPS = ("shelf", "customer", "entry", "sale", "line", "level", "movement", "note")
# A key that is made before the call's effect and filled after it, so that a till may repeat the call.
IDEMPOTENCY_TABLE = "cxportal_idempotentcall"

Statement = tuple[str, Any]


@dataclass(frozen=True)
class SaleIn:
    """One receipt with one line, the same for both sides."""

    store: Store
    receipt: str
    sku: str
    loyalty_number: str
    at: datetime


def post(sale: SaleIn) -> None:
    """Our side."""
    post_sale(
        store=sale.store,
        receipt=sale.receipt,
        sold_at=sale.at,
        lines=[LineIn(sale.sku, 1, PRICE)],
        now=sale.at,
        loyalty_number=sale.loyalty_number,
    )


def statements_of(work: Callable[[], object]) -> list[Statement]:
    """(SQL, parameters) of what `work` executes; BEGIN, COMMIT, SAVEPOINT and the idempotency pair are left out."""
    seen: list[Statement] = []

    def keep(execute: Callable[..., Any], text: str, given: Any, many: bool, context: dict[str, Any]) -> Any:
        if not text.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) and IDEMPOTENCY_TABLE not in text:
            seen.append((text, given))
        return execute(text, given, many, context)

    with connection.execute_wrapper(keep):
        work()
    return seen


class RawTill:
    """Holds a connection of its own, with the limits that the pages have."""

    def __init__(self, texts: Sequence[str]) -> None:
        if len(texts) != len(STEPS):
            raise RuntimeError(f"post_sale has {len(texts)} statements, cxportal/bench/raw_till.py knows {len(STEPS)}.")
        self.texts = dict(zip(STEPS, texts, strict=True))
        self.line = psycopg2.connect(**serving_parameters())
        self.cursor = self.line.cursor()

    def close(self) -> None:
        """Give the connection back."""
        self.line.close()

    def post(self, sale: SaleIn) -> None:
        """The other side: the same rows in one transaction."""
        store, at = sale.store, sale.at
        _, product, level, _ = self._do("shelf", store.pk, [sale.sku])
        loyalty = Identifier.Kind.LOYALTY
        (customer,) = self._do("customer", loyalty, psycopg2.Binary(hash_of(loyalty, sale.loyalty_number)))
        (entry,) = self._do("entry", *self._entry(sale, customer))
        (receipt,) = self._do("sale", store.pk, customer, entry, sale.receipt, at, at, PRICE, store.currency)
        (line,) = self._do("line", receipt, product, 1, PRICE)
        _, _, _, on_hand, held, _ = self._do("level", at, at, [level], [-1], [0], at)
        kind = StockMovement.Kind.SALE
        moved = ([level], [kind], [-1], [0], [on_hand], [held], [line], [None], [None], [""], [None], [at])
        self._do("movement", at, *moved)
        self._do("note", [level], [store.pk], [product])
        self.line.commit()

    def _do(self, step: str, *given: Any) -> Any:
        self.cursor.execute(self.texts[step], given)
        return self.cursor.fetchone() if self.cursor.description else None

    def _entry(self, sale: SaleIn, customer: int) -> list[Any]:
        return [
            Interaction.Kind.SALE,
            Interaction.Direction.INBOUND,
            customer,
            sale.store.pk,
            channel("store"),
            touchpoint("till"),
            f"sale:{sale.receipt}",
            Jsonb(sale_facts(sale.receipt, 1, PRICE, sale.store.currency)),
            source("till"),
            f"{sale.store.code}:{sale.receipt}",
            sale.at,
            sale.at,
        ]
