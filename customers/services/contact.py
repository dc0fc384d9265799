"""Proving a phone number or an e-mail address by a code. Before it is proven there is no customer, and no promise."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils.crypto import salted_hmac

from customers import vault
from customers.identifiers import IdentifierError, mailbox_of, normalise
from customers.lookup import hash_of
from customers.masking import mask_email, mask_phone
from customers.models import ContactCode, Customer, Identifier, Preference, Source, Way
from customers.models.contact import MOST_TRIES
from customers.services.recipients import FIELD_OF_WAY, KIND_OF_WAY
from customers.wellknown import source

DIGITS = 6
LIFETIME = timedelta(minutes=10)
WINDOW = timedelta(hours=1)
PER_ADDRESS = 3
PER_CLIENT = 10
# Of all shoppers together: a flood of codes costs money and the good name of our sender.
BUSY_WINDOW = timedelta(minutes=1)
PER_MINUTE = 120
OVER = "This code is over. Ask for a new one."


def ask_code(*, way: Way, address: str, client: str, now: datetime) -> ContactCode:
    """Put a code for `address` into the outbox; whether somebody is known there changes nothing.

    `client` is where it is asked from, empty when unknown. Raises ValidationError: ADDRESS when it can be none,
    TOO_MANY_CODES for this address or this client within an hour, BUSY when everybody together asks too much.
    """
    normal, _ = _read(way, address)
    address_hash = hash_of(KIND_OF_WAY[way], mailbox_of(normal))
    client_hash = _keyed("client", client)
    with transaction.atomic():
        _one_after_the_other("contact codes")
        _check_limits(address_hash, client_hash if client else b"", now)
        row = ContactCode(way=way, address_hash=address_hash, client_hash=client_hash, asked_at=now, due_at=now)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        row.code_hash = _keyed("code", f"{row.public_id}:{code}")
        row.expires_at = now + LIFETIME
        row.save(force_insert=True)
        vault.store_contact(row.pk, recipient=normal, code=code)
    return row


def resend_code(*, public_id: UUID, now: datetime) -> None:
    """Send the same code once more, once. ValidationError: EXPIRED, RESENT when it was sent twice already."""
    waiting = ContactCode.objects.living(now).filter(public_id=public_id, verified_at=None)
    if waiting.filter(resent_at=None).update(resent_at=now, due_at=now):
        return
    if waiting.exists():
        raise ValidationError("It was sent twice. Look among unwanted mail, or change the address.", code="RESENT")
    raise ValidationError(OVER, code="EXPIRED")


def confirm_code(*, public_id: UUID, code: str, now: datetime) -> Customer:
    """The person who has this phone or address, made when nobody has it.

    Not to be called inside a transaction that a refusal rolls back: the try would not count. Raises ValidationError:
    WRONG_CODE, EXPIRED when the time or the tries are over.
    """
    # Counted before it is compared: a thousand tries side by side are five.
    if not ContactCode.objects.living(now).filter(public_id=public_id).update(tries=F("tries") + 1):
        raise ValidationError(OVER, code="EXPIRED")
    row = ContactCode.objects.get(public_id=public_id)
    given = "".join(letter for letter in code if letter.isdigit())
    if not hmac.compare_digest(_keyed("code", f"{row.public_id}:{given}"), bytes(row.code_hash)):
        left = MOST_TRIES - row.tries
        raise ValidationError(f"This is not the code. {_tries(left)}" if left else OVER, code="WRONG_CODE")
    return _verify(row.pk, now)


def _tries(left: int) -> str:
    return "One try is left." if left == 1 else f"{left} tries are left."


@transaction.atomic
def _verify(code_id: int, now: datetime) -> Customer:
    """The same right code twice, as from two taps, is the same person."""
    row = ContactCode.objects.select_for_update(of=("self",)).select_related("customer__merged_into").get(pk=code_id)
    if row.customer:
        return row.customer.merged_into or row.customer
    address, _ = vault.contacts([row.pk], vault.Purpose.LINK).get(row.pk, ("", ""))
    if not address:
        raise ValidationError(OVER, code="EXPIRED")
    customer = customer_at(way=Way(row.way), address=address, now=now)
    vault.forget_contacts([row.pk])
    ContactCode.objects.filter(pk=row.pk).update(verified_at=now, customer=customer, due_at=None)
    return customer


@transaction.atomic
def customer_at(*, way: Way, address: str, now: datetime, source_code: str = "portal") -> Customer:
    """Who has this proven address: of several the one proven last, else the newest; a new customer when nobody has.

    `source_code` says who proved it. Only the portal's own code renews the proof of an address that is known.
    ValidationError ADDRESS when it can be none.
    """
    normal, value_hash = _read(way, address)
    # Two codes for one new address may be confirmed at once: one of them makes the customer.
    _one_after_the_other(f"address {value_hash.hex()}")
    known = (
        Identifier.objects.filter(kind=KIND_OF_WAY[way], value_hash=value_hash, customer__is_erased=False)
        .exclude(customer__merged_into__is_erased=True)
        .select_related("customer__merged_into")
        .order_by(F("verified_at").desc(nulls_last=True), "-created_at", "-pk")
        .first()
    )
    if known is None:
        return _new_customer(way, normal, value_hash, now, source(source_code))
    person = known.customer.merged_into or known.customer
    if source_code == "portal":
        Identifier.objects.filter(pk=known.pk).update(verified_at=now)
        # Who never said how he likes to be reached has just shown it.
        Preference.objects.get_or_create(customer=person, defaults={"way": way, "said_at": now})
    return person


def _new_customer(way: Way, normal: str, value_hash: bytes, now: datetime, source_id: int) -> Customer:
    masked = {"masked_email": mask_email(normal)} if way is Way.EMAIL else {"masked_phone": mask_phone(normal)}
    customer = Customer.objects.create(created_at=now, **masked)
    values = {"name": "", FIELD_OF_WAY[way]: normal}
    vault.write_identity(vault.SYSTEM, vault.Purpose.LINK, customer.pk, **values)
    Identifier.objects.create(
        customer=customer,
        kind=KIND_OF_WAY[way],
        value_hash=value_hash,
        source_id=source_id,
        verified_at=now,
        created_at=now,
    )
    Preference.objects.create(customer=customer, way=way, said_at=now)
    return customer


def _read(way: Way, address: str) -> tuple[str, bytes]:
    """The address in its normal form, and its keyed hash."""
    kind = KIND_OF_WAY[way]
    try:
        return normalise(kind.value, address, settings.DEFAULT_REGION), hash_of(kind, address)
    except IdentifierError as error:
        raise ValidationError(str(error), code="ADDRESS") from error


def _keyed(what: str, value: str) -> bytes:
    return salted_hmac(f"customers.contact.{what}", value, algorithm="sha256").digest()


def _one_after_the_other(what: str) -> None:
    """Until the end of the transaction: there is no row yet that two could lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _check_limits(address_hash: bytes, client_hash: bytes, now: datetime) -> None:
    recent = ContactCode.objects.filter(asked_at__gt=now - WINDOW)
    # A code that was sent once more counts for two.
    sent = Count("pk") + Count("pk", filter=Q(resent_at__isnull=False))
    if recent.filter(address_hash=address_hash).aggregate(sent=sent)["sent"] >= PER_ADDRESS:
        message = "We have sent three codes there within an hour. Use the newest one, or try again later."
        raise ValidationError(message, code="TOO_MANY_CODES")
    if client_hash and recent.filter(client_hash=client_hash).count() >= PER_CLIENT:
        message = "Many codes were asked for from where you are. Try again in an hour, or call the store."
        raise ValidationError(message, code="TOO_MANY_CODES")
    if ContactCode.objects.filter(asked_at__gt=now - BUSY_WINDOW).count() >= PER_MINUTE:
        raise ValidationError("Many people ask for a code just now. Try again in a minute.", code="BUSY")


def shows_codes() -> bool:
    """Whether a page may show a code instead of sending it: in the demo and in development, where nothing is sent."""
    if settings.PRODUCTION or settings.EMAIL_HOST:
        return False
    return settings.DEBUG or Source.objects.filter(kind=Source.Kind.DEMO).exists()


def demo_code(*, public_id: UUID, now: datetime) -> str:
    """The code itself, for the demo's page; empty wherever codes really go out, and when it is over."""
    row = ContactCode.objects.living(now).filter(public_id=public_id, verified_at=None).first()
    if row is None or not shows_codes():
        return ""
    return vault.contacts([row.pk], vault.Purpose.DELIVER).get(row.pk, ("", ""))[1]
