"""Taps count once: a screen that was offline sends them again, and each is answered as it was the first time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from customers.models import Store
from cxportal.store.answers import Answer, kept, refused, unreadable
from cxportal.store.deed import Deed
from cxportal.store.deeds import DEEDS
from inventory.models import StoreTap

# A device that was off for longer tells nothing of today's shelf; its clock may also be wrong.
OLDEST = timedelta(hours=24)
# Longer than any device lies in a drawer with taps in it; what is older still is not done, for it may have been.
TAPS_KEPT = timedelta(days=90)
TAPS_PER_BATCH = 1000


@dataclass(frozen=True)
class Tap:
    """One tap, as the screen sent it."""

    tap_id: UUID
    verb: str
    target: str
    values: Mapping[str, str]
    tapped_at: datetime | None = None


def take_tap(
    tap: Tap, *, store: Store, staff: Any, now: datetime, deeds: Mapping[str, Callable[[Deed], Answer]] = DEEDS
) -> Answer:
    """Do what was tapped, unless this tap was done already; the same tap gets the same answer.

    Answer and effect are written in one transaction. What a rule refuses is kept too, so that the screen may show it
    after a broken line. Http404 for what is not this store's: nothing is kept of it.
    """
    deed = deeds.get(tap.verb)
    if deed is None:
        return unreadable("This screen is older than the portal. Reload it.")
    if tap.tapped_at is not None and tap.tapped_at < now - TAPS_KEPT:
        return refused("This was tapped so long ago that nobody knows whether it was done. Look, and tap anew.", "OLD")
    at = moment_of(tap.tapped_at, now)
    with transaction.atomic():
        # Two copies of one tap at once: the second waits here for the first one's answer.
        row, is_new = StoreTap.objects.get_or_create(
            tap_id=tap.tap_id,
            defaults={
                "store": store,
                "staff": staff,
                "verb": tap.verb,
                "status": 0,
                "answer": {},
                "tapped_at": at,
                "recorded_at": now,
            },
        )
        if not is_new:
            return answer_of(row, tap, store)
        answer = _try(deed, Deed(store, staff, tap.target, tap.values, at=at, now=now))
        if answer.is_unreadable:
            # Nothing was tried: the clerk mends the number and taps again.
            row.delete()
        else:
            StoreTap.objects.filter(pk=row.pk).update(
                status=answer.status, answer={**answer.as_json(), "target": tap.target}
            )
    return answer


def forget_taps(now: datetime) -> int:
    """Delete remembered taps that no device may send any more, a batch at a time."""
    old = StoreTap.objects.filter(recorded_at__lt=now - TAPS_KEPT).order_by("recorded_at")
    batch = list(old.values_list("pk", flat=True)[:TAPS_PER_BATCH])
    return StoreTap.objects.filter(pk__in=batch).delete()[0] if batch else 0


def moment_of(tapped_at: datetime | None, now: datetime) -> datetime:
    """When it happened: by the device's clock, as far as that can be believed."""
    return now if tapped_at is None else min(max(tapped_at, now - OLDEST), now)


def answer_of(row: StoreTap, tap: Tap, store: Store) -> Answer:
    """What was answered under this id. Http404 when the id is another store's."""
    if row.store_id != store.pk:
        raise Http404("This is not your store's.")
    if row.verb != tap.verb:
        return refused("Something else was tapped here before. Reload the screen.", "TAP_REUSED")
    return kept(row.answer)


def _try(deed: Callable[[Deed], Answer], given: Deed) -> Answer:
    try:
        with transaction.atomic():
            return deed(given)
    except ValidationError as error:
        code = str(getattr(error, "code", "") or "REFUSED")
        words = " ".join(error.messages)
        return unreadable(words) if code == "UNREADABLE" else refused(words, code)
