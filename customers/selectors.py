"""Reads of floor 1: one person's page of the ledger, what she allowed, the newest of everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Min, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from customers.models import Consent, Customer, Identifier, Interaction, Message

UNSENT_STATES = (Message.State.DROPPED, Message.State.MERGED, Message.State.DEAD)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_MESSAGES = Q(kind=Interaction.Kind.MESSAGE)
_UNSENT = _MESSAGES & Q(facts__state__in=[state.value for state in UNSENT_STATES])
# In SQL a state that is not named is neither in a list nor not in it.
_WRITTEN = _MESSAGES & (~_UNSENT | Q(facts__state__isnull=True))


class Strand(StrEnum):
    """A part of a person's ledger that can be read alone; the value stands in the page's address."""

    ALL = "all"
    PURCHASES = "purchases"
    WRITTEN = "written"
    STORES = "stores"
    CASES = "cases"
    NOT_SENT = "not-sent"


STRANDS: dict[Strand, Q] = {
    Strand.ALL: Q(),
    Strand.PURCHASES: Q(kind__in=[Interaction.Kind.SALE, Interaction.Kind.RETURN]),
    Strand.WRITTEN: _WRITTEN,
    Strand.STORES: Q(kind__in=[Interaction.Kind.HOLD, Interaction.Kind.WAITLIST, Interaction.Kind.VISIT]),
    Strand.CASES: Q(kind__in=[Interaction.Kind.CASE, Interaction.Kind.CONTACT, Interaction.Kind.NOTE]),
    Strand.NOT_SENT: _UNSENT,
}


@dataclass(frozen=True)
class Place:
    """A place in the ledger, newest first: after it comes what is older."""

    occurred_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.occurred_at - EPOCH) // MICROSECOND}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that `text` (from str()) names; None when it names none."""
        micros, _, pk = text.rpartition("-")
        try:
            return cls(EPOCH + int(micros) * MICROSECOND, int(pk))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Extent:
    """How much of a person's ledger there is: entries by strand, and since when."""

    counts: dict[Strand, int]
    since: datetime | None


def person_rows(public_id: UUID) -> QuerySet[Customer]:
    """The customer's row and the rows merged into it, with preference, home store and what hangs on them.

    `known` is a list of identifiers (kind, source, confirmed, at), `waiting` of messages that have not left yet
    (kind, way, purpose, reason, due_at). As arrays in one statement, because the page has many blocks.
    """
    known = Identifier.objects.filter(customer=OuterRef("pk")).order_by("-created_at")
    waiting = Message.objects.filter(customer=OuterRef("pk"), state=Message.State.QUEUED).order_by("due_at")
    return (
        Customer.objects.filter(Q(public_id=public_id) | Q(merged_into__public_id=public_id))
        .select_related("merged_into", "preference", "home_store")
        .annotate(
            known=ArraySubquery(
                known.values(
                    json=JSONObject(kind="kind", source="source__name", confirmed="verified_at", at="created_at")
                )
            ),
            waiting=ArraySubquery(
                waiting.values(
                    json=JSONObject(kind="kind", way="way", decision="decision", reason="reason", due_at="due_at")
                )
            ),
        )
        .order_by("pk")
    )


def timeline(ids: Sequence[int], strand: Strand, older_than: Place | None, limit: int) -> list[Interaction]:
    """Up to `limit` entries of these customers' ledger, newest first, from `older_than` on."""
    rows = Interaction.objects.filter(STRANDS[strand], customer__in=ids).select_related("store", "channel")
    if older_than is not None:
        at, pk = older_than.occurred_at, older_than.pk
        # The first condition is implied by the second; it is the one that an index can use.
        rows = rows.filter(occurred_at__lte=at).filter(Q(occurred_at__lt=at) | Q(pk__lt=pk))
    return list(rows.newest()[:limit])


def extent(ids: Sequence[int]) -> Extent:
    """Counts of every strand and the first moment, in one statement."""
    counts = {strand.name: Count("pk", filter=rule) for strand, rule in STRANDS.items() if strand is not Strand.ALL}
    row = Interaction.objects.filter(customer__in=ids).aggregate(ALL=Count("pk"), since=Min("occurred_at"), **counts)
    return Extent({strand: row[strand.name] for strand in Strand}, row["since"])


def standing_consents(ids: Sequence[int]) -> list[Consent]:
    """The newest decision for each purpose and way: the one that counts."""
    newest = Consent.objects.filter(customer__in=ids).order_by("purpose", "way", "-decided_at", "-pk")
    return list(newest.distinct("purpose", "way").select_related("source"))


def newest_entries(limit: int, store_id: int | None = None) -> list[Interaction]:
    """The newest entries of the chain's ledger, or of one store's."""
    rows = Interaction.objects.select_related("store", "channel", "customer")
    if store_id is not None:
        rows = rows.in_store(store_id)
    return list(rows.newest()[:limit])


def people(ids: Sequence[int]) -> list[Customer]:
    """These customers in the order of `ids`, merged ones as their survivor, each person once."""
    rows = Customer.objects.select_related("merged_into__home_store", "home_store").in_bulk(ids)
    found = [rows[pk].merged_into or rows[pk] for pk in ids if pk in rows]
    return list({customer.pk: customer for customer in found}.values())
