"""The book of stock under any sequence of events: it adds up after each, and its end does not depend on their order."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import given, settings
from hypothesis import strategies as some

from customers.models import Customer, Store
from inventory.models import Discrepancy, Hold, StockLevel, StockMovement
from inventory.services.holds import place_hold
from inventory.services.ledger_check import check_ledger
from inventory.services.sales import LineIn, post_sale
from inventory.services.stock import Move, move_stock
from tests.factories import NOW, make_customer, make_level, make_movement, make_product, make_store

pytestmark = pytest.mark.django_db

# Few products and few pieces, so that events meet on one level and shelves run empty.
SKUS = ("TEA", "MILK")
KINDS = StockMovement.Kind


# --- What can happen in a store ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sold:
    """A receipt, hours before now: tills report late and out of order."""

    lines: tuple[tuple[str, int], ...]
    hours_ago: int
    number: int


@dataclass(frozen=True)
class Moved:
    """A delivery, a count's correction, a damage."""

    kind: StockMovement.Kind
    sku: str
    quantity: int
    hours_ago: int


@dataclass(frozen=True)
class Held:
    """A promise to somebody who has none yet."""

    sku: str
    quantity: int


Event = Sold | Moved | Held

pieces, hours, sku = some.integers(1, 4), some.integers(0, 200), some.sampled_from(SKUS)
sold = some.builds(
    Sold,
    lines=some.lists(some.tuples(sku, pieces), min_size=1, max_size=4).map(tuple),
    hours_ago=hours,
    number=some.integers(1, 10**9),
)
moved = some.one_of(
    some.builds(Moved, some.just(KINDS.DELIVERY), sku, some.integers(1, 6), hours),
    some.builds(Moved, some.just(KINDS.DAMAGE), sku, some.integers(-3, -1), hours),
    some.builds(Moved, some.just(KINDS.COUNT), sku, some.integers(-6, 6).filter(bool), hours),
)
held = some.builds(Held, sku, some.integers(1, 3))


def histories(*kinds: some.SearchStrategy[Event]) -> some.SearchStrategy[list[Event]]:
    """Events in the order in which we hear of them; no receipt twice."""
    return some.lists(
        some.one_of(*kinds),
        min_size=4,
        max_size=14,
        unique_by=lambda event: event.number if isinstance(event, Sold) else object(),
    )


# --- A shop that is told of them ---------------------------------------------------------------------------------


@dataclass
class Shop:
    """A store whose book we keep a second time, by hand."""

    store: Store
    levels: dict[str, int]
    on_hand: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    missing: list[tuple[str, int]] = field(default_factory=list)
    facts: dict[str, dict[StockMovement.Kind, datetime]] = field(default_factory=lambda: defaultdict(dict))

    def hear(self, event: Event) -> None:
        """Tell the services, and note what must come of it."""
        if isinstance(event, Sold):
            self._sell(event)
        elif isinstance(event, Moved):
            self._move(event)
        else:
            self._hold(event)

    def _sell(self, event: Sold) -> None:
        at = NOW - timedelta(hours=event.hours_ago)
        lines = [LineIn(sku, quantity, Decimal("2.50")) for sku, quantity in event.lines]
        post_sale(store=self.store, receipt=f"R{event.number}", sold_at=at, lines=lines, now=NOW)
        gone: Counter[str] = Counter()
        for sku, quantity in event.lines:
            gone[sku] += quantity
        for sku, quantity in gone.items():
            self.on_hand[sku] -= quantity
            if self.on_hand[sku] < 0:
                self.missing.append((sku, min(quantity, -self.on_hand[sku])))
            self._proved(sku, KINDS.SALE, at)

    def _move(self, event: Moved) -> None:
        at = NOW - timedelta(hours=event.hours_ago)
        move_stock([Move(self.levels[event.sku], event.kind, event.quantity)], occurred_at=at, now=NOW)
        self.on_hand[event.sku] += event.quantity
        if event.quantity < 0 and self.on_hand[event.sku] < 0:
            self.missing.append((event.sku, min(-event.quantity, -self.on_hand[event.sku])))
        self._proved(event.sku, event.kind, at)

    def _hold(self, event: Held) -> None:
        is_free = self.on_hand[event.sku] - self.held[event.sku] >= event.quantity
        assert hold(make_customer(), self.levels[event.sku], event.quantity) is is_free
        if is_free:
            self.held[event.sku] += event.quantity

    def _proved(self, sku: str, kind: StockMovement.Kind, at: datetime) -> None:
        self.facts[sku][kind] = max(at, self.facts[sku].get(kind, at))

    def check(self) -> None:
        """Counters, book, promises and discrepancies are what they must be."""
        for sku, pk in self.levels.items():
            level = StockLevel.objects.get(pk=pk)
            assert (level.on_hand, level.held) == (self.on_hand[sku], self.held[sku])
            assert balances(pk) == running_sums(pk)
            active = Hold.objects.filter(level=pk, state__in=Hold.LIVE).aggregate(sum=Sum("quantity"))["sum"] or 0
            assert active == level.held
            assert level.last_sold_at == self.facts[sku].get(KINDS.SALE)
            assert level.last_received_at == self.facts[sku].get(KINDS.DELIVERY)
        rows = Discrepancy.objects.filter(level__in=self.levels.values()).order_by("pk")
        skus = {pk: sku for sku, pk in self.levels.items()}
        assert Counter((skus[row.level_id], row.missing) for row in rows) == Counter(self.missing)

    def counters(self) -> dict[str, tuple[int, int, datetime | None, datetime | None]]:
        """What the levels say in the end."""
        rows = StockLevel.objects.filter(pk__in=self.levels.values())
        return {
            row.product.sku: (row.on_hand, row.held, row.last_sold_at, row.last_received_at)
            for row in rows.select_related("product")
        }


