"""Two stores under any sequence of events: what Hypothesis plays with, and what must hold after each step."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inventory.models import Delivery, Hold, StockLevel, StockQuestion, WaitlistEntry
from inventory.services.counts import post_count
from inventory.services.deliveries import expect_delivery, receive_delivery, send_transfer
from inventory.services.holds import (
    collect_hold,
    expire_due,
    extend_hold,
    find_hold,
    miss_hold,
    place_hold,
    release_hold,
)
from inventory.services.questions import answer_question, ask_store
from inventory.services.returns import ReturnLineIn, post_return
from inventory.services.sales import LineIn, post_sale
from inventory.services.waitlist import join_waitlist, leave_waitlist
from tests.factories import NOW, make_customer, make_level, make_product, make_staff, make_store, make_wellknown

CUSTOMERS = 4

# One statement for all that must be true of the book, the promises and the line; it names what is not.
WRONG = """
SELECT 'the book does not add up', l.id FROM inventory_stocklevel l, LATERAL (
  SELECT coalesce(sum(quantity), 0) AS on_hand, coalesce(sum(held_change), 0) AS held,
    coalesce((array_agg(on_hand_after ORDER BY id DESC))[1], 0) AS last_on_hand,
    coalesce((array_agg(held_after ORDER BY id DESC))[1], 0) AS last_held
  FROM inventory_stockmovement m WHERE m.level_id = l.id) AS m
WHERE (l.on_hand, l.held, l.on_hand, l.held) <> (m.on_hand, m.held, m.last_on_hand, m.last_held)
UNION ALL
SELECT 'active holds are not what is held', l.id FROM inventory_stocklevel l WHERE l.held <> (
  SELECT coalesce(sum(quantity), 0) FROM inventory_hold h
  WHERE h.level_id = l.id AND h.state IN ('REQUESTED', 'IN_HAND'))
UNION ALL
SELECT 'below zero without a discrepancy', l.id FROM inventory_stocklevel l WHERE l.on_hand < 0 AND NOT EXISTS (
  SELECT FROM inventory_discrepancy d WHERE d.level_id = l.id AND d.settled_at IS NULL)
UNION ALL
SELECT 'an offer without a live hold', w.id FROM inventory_waitlistentry w
LEFT JOIN inventory_hold h ON h.id = w.hold_id
WHERE w.state = 'OFFERED' AND coalesce(h.state, '') NOT IN ('REQUESTED', 'IN_HAND')
UNION ALL
SELECT 'a hold of the line without its offer', h.id FROM inventory_hold h
WHERE h.state IN ('REQUESTED', 'IN_HAND') AND h.because = 'WAITLIST' AND 1 <> (
  SELECT count(*) FROM inventory_waitlistentry w WHERE w.hold_id = h.id AND w.state = 'OFFERED')
UNION ALL
SELECT 'two of one product for one person', h.customer_id FROM inventory_hold h
WHERE h.state IN ('REQUESTED', 'IN_HAND') GROUP BY h.customer_id HAVING count(*) > 1
UNION ALL
SELECT 'a look at the shelf was not told once', h.id FROM inventory_hold h WHERE h.in_hand_at IS NOT NULL
  AND EXISTS (SELECT FROM inventory_holdevent e WHERE e.hold_id = h.id AND e.kind = 'FOUND')
  AND 1 <> (SELECT count(*) FROM customers_message m WHERE m.subject = 'hold:' || h.id AND m.kind = 'hold-in-hand')
"""
# Somebody waits where something is free that nobody doubts (what came in after a vain look is not doubted), and has
# none yet.
NEGLECTED = """
SELECT w.id FROM inventory_waitlistentry w
JOIN inventory_waitlistentry_stores s ON s.waitlistentry_id = w.id
JOIN inventory_stocklevel l ON l.product_id = w.product_id AND l.store_id = s.store_id
WHERE w.state = 'WAITING' AND w.wants = 'HOLD' AND l.on_hand >= l.held + w.quantity
  AND (l.last_missed_at IS NULL OR l.last_missed_at < l.last_counted_at OR w.quantity <= (
    SELECT coalesce(sum(m.quantity), 0) FROM inventory_stockmovement m
    WHERE m.level_id = l.id AND m.occurred_at >= l.last_missed_at) - (
    SELECT coalesce(sum(h.quantity), 0) FROM inventory_hold h WHERE h.level_id = l.id
      AND h.placed_at > l.last_missed_at AND h.state IN ('REQUESTED', 'IN_HAND')))
  AND NOT EXISTS (
    SELECT FROM inventory_hold h WHERE h.customer_id = w.customer_id AND h.state IN ('REQUESTED', 'IN_HAND'))
