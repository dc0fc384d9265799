"""The one door to personal data. Plain values in, plain values out; no queryset leaves it.

The serving login may not read schema `vault`; inside `_open` it takes the vault's role for a moment. Inside,
public tables are closed: nothing else may be queried there, and `_open` is not re-entrant.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Upper

from customers.models.sealed import AccessLog, ContactAddress, Identity, MessageContent, SourcePayload

COPY_FIELDS = ("name", "email", "phone", "street", "postcode", "city", "birth_date", "loyalty_number")
FIELDS = frozenset(COPY_FIELDS)
COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
SEARCH_LIMIT = 50
# "Cristofer" is 0.31 like "Christopher" and 0.23 like "Christina".
NAME_LIKENESS = 0.3
WORD_LETTERS = 3
SYSTEM_ROLE = "SYSTEM"


class Purpose(StrEnum):
    """Why the vault is opened; it stands in the access log."""

    SHOW = "SHOW"
    FIND = "FIND"
    REVEAL = "REVEAL"
    EDIT = "EDIT"
    LINK = "LINK"
    DELIVER = "DELIVER"
    ERASE = "ERASE"
    EXPORT = "EXPORT"


SYSTEM_PURPOSES = frozenset({Purpose.LINK, Purpose.DELIVER, Purpose.ERASE, Purpose.EXPORT})


@dataclass(frozen=True)
class Actor:
    """Who asks. Roles are known floors above; here only what they allow counts."""

    role: str
    staff_id: int | None = None
    sees_names: bool = False
    may_reveal: bool = False


SYSTEM = Actor(role=SYSTEM_ROLE)


@dataclass(frozen=True)
class Look:
    """One line of the access log."""

    at: datetime
    staff_id: int | None
    role: str
    purpose: str
    fields: tuple[str, ...]
    reason: str


def _allow(actor: Actor, purpose: Purpose, fields: Iterable[str], case_id: int | None = None, reason: str = "") -> None:
    wanted = set(fields)
    if purpose in SYSTEM_PURPOSES:
        allowed = actor.role == SYSTEM_ROLE
    elif purpose is Purpose.REVEAL:
        allowed = bool(actor.staff_id and actor.may_reveal and case_id and reason.strip())
    else:
        allowed = bool(actor.staff_id and actor.sees_names)
    if not allowed or not wanted <= FIELDS:
        raise PermissionDenied(f"{actor.role} may not {purpose.lower()} {', '.join(sorted(wanted))}.")


@contextmanager
def _open(*, durable: bool = False) -> Iterator[None]:
    with transaction.atomic(durable=durable), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{settings.VAULT_ROLE}"')
        yield
        # On success only: SET LOCAL outlives RELEASE SAVEPOINT. On an error the rollback restores the role.
        cursor.execute("SET LOCAL ROLE NONE")


def _log(
    actor: Actor,
    purpose: Purpose,
    ids: Sequence[int],
    fields: Iterable[str],
    case_id: int | None = None,
    reason: str = "",
) -> None:
    common = {
        "staff_id": actor.staff_id,
        "role": actor.role,
        "purpose": purpose,
        "fields": ",".join(sorted(fields)),
        "case_id": case_id,
        "reason": reason,
    }
    if purpose in SYSTEM_PURPOSES or not ids:
        AccessLog.objects.create(row_count=len(ids), **common)
    else:
        AccessLog.objects.bulk_create([AccessLog(customer_id=pk, **common) for pk in ids])


def read_many(
    actor: Actor,
    purpose: Purpose,
    ids: Iterable[int],
    fields: Iterable[str],
    *,
    case_id: int | None = None,
    reason: str = "",
) -> dict[int, dict[str, Any]]:
    """{customer id: {field: value}} for those that have an identity.

    A person's read commits its log in a transaction of its own before values leave, so it can't run inside another
    (RuntimeError); a system purpose logs one row for the batch and joins the caller's transaction.
    Raises PermissionDenied when the policy says no.
    """
    wanted_ids, wanted = sorted(set(ids)), sorted(fields)
    _allow(actor, purpose, wanted, case_id, reason)
    with _open(durable=purpose not in SYSTEM_PURPOSES):
        _log(actor, purpose, wanted_ids, wanted, case_id, reason)
        rows = list(Identity.objects.filter(pk__in=wanted_ids).values("customer_id", *wanted))
    return {row.pop("customer_id"): row for row in rows}


def reveal(actor: Actor, customer_id: int, field: str, *, case_id: int, reason: str) -> str:
    """One field of one customer, for a case and with a reason; logged. Empty when it is not known."""
    rows = read_many(actor, Purpose.REVEAL, [customer_id], [field], case_id=case_id, reason=reason)
    return str(rows.get(customer_id, {}).get(field) or "")


def write_identity(actor: Actor, purpose: Purpose, customer_id: int, **values: Any) -> None:
    """Create or change what is known of a customer; joins the caller's transaction."""
    _allow(actor, purpose, values)
    with _open():
        _log(actor, purpose, [customer_id], values)
        Identity.objects.update_or_create(pk=customer_id, defaults=values)


