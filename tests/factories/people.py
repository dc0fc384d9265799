"""Customers, what they allowed, what passed between us, and staff."""

from typing import Any

from customers import masking, vault, wellknown
from customers.lookup import hash_of
from customers.models import Channel, Consent, Customer, Identifier, Interaction, Message, Source, Store, Touchpoint
from cxportal.groups import assign_role
from cxportal.keys import hash_key, new_key
from cxportal.models import ApiKey, StaffMember
from cxportal.roles import Role
from tests.factories.values import EVERY_DAY, NOW, PASSWORD, numbers


def make_wellknown() -> None:
    """The channels, touchpoints and sources that services write with; tests begin with empty tables."""
    wellknown.forget()
    wellknown.create_all()


def make_channel(code: str = "store", kind: Channel.Kind = Channel.Kind.STORE) -> Channel:
    """The channel with this code, made when it is not there."""
    return Channel.objects.get_or_create(code=code, defaults={"name": code.capitalize(), "kind": kind})[0]


def make_touchpoint(code: str = "till") -> Touchpoint:
    """The touchpoint with this code, made when it is not there."""
    defaults = {"name": code.capitalize(), "channel": make_channel()}
    return Touchpoint.objects.get_or_create(code=code, defaults=defaults)[0]


def make_source(code: str = "till", kind: Source.Kind = Source.Kind.TILL) -> Source:
    """The source with this code, made when it is not there."""
    return Source.objects.get_or_create(code=code, defaults={"name": code.capitalize(), "kind": kind})[0]


def make_store(**values: Any) -> Store:
    """A store in New York, open every day from 9 to 20."""
    number = next(numbers)
    defaults = {
        "code": f"S{number:03}",
        "name": f"Store {number}",
        "city": "New York",
        "latitude": 40.7128,
        "longitude": -74.0060,
        "time_zone": "America/New_York",
        "hours": EVERY_DAY,
    }
    return Store.objects.create(**{**defaults, **values})


def make_customer(
    *,
    name: str = "Maria Gross",
    phone: str = "",
    email: str = "",
    loyalty_number: str = "",
    **values: Any,
) -> Customer:
    """A customer with masked columns, her identity in the vault and the identifiers that find her."""
    masked = {
        "masked_name": masking.mask_name(name),
        "initials": masking.initials(name),
        "masked_phone": masking.mask_phone(phone),
        "masked_email": masking.mask_email(email),
        "created_at": NOW,
    }
    customer = Customer.objects.create(**{**masked, **values})
    vault.write_identity(
        vault.SYSTEM,
        vault.Purpose.LINK,
        customer.pk,
        name=name,
        phone=phone,
        email=email,
        loyalty_number=loyalty_number,
    )
    for kind, value in (("PHONE", phone), ("EMAIL", email), ("LOYALTY", loyalty_number)):
        if value:
            make_identifier(customer, Identifier.Kind(kind), value)
    return customer


def make_identifier(customer: Customer, kind: Identifier.Kind, value: str) -> Identifier:
    """What finds the customer: kept as a keyed hash."""
    return Identifier.objects.create(
        customer=customer, kind=kind, value_hash=hash_of(kind, value), source=make_source(), created_at=NOW
    )


def make_consent(customer: Customer, **values: Any) -> Consent:
    """Marketing by e-mail, given."""
    defaults = {
        "purpose": "MARKETING",
        "way": "EMAIL",
        "decision": Consent.Decision.GIVEN,
        "decided_at": NOW,
        "source": values.pop("source", None) or make_source(),
        "proof": "till screen, text 3",
    }
    return Consent.objects.create(customer=customer, **{**defaults, **values})


def make_interaction(**values: Any) -> Interaction:
    """One row of the ledger: a sale in no store, unless told otherwise."""
    defaults: dict[str, Any] = {"kind": Interaction.Kind.SALE, "event_id": f"event-{next(numbers)}"}
    defaults |= {"occurred_at": NOW, "recorded_at": NOW}
    if not {"channel", "channel_id"} & values.keys():
        defaults["channel"] = make_channel()
    if not {"source", "source_id"} & values.keys():
        defaults["source"] = make_source()
    return Interaction.objects.create(**{**defaults, **values})


def make_message(**values: Any) -> Message:
    """A service message that waits to go; to `customer`, `staff`, or a customer of its own."""
    number = next(numbers)
    defaults: dict[str, Any] = {
        "purpose": "SERVICE",
        "kind": "hold-ready",
        "way": "EMAIL",
        "dedupe_key": f"message-{number}",
        "decision": Message.Decision.SEND,
        "reason": "nothing speaks against it",
        "state": Message.State.QUEUED,
        "due_at": NOW,
        "created_at": NOW,
    }
    if not {"customer", "staff"} & values.keys():
        defaults["customer"] = make_customer()
    return Message.objects.create(**{**defaults, **values})


def make_staff(role: Role = Role.ADMINISTRATOR, **values: Any) -> StaffMember:
    """A login with the rights of its role; store roles get a store, outsourced agents an agency."""
    defaults: dict[str, Any] = {"username": f"{role.lower().replace('_', '-')}-{next(numbers)}", "role": role.value}
    if role in (Role.STORE_MANAGER, Role.STORE_CLERK) and "store" not in values:
        defaults["store"] = make_store()
    if role is Role.OUTSOURCED_AGENT:
        defaults["agency"] = "Harbor Contact"
    staff = StaffMember.objects.create_user(password=PASSWORD, **{**defaults, **values})
    assign_role(staff)
    return staff


def make_api_key(store: Store, **values: Any) -> tuple[ApiKey, str]:
    """A key of `store`: its row, and the key itself, which the row does not have."""
    raw = new_key()
    defaults = {"name": "Till 1", "prefix": raw[:10], "key_hash": hash_key(raw), "created_at": NOW}
    return ApiKey.objects.create(store=store, **{**defaults, **values}), raw
