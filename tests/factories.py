"""Plain functions that make rows for tests: what is not given has a sensible value, and nothing random."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from customers import masking, vault, wellknown
from customers.lookup import hash_of
from customers.models import Channel, Consent, Customer, Identifier, Interaction, Message, Source, Store, Touchpoint
from cxportal.groups import assign_role
from cxportal.keys import hash_key, new_key
from cxportal.models import ApiKey, StaffMember
from cxportal.roles import Role
from inventory.models import (
    Discrepancy,
    Hold,
    Product,
    Sale,
    SaleLine,
    StockLevel,
    StockMovement,
    WaitlistEntry,
)
from journeys.models import Case, JourneyMap, Stage, Step
from surveys.models import Answer, Initiative, Invitation, Question, Response, Survey

# A Wednesday, noon in UTC and in the morning in New York.
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PASSWORD = "only-for-tests"
EVERY_DAY = {day: ["09:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

_numbers = count(1)


def make_wellknown() -> None:
    """The channels, touchpoints and sources that services write with; tests begin with empty tables."""
    wellknown.forget()
    wellknown.create_all()


def make_store(**values: Any) -> Store:
    """A store in New York, open every day from 9 to 20."""
    number = next(_numbers)
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


def make_product(**values: Any) -> Product:
    """A product for 9.99."""
    number = next(_numbers)
    defaults = {"sku": f"P{number:05}", "name": f"Product {number}", "price": Decimal("9.99")}
    return Product.objects.create(**{**defaults, **values})


def make_level(*, on_hand: int = 0, **values: Any) -> StockLevel:
    """A counter and the movement that opens it, so that the book adds up."""
    store = values.pop("store", None) or make_store()
    product = values.pop("product", None) or make_product()
    level = StockLevel.objects.create(store=store, product=product, on_hand=on_hand, **values)
    if on_hand or level.held:
        make_movement(level, quantity=on_hand, held_change=level.held)
    return level


def make_movement(level: StockLevel, *, quantity: int = 1, held_change: int = 0, **values: Any) -> StockMovement:
    """One line of the book; it does not move the counter."""
    defaults = {
        "kind": StockMovement.Kind.OPENING,
        "on_hand_after": level.on_hand,
        "held_after": level.held,
        "occurred_at": NOW,
        "recorded_at": NOW,
    }
    return StockMovement.objects.create(
        level=level, quantity=quantity, held_change=held_change, **{**defaults, **values}
    )


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


def make_staff(role: Role = Role.ADMINISTRATOR, **values: Any) -> StaffMember:
    """A login with the rights of its role; store roles get a store, outsourced agents an agency."""
    defaults: dict[str, Any] = {"username": f"{role.lower().replace('_', '-')}-{next(_numbers)}", "role": role.value}
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


def make_interaction(**values: Any) -> Interaction:
    """One row of the ledger: a sale in no store, unless told otherwise."""
    defaults: dict[str, Any] = {"kind": Interaction.Kind.SALE, "event_id": f"event-{next(_numbers)}"}
    defaults |= {"occurred_at": NOW, "recorded_at": NOW}
    if not {"channel", "channel_id"} & values.keys():
        defaults["channel"] = make_channel()
    if not {"source", "source_id"} & values.keys():
        defaults["source"] = make_source()
    return Interaction.objects.create(**{**defaults, **values})


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


def make_message(**values: Any) -> Message:
    """A service message that waits to go; to `customer`, `staff`, or a customer of its own."""
    number = next(_numbers)
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


def make_sale(
    lines: Sequence[tuple[Product, int]] = (),
    *,
    store: Store | None = None,
    customer: Customer | None = None,
    **values: Any,
) -> Sale:
    """A receipt with its ledger row, past the services: it moves no stock."""
    store = store or make_store()
    receipt = values.pop("receipt", f"R{next(_numbers)}")
    interaction = make_interaction(
        store=store, customer=customer, subject=f"sale:{receipt}", event_id=f"{store.code}:{receipt}"
    )
    total = sum((product.price * quantity for product, quantity in lines), Decimal(0))
    defaults = {"sold_at": NOW, "recorded_at": NOW, "total": total, "currency": store.currency}
    sale = Sale.objects.create(
        store=store, customer=customer, interaction=interaction, receipt=receipt, **{**defaults, **values}
    )
    for product, quantity in lines:
        SaleLine.objects.create(sale=sale, product=product, quantity=quantity, unit_price=product.price)
    return sale


def make_hold(*, level: StockLevel | None = None, customer: Customer | None = None, **values: Any) -> Hold:
    """A live hold, past the services: the counter does not know of it."""
    defaults = {"because": Hold.Because.SHOPPER, "placed_at": NOW, "expires_at": NOW + timedelta(hours=24)}
    return Hold.objects.create(
        level=level or make_level(on_hand=5), customer=customer or make_customer(), **{**defaults, **values}
    )


def make_wait(**values: Any) -> WaitlistEntry:
    """Somebody who waits."""
    customer = values.pop("customer", None) or make_customer()
    product = values.pop("product", None) or make_product()
    return WaitlistEntry.objects.create(customer=customer, product=product, **{"joined_at": NOW, **values})


def make_discrepancy(**values: Any) -> Discrepancy:
    """Two pieces that the book never had."""
    level = values.pop("level", None) or make_level()
    return Discrepancy.objects.create(level=level, **{"missing": 2, "opened_at": NOW, **values})


def make_case(customer: Customer | None = None, **values: Any) -> Case:
    """An open case."""
    defaults = {"number": f"C-{next(_numbers)}", "reason_group": "delivery", "opened_at": NOW}
    return Case.objects.create(customer=customer or make_customer(), **{**defaults, **values})


def make_map(**values: Any) -> JourneyMap:
    """A map in draft."""
    return JourneyMap.objects.create(
        **{"code": f"map-{next(_numbers)}", "name": "First purchase", "created_at": NOW, **values}
    )


def make_step(stage: Stage | None = None, **values: Any) -> Step:
    """A step in the customer's lane."""
    stage = stage or Stage.objects.create(map=make_map(), position=1, name="Search")
    defaults = {"lane": Step.Lane.CUSTOMER, "position": 1, "name": "Looks it up"}
    return Step.objects.create(stage=stage, **{**defaults, **values})