def copy_identities(rows: Iterable[Sequence[Any]]) -> int:
    """Add many identities at once, as rows of (customer id, *COPY_FIELDS); joins the caller's transaction.

    For loads from a source, hence the system's purpose LINK with one row in the log. Returns how many.
    """
    text = io.StringIO()
    ids = []
    for customer_id, *values in rows:
        ids.append(customer_id)
        text.write("\t".join([str(customer_id), *map(_copy_text, values)]) + "\n")
    text.seek(0)
    columns = ", ".join(("customer_id", *COPY_FIELDS))
    with _open(), connection.cursor() as cursor:
        _log(SYSTEM, Purpose.LINK, ids, COPY_FIELDS)
        cursor.copy_expert(f"COPY vault.identity ({columns}) FROM STDIN", text)
    return len(ids)


def _copy_text(value: object) -> str:
    """One value in COPY's text format: None is NULL; tabs, line ends and backslashes are escaped."""
    if value is None:
        return "\\N"
    return str(value).translate(COPY_ESCAPES)


def erase(ids: Iterable[int], *, message_ids: Iterable[int] = ()) -> None:
    """Delete these customers' identities and these messages' texts for good; joins the caller's transaction."""
    gone = sorted(set(ids))
    with _open():
        _log(SYSTEM, Purpose.ERASE, gone, FIELDS)
        Identity.objects.filter(pk__in=gone).delete()
        MessageContent.objects.filter(pk__in=list(message_ids)).delete()


def find_by_name(actor: Actor, name: str, *, limit: int = SEARCH_LIMIT) -> list[int]:
    """Ids of customers whose name is like every word of `name`, the likest first. Logged.

    Typing errors are allowed for. Words of fewer than three letters say too little to be asked for beside longer ones.
    """
    _allow(actor, Purpose.FIND, ["name"])
    # Upper on both sides: it is what the trigram index is built on.
    typed = name.upper().split()
    words = [word for word in typed if len(word) >= WORD_LETTERS] or [" ".join(typed)]
    with _open(durable=True), connection.cursor() as cursor:
        _log(actor, Purpose.FIND, [], ["name"])
        # Two words that are both required may each be farther off than one that stands alone elsewhere.
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [NAME_LIKENESS])
        rows = Identity.objects.annotate(upper_name=Upper("name"))
        for word in words:
            rows = rows.filter(upper_name__trigram_word_similar=word)
        likeness = sum((TrigramWordSimilarity(word, Upper("name")) for word in words), Value(0.0))
        found = list(rows.annotate(likeness=likeness).order_by("-likeness", "pk").values_list("pk", flat=True)[:limit])
    return found


def looks_at(customer_ids: Iterable[int], *, limit: int = 20) -> list[Look]:
    """Who opened these customers' data, newest first."""
    with _open():
        rows = list(
            AccessLog.objects.filter(customer__in=list(customer_ids))
            .order_by("-at", "-id")
            .values_list("at", "staff_id", "role", "purpose", "fields", "reason")[:limit]
        )
    return [
        Look(at, staff, role, purpose, tuple(fields.split(",")), reason)
        for at, staff, role, purpose, fields, reason in rows
    ]


def store_message(message_id: int, *, recipient: str, subject_line: str, body: str) -> None:
    """Keep what a message said and where it went; joins the caller's transaction."""
    with _open():
        MessageContent.objects.update_or_create(
            pk=message_id, defaults={"recipient": recipient, "subject_line": subject_line, "body": body}
        )


def store_payload(record_id: int, payload: dict[str, Any]) -> None:
    """Keep what a source sent; joins the caller's transaction."""
    with _open():
        SourcePayload.objects.update_or_create(pk=record_id, defaults={"payload": payload})


def store_contact(code_id: int, *, recipient: str, code: str) -> None:
    """Keep where a code goes, and the code, until it is used or over; joins the caller's transaction."""
    with _open():
        ContactAddress.objects.create(pk=code_id, recipient=recipient, code=code)


def contacts(code_ids: Iterable[int], purpose: Purpose) -> dict[int, tuple[str, str]]:
    """{id of a code: (address, code)} for a system's purpose, with one row in the log."""
    wanted = sorted(set(code_ids))
    _allow(SYSTEM, purpose, ["email", "phone"])
    with _open():
        _log(SYSTEM, purpose, wanted, ["email", "phone"])
        rows = ContactAddress.objects.filter(pk__in=wanted).values_list("pk", "recipient", "code")
        return {pk: (recipient, code) for pk, recipient, code in rows}


def forget_contacts(code_ids: Iterable[int]) -> None:
    """Delete addresses and codes for good; joins the caller's transaction."""
    with _open():
        ContactAddress.objects.filter(pk__in=list(code_ids)).delete()


def forget_contacts_until(code_id: int) -> int:
    """Delete the addresses of this code and of all before it, which are over too; returns how many there were."""
    with _open():
        return ContactAddress.objects.filter(pk__lte=code_id).delete()[0]
