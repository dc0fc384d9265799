"""What a store has to do now: questions to answer, holds to pick and to give out, deliveries, counts to repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Count, Model, Q, QuerySet, Sum, UUIDField, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from inventory.models import Delivery, Hold, StockCount, StockQuestion, StoreTap

MOST_ROWS = 50
MOST_DELIVERIES = 20
# Over a weekend and a holiday; what nobody has confirmed by then was put back all the same, or a count finds it.
SHELVE_WITHIN = timedelta(hours=72)
# So that a colleague's tap is seen on the other screens of the store.
JUST_NOW = timedelta(minutes=1)
SHELVED = "hold.shelved"
GIVEN_UP = (Hold.State.EXPIRED, Hold.State.RELEASED)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Some(Generic[Row]):
    """The first rows of a list, and how long the whole list is."""

    rows: list[Row]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class StoreTasks:
    """All lists of one store, most urgent first. Deliveries are those expected before `delivery_until`."""

    questions: Some[StockQuestion]
    to_pick: Some[Hold]
    to_give: Some[Hold]
    to_shelve: Some[Hold]
    recounts: Some[StockCount]
    deliveries: Some[Delivery]
    later_delivery_at: datetime | None


def store_tasks(store_id: int, *, delivery_until: datetime, now: datetime) -> StoreTasks:
    """What there is to do in a store; one statement a list, however long the lists are."""
    deliveries = some(expected(store_id).order_by("expected_at", "id"), MOST_DELIVERIES)
    due = [delivery for delivery in deliveries.rows if delivery.expected_at < delivery_until]
    later = [delivery.expected_at for delivery in deliveries.rows if delivery.expected_at >= delivery_until]
    return StoreTasks(
        questions=some(open_questions(store_id).order_by("due_at", "id")),
        to_pick=some(live_holds(store_id).filter(state=Hold.State.REQUESTED).order_by("placed_at", "id")),
        to_give=some(live_holds(store_id).filter(state=Hold.State.IN_HAND).order_by("expires_at", "id")),
        to_shelve=some(given_up(store_id, now).order_by("ended_at", "id")),
        recounts=some(surprises(store_id).order_by("counted_at", "id")),
        deliveries=Some(due, len(due)),
        later_delivery_at=min(later, default=None),
    )


def some(rows: "QuerySet[Row, Row]", most: int = MOST_ROWS) -> Some[Row]:
    """The first `most` rows with the length of the whole list, in one statement."""
    found: list[Any] = list(rows.annotate(of_all=Window(Count("*")))[:most])
    return Some(found, found[0].of_all if found else 0)


def stores_with_work(levels: Sequence[tuple[int, int]], *, now: datetime) -> set[int]:
    """Of changed levels (level, store), the stores where somebody holds, held just now, or asks; one statement."""
    level_ids, store_ids = zip(*levels, strict=True)
    live = Q(state__in=Hold.LIVE) | Q(ended_at__gte=now - JUST_NOW)
    held = Hold.objects.filter(live, level_id__in=level_ids).values_list("store_id", flat=True)
    # By store: the index of open questions begins with it.
    asked = StockQuestion.objects.filter(
        store_id__in=store_ids, level_id__in=level_ids, state=StockQuestion.State.OPEN
    ).values_list("store_id", flat=True)
    return set(held.union(asked))


def open_questions(store_id: int) -> "QuerySet[StockQuestion, StockQuestion]":
    """Questions that nobody in this store has answered."""
    questions = StockQuestion.objects.filter(store_id=store_id, state=StockQuestion.State.OPEN)
    return questions.select_related("level__product")


def live_holds(store_id: int) -> "QuerySet[Hold, Hold]":
    """Holds of this store that have not ended."""
    return Hold.objects.filter(store_id=store_id, state__in=Hold.LIVE).select_related("level__product", "customer")


def given_up(store_id: int, now: datetime) -> "QuerySet[Hold, Hold]":
    """Holds that ended while the piece lay aside, and that nobody has put back on the shelf."""
    since = now - SHELVE_WITHIN
    taps = StoreTap.objects.filter(store_id=store_id, verb=SHELVED, status=200, recorded_at__gte=since)
    ended = Hold.objects.filter(store_id=store_id, state__in=GIVEN_UP, in_hand_at__isnull=False, ended_at__gte=since)
    shelved = taps.values(hold=Cast(KT("answer__target"), UUIDField()))
    return ended.exclude(public_id__in=shelved).select_related("level__product", "customer")


def surprises(store_id: int) -> "QuerySet[StockCount, StockCount]":
    """Counts that did not agree with the book and wait for a second one."""
    counts = StockCount.objects.filter(level__store_id=store_id, state=StockCount.State.SURPRISE)
    return counts.select_related("level__product")


def expected(store_id: int) -> "QuerySet[Delivery, Delivery]":
    """Deliveries on their way to this store, with the number of their products and pieces."""
    deliveries = Delivery.objects.filter(store_id=store_id, state=Delivery.State.EXPECTED).select_related(
        "store", "sent_from"
    )
    return deliveries.annotate(products=Count("lines"), pieces=Sum("lines__expected"))