def make_survey(**values: Any) -> Survey:
    """A survey in draft."""
    defaults = {
        "code": f"survey-{next(_numbers)}",
        "kind": Survey.Kind.NPS,
        "name": "After the visit",
        "created_at": NOW,
    }
    return Survey.objects.create(**{**defaults, **values})


def make_question(survey: Survey | None = None, **values: Any) -> Question:
    """Would you recommend us: 0 to 10."""
    defaults = {
        "position": 1,
        "kind": Question.Kind.SCALE,
        "text": "Would you recommend us?",
        "scale_min": 0,
        "scale_max": 10,
    }
    return Question.objects.create(survey=survey or make_survey(), **{**defaults, **values})


def make_invitation(customer: Customer | None = None, **values: Any) -> Invitation:
    """A question about one moment of one customer."""
    customer = customer or make_customer()
    defaults: dict[str, Any] = {"token_hash": hash_key(f"token-{next(_numbers)}"), "invited_at": NOW}
    defaults["expires_at"] = NOW + timedelta(days=14)
    survey = values.pop("survey", None) or make_survey()
    interaction = values.pop("interaction", None) or make_interaction(customer=customer)
    return Invitation.objects.create(
        survey=survey, customer=customer, interaction=interaction, **{**defaults, **values}
    )


def make_response(**values: Any) -> Response:
    """An anonymous one, from a kiosk."""
    survey = values.pop("survey", None) or make_survey()
    return Response.objects.create(survey=survey, channel=make_channel(), **{"submitted_at": NOW, **values})


def make_answer(response: Response | None = None, question: Question | None = None, **values: Any) -> Answer:
    """Nine out of ten."""
    response = response or make_response()
    question = question or make_question(response.survey)
    return Answer.objects.create(
        response=response, question=question, **{"value": 9, "scale_min": 0, "scale_max": 10, **values}
    )


def make_initiative(**values: Any) -> Initiative:
    """A plan."""
    owner = values.pop("owner", None) or make_staff(Role.CX_HEAD)
    return Initiative.objects.create(owner=owner, **{"name": "Name plates", "hypothesis": "They help", **values})