def hold(customer: Customer, level_id: int, quantity: int) -> bool:
    """Whether there was something to promise."""
    level = StockLevel.objects.select_related("store").get(pk=level_id)
    try:
        place_hold(customer=customer, level=level, because=Hold.Because.ORDER, now=NOW, quantity=quantity)
    except ValidationError as error:
        if error.code != "NOTHING_FREE":
            raise
        return False
    return True


def balances(level_id: int) -> list[tuple[int, int]]:
    """The balance that stands on each row of the book."""
    rows = StockMovement.objects.filter(level=level_id).order_by("pk")
    return list(rows.values_list("on_hand_after", "held_after"))


def running_sums(level_id: int) -> list[tuple[int, int]]:
    """The balance that must stand there: the sum of all rows so far."""
    on_hand = held = 0
    sums = []
    for quantity, change in (
        StockMovement.objects.filter(level=level_id).order_by("pk").values_list("quantity", "held_change")
    ):
        on_hand, held = on_hand + quantity, held + change
        sums.append((on_hand, held))
    return sums


@contextmanager
def shop(opening: Sequence[int]) -> Iterator[Shop]:
    """A new shop with so many pieces of each product; gone at the end of the block."""
    with transaction.atomic():
        store = make_store()
        levels = {
            sku: make_level(store=store, product=make_product(sku=sku), on_hand=count).pk
            for sku, count in zip(SKUS, opening, strict=True)
        }
        yield Shop(store, levels, Counter(dict(zip(SKUS, opening, strict=True))))
        transaction.set_rollback(True)


openings = some.tuples(*[some.integers(0, 6)] * len(SKUS))


# --- What must hold ----------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(openings, histories(sold, moved, held))
def test_the_book_adds_up_after_every_event(opening: tuple[int, ...], events: list[Event]) -> None:
    with shop(opening) as told:
        for event in events:
            told.hear(event)
            told.check()
        assert check_ledger().wrong == 0


@settings(max_examples=20, deadline=None)
@given(openings, histories(sold, moved), some.randoms(use_true_random=False))
def test_events_in_any_order_end_in_the_same_counters(
    opening: tuple[int, ...], events: list[Event], random: Random
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    ends = []
    for order in (events, shuffled):
        with shop(opening) as told:
            for event in order:
                told.hear(event)
            ends.append(told.counters())
    assert ends[0] == ends[1]


@settings(max_examples=10, deadline=None)
@given(histories(sold))
def test_a_covered_sale_never_opens_a_discrepancy(events: list[Event]) -> None:
    enough = sum(quantity for event in events if isinstance(event, Sold) for _, quantity in event.lines)
    with shop([enough] * len(SKUS)) as told:
        for event in events:
            told.hear(event)
        assert not Discrepancy.objects.exists()
        assert StockLevel.objects.in_doubt().count() == 0


@pytest.mark.parametrize("quantity", [1, -1])
def test_a_row_past_the_services_is_noticed(quantity: int) -> None:
    """Control: the checks above can fail."""
    with shop([5, 5]) as told:
        told.check()
        make_movement(StockLevel.objects.get(pk=told.levels["TEA"]), quantity=quantity)
        with pytest.raises(AssertionError):
            told.check()
        assert check_ledger().wrong == 1


def test_a_hold_past_the_services_is_noticed() -> None:
    with shop([5, 5]) as told:
        StockLevel.objects.filter(pk=told.levels["TEA"]).update(held=F("held") + 1)
        with pytest.raises(AssertionError):
            told.check()