"""
# Somebody was served before one who came first, would have taken it there, and waits still.
OVERTAKEN = """
SELECT first.id FROM inventory_waitlistentry later
JOIN inventory_hold h ON h.id = later.hold_id AND h.placed_at = %(now)s
  AND (h.because = 'WAITLIST' OR later.joined_at = h.placed_at)
JOIN inventory_waitlistentry first ON first.product_id = later.product_id AND first.state = 'WAITING'
  AND first.wants = 'HOLD' AND (first.joined_at, first.id) < (later.joined_at, later.id)
JOIN inventory_waitlistentry_stores s ON s.waitlistentry_id = first.id AND s.store_id = h.store_id
WHERE later.state = 'OFFERED' AND NOT EXISTS (
  SELECT FROM inventory_hold o WHERE o.customer_id = first.customer_id AND o.state IN ('REQUESTED', 'IN_HAND'))
"""

shop = some.integers(0, 1)
person = some.integers(0, CUSTOMERS - 1)
pieces = some.integers(1, 3)
hours_ago = some.integers(0, 30)
anyone = some.integers(0, 9)
STEPS: dict[str, Callable[..., Hold]] = {
    "find": find_hold,
    "miss": miss_hold,
    "collect": collect_hold,
}


class Promises(RuleBasedStateMachine):
    """Everything that may happen to one product in two stores. Each example ends as if it had never been."""

    @initialize(here=some.integers(0, 3), there=some.integers(0, 3))
    def open(self, here: int, there: int) -> None:
        """Two stores, four people; the clock stands."""
        self.now, self.number, self.was_fact = NOW, 0, False
        product = make_product(sku="TEA")
        make_wellknown()
        self.levels = [make_level(store=make_store(), product=product, on_hand=count) for count in (here, there)]
        self.people = [make_customer(email=f"p{number}@example.org") for number in range(CUSTOMERS)]
        make_wellknown()
        self.staff = make_staff()
        self.again: Callable[[], object] = lambda: None

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        """Nothing of the example stays."""
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def do(self, step: Callable[[], object], *codes: str, is_fact: bool = False) -> None:
        """One step, a minute after the last; `codes` are the refusals that may come.

        Only a fact may leave less on hand than is held: no promise puts aside what is not there.
        """
        self.now += timedelta(minutes=1)
        self.again, self.was_fact = step, is_fact
        before = self._short()
        try:
            with transaction.atomic():
                step()
        except ValidationError as error:
            if error.code not in codes:
                raise AssertionError(f"refused: {error.code}") from error
        if not is_fact:
            for level_id, missing in self._short().items():
                assert missing <= before.get(level_id, 0), "more is put aside than is there"

    def _short(self) -> dict[int, int]:
        """How many pieces are held and not on hand, by level."""
        levels = StockLevel.objects.values_list("pk", "on_hand", "held")
        return {pk: held - on_hand for pk, on_hand, held in levels if held > on_hand}

    # --- Facts: they are accepted whatever the book says ---

    @rule(shop=shop, pieces=pieces, ago=hours_ago)
    def deliver(self, shop: int, pieces: int, ago: int) -> None:
        """It was expected; what comes is more or less than that, and may be told late."""
        level, number = self.levels[shop], self._number()
        lines = {level.product_id: 2}
        delivery = expect_delivery(store=level.store, number=number, expected_at=NOW, lines=lines, now=self.now)
        at = self.now - timedelta(hours=ago)
        self.do(
            lambda: receive_delivery(
                delivery=delivery, received={level.product_id: pieces}, now=self.now, received_at=at
            ),
            is_fact=True,
        )

    @rule(shop=shop, pieces=pieces, ago=hours_ago)
    def sell(self, shop: int, pieces: int, ago: int) -> None:
        """Whether anybody had put them aside or not."""
        level, number, at = self.levels[shop], self._number(), self.now - timedelta(hours=ago)
        lines = [LineIn("TEA", pieces, Decimal(1))]
        self.do(
            lambda: post_sale(store=level.store, receipt=number, sold_at=at, lines=lines, now=self.now),
            "RECEIPT_EXISTS",
            is_fact=True,
        )

    @rule(shop=shop, pieces=pieces, sellable=some.booleans(), ago=hours_ago)
    def bring_back(self, shop: int, pieces: int, sellable: bool, ago: int) -> None:
        """What can't be sold again goes in and out."""
        level, number, at = self.levels[shop], self._number(), self.now - timedelta(hours=ago)
        lines = [ReturnLineIn("TEA", pieces, Decimal(1), sellable)]
        self.do(
            lambda: post_return(store=level.store, number=number, returned_at=at, lines=lines, now=self.now),
            "RETURN_EXISTS",
            is_fact=True,
        )

    @rule(shop=shop, counted=some.integers(0, 5), ago=hours_ago)
    def count(self, shop: int, counted: int, ago: int) -> None:
        """Blind, and perhaps of some hours ago."""
        at = self.now - timedelta(hours=ago)
        level = self.levels[shop]
        self.do(
            lambda: post_count(level=level, counted=counted, counted_at=at, now=self.now, staff=self.staff),
            is_fact=True,
        )

    @rule(shop=shop, arrives=some.booleans())
    def transfer(self, shop: int, arrives: bool) -> None:
        """One piece from store to store; sometimes it stays on the way."""
        sender, receiver, number = self.levels[shop], self.levels[1 - shop], self._number()
        lines = {sender.product_id: 1}

        def step() -> Delivery:
            sent = send_transfer(
                sender=sender.store, receiver=receiver.store, number=number, expected_at=NOW, lines=lines, now=self.now
            )
            return receive_delivery(delivery=sent, received=lines, now=self.now) if arrives else sent

        self.do(step, "NOT_FREE", "NUMBER_EXISTS")

    # --- Promises ---

    @rule(shop=shop, person=person, quantity=some.integers(1, 2))
    def hold(self, shop: int, person: int, quantity: int) -> None:
        """Granted exactly when so many are free of a shelf that nobody doubts."""
        values: dict[str, Any] = {"customer": self.people[person], "quantity": quantity}
        values |= {"level": self.levels[shop], "because": Hold.Because.SHOPPER}
        self.do(lambda: place_hold(now=self.now, **values), "NOTHING_FREE", "ALREADY_HELD", "NO_SHOWS")

    @precondition(lambda self: Hold.objects.exists())
    @rule(which=anyone, step=some.sampled_from(sorted(STEPS)))
    def tap(self, which: int, step: str) -> None:
        """A clerk's tap, on whatever hold; one that has ended refuses it."""
        hold = self._any(Hold, which)
        self.do(lambda: STEPS[step](hold=hold, staff=self.staff, now=self.now), "NOT_LIVE")

    @precondition(lambda self: Hold.objects.exists())
    @rule(which=anyone, longer=some.booleans())
    def shopper_taps(self, which: int, longer: bool) -> None:
        """Give it back, or ask for more time."""
        hold, step = self._any(Hold, which), extend_hold if longer else release_hold
        self.do(lambda: step(hold=hold, now=self.now), "NOT_LIVE")

    @rule(hours=some.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        """And the worker comes by."""
        self.now += timedelta(hours=hours)
        self.do(lambda: expire_due(self.now))

    @rule(shop=some.sampled_from([(0,), (1,), (0, 1)]), person=person, only_told=some.booleans())
    def join(self, shop: tuple[int, ...], person: int, only_told: bool) -> None:
        """In one store or both."""
        wants = WaitlistEntry.Wants.TELL if only_told else WaitlistEntry.Wants.HOLD
        stores, product = [self.levels[place].store for place in shop], self.levels[0].product
        customer = self.people[person]
        self.do(
            lambda: join_waitlist(customer=customer, product=product, stores=stores, wants=wants, now=self.now),
            "ALREADY_HELD",
        )

    @precondition(lambda self: WaitlistEntry.objects.exists())
    @rule(which=anyone)
    def leave(self, which: int) -> None:
        """With or without an offer."""
        entry = self._any(WaitlistEntry, which)
        self.do(lambda: leave_waitlist(entry=entry, now=self.now))

    @rule(shop=shop, person=person, is_there=some.booleans())
    def ask(self, shop: int, person: int, is_there: bool) -> None:
        """Asked and answered."""
        customer, level = self.people[person], self.levels[shop]

        def step() -> StockQuestion:
            question = ask_store(customer=customer, level=level, now=self.now)
            return answer_question(question=question, is_there=is_there, staff=self.staff, now=self.now)

        self.do(step)

    @rule()
    def the_same_once_more(self) -> None:
        """A screen or a till that was offline sends it again."""
        codes = ("NOTHING_FREE", "ALREADY_HELD", "NO_SHOWS", "NOT_LIVE", "NOT_FREE", "RECEIPT_EXISTS", "RETURN_EXISTS")
        self.do(self.again, *codes, "NUMBER_EXISTS", is_fact=self.was_fact)

    # --- What must hold ---

    @invariant()
    def nothing_is_wrong(self) -> None:
        """The book, the promises and the line, after every step."""
        if not hasattr(self, "now"):
            return
        with connection.cursor() as cursor:
            cursor.execute(WRONG)
            wrong = cursor.fetchall()
            assert wrong == [], wrong
            cursor.execute(NEGLECTED)
            assert cursor.fetchall() == [], "somebody waits while one is free"
            cursor.execute(OVERTAKEN, {"now": self.now})
            assert cursor.fetchall() == [], "somebody was overtaken"

    def _any(self, model: Any, which: int) -> Any:
        rows = list(model.objects.order_by("-id")[: which + 1])
        return rows[-1]

    def _number(self) -> str:
        self.number += 1
        return f"N{self.number}"
