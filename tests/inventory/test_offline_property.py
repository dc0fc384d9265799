"""A till that was offline posts its queue late, twice and shuffled, and everything ends as if it had never been."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as some

from customers.models import Store
from inventory.models import Discrepancy, Hold, StockCount, StockLevel, StockMovement
from inventory.services import book, movements
from inventory.services.counts import post_count
from inventory.services.holds import place_hold
from inventory.services.ledger_check import check_ledger
from inventory.services.movements import MovementRow, post_movements
from inventory.services.returns import ReturnExistsError, ReturnLineIn, post_return
from inventory.services.sales import LineIn, ReceiptExistsError, post_sale
from tests.factories import NOW, make_customer, make_level, make_movement, make_product, make_store

pytestmark = pytest.mark.django_db

SKUS = ("TEA", "MILK")
OPENING = 6


# --- What happens in a store, each at a minute of its own ----------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """Something that happened `minute` minutes before now, and is told to a shop at some time."""

    minute: int
    sku: str
    pieces: int
    is_offline: bool

    @property
    def at(self) -> datetime:
        """When it happened."""
        return NOW - timedelta(minutes=self.minute)

    def tell(self, store: Store, level: StockLevel, now: datetime) -> None:
        """Report it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Sold(Event):
    """A receipt."""

    def tell(self, store: Store, level: StockLevel, now: datetime) -> None:
        lines = [LineIn(level.product.sku, self.pieces, Decimal(2))]
        with once(ReceiptExistsError):
            post_sale(store=store, receipt=f"R{self.minute}", sold_at=self.at, lines=lines, now=now)


@dataclass(frozen=True)
class Back(Event):
    """A return slip; what is odd can't be sold again."""

    def tell(self, store: Store, level: StockLevel, now: datetime) -> None:
        line = ReturnLineIn(level.product.sku, self.pieces, Decimal(2), is_sellable=self.minute % 2 == 0)
        with once(ReturnExistsError):
            post_return(store=store, number=f"B{self.minute}", returned_at=self.at, lines=[line], now=now)


@dataclass(frozen=True)
class Moved(Event):
    """A delivery or a damage, as the machines report it."""

    def tell(self, store: Store, level: StockLevel, now: datetime) -> None:
        kind = "DELIVERY" if self.minute % 2 else "DAMAGE"
        row = MovementRow(f"M{self.minute}", level.product.sku, kind, self.pieces, self.at)
        assert post_movements(store=store, rows=[row], now=now)[0].status in (200, 201)


@dataclass(frozen=True)
class Counted(Event):
    """Counted, and counted again ten seconds later: what surprises depends on what was told before."""

    def tell(self, store: Store, level: StockLevel, now: datetime) -> None:
        for seconds in (0, 10):
            at = self.at + timedelta(seconds=seconds)
            post_count(level=level, counted=self.pieces, counted_at=at, now=max(now, at))


@contextmanager
def once(error: type[Exception]) -> Iterator[None]:
    """Told again, it is known."""
    try:
        with transaction.atomic():
            yield
    except error:
        pass


kinds = some.sampled_from([Sold, Sold, Sold, Back, Moved, Moved, Counted, Counted])
events = some.builds(
    lambda kind, *values: kind(*values),
    kinds,
    some.integers(1, 600),
    some.sampled_from(SKUS),
    some.integers(1, 5),
    some.booleans(),
)
histories = some.lists(events, min_size=3, max_size=12, unique_by=lambda event: event.minute)


# --- Two shops with the same history, told in different orders -----------------------------------------------------


def ends(story: Sequence[Event], order: Callable[[Sequence[Event]], Sequence[Event]]) -> list[tuple[object, ...]]:
    """What a new shop's levels say after hearing of `story` in this order; gone afterwards."""
    with transaction.atomic():
        store = make_store()
        levels = {sku: opened(store, sku) for sku in SKUS}
        for level in levels.values():
            place_hold(customer=make_customer(), level=level, because=Hold.Because.STAFF, now=NOW - timedelta(days=1))
        for event in order(story):
            event.tell(store, levels[event.sku], NOW if event.is_offline else event.at)
        assert check_ledger().wrong == 0
        found = [figures(level) for level in levels.values()]
        transaction.set_rollback(True)
    return found


def opened(store: Store, sku: str) -> StockLevel:
    """A level that was there before anything happened."""
    level = make_level(store=store, product=make_product(sku=sku, name=sku))
    level.on_hand = OPENING
    level.save()
    make_movement(level, quantity=OPENING, occurred_at=NOW - timedelta(days=2))
    return level


def figures(level: StockLevel) -> tuple[object, ...]:
    """Every figure of a level that must not depend on who was told when."""
    level.refresh_from_db()
    rows = StockMovement.objects.filter(level=level)
    sums = dict(rows.order_by("kind").values_list("kind").annotate(sum=Sum("quantity")))
    applied = StockCount.objects.filter(level=level, state="APPLIED")
    return (
        (level.on_hand, level.held),
        (level.last_sold_at, level.last_received_at, level.last_counted_at, level.last_counted_quantity),
        sums.get("COUNT") or 0,
        sum(count.counted - count.book for count in applied),
        sums.get("SALE", 0),
        Discrepancy.objects.filter(level=level, settled_at=None).exists(),
        level.on_hand < 0,
    )


def in_order(story: Sequence[Event]) -> list[Event]:
    """As if nobody had ever been offline."""
    return sorted(story, key=lambda event: event.at)


def late(random: Random) -> Callable[[Sequence[Event]], list[Event]]:
    """First what was told at once; then the queues, each event twice, shuffled."""

    def order(story: Sequence[Event]) -> list[Event]:
        queue = [event for event in story if event.is_offline] * 2
        random.shuffle(queue)
        return in_order([event for event in story if not event.is_offline]) + queue

    return order


@settings(max_examples=40, deadline=None)
@given(histories, some.randoms(use_true_random=False))
def test_late_twice_and_shuffled_ends_as_in_order(story: list[Event], random: Random) -> None:
    told = ends(story, in_order)
    assert ends(story, late(random)) == told
    for figure in told:
        assert figure[2] == figure[3]  # the corrections in the book are those of the counts
        assert figure[5] is figure[6]  # open exactly while the level is below zero


SEEN_SALE = [Sold(120, "TEA", 2, is_offline=True), Counted(60, "TEA", 4, is_offline=False)]
SEEN_MOVE = [Moved(121, "TEA", 2, is_offline=True), Counted(60, "TEA", 4, is_offline=False)]


@pytest.mark.parametrize("story", [SEEN_SALE, SEEN_MOVE])
def test_without_the_late_rule_the_end_would_differ(story: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    """Control. The rule looks at the last count; here at something that never happened."""
    assert ends(story, late(Random(1))) == ends(story, in_order)
    monkeypatch.setattr(book, "CHANGE", book.CHANGE.replace("last_counted_at", "last_missed_at"))
    monkeypatch.setattr(movements, "LOCK", movements.LOCK.replace("last_counted_at", "last_missed_at"))
    assert ends(story, late(Random(1))) != ends(story, in_order)
