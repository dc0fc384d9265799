"""A little of everything that the tills don't know: messages, waiting customers, cases. Simulated, few rows."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from customers import vault
from customers.governance import Purpose
from customers.models import Customer, Interaction, Message, Way
from customers.services.ledger import record_interaction
from customers.wellknown import channel, touchpoint
from cxportal.models import StaffMember
from cxportal.roles import Role
from inventory.models import Hold, Sale, StockLevel, StockQuestion, WaitlistEntry
from journeys.models import Case, CaseEvent

WAITING = 25
# Each in another store; half of them have an answer.
QUESTIONS = 8
# What was not said, why, and of whom the reason is true.
UNSENT = (
    ("MARKETING", "offer", "marketing was not allowed", ~Q(consents__purpose="MARKETING")),
    ("SURVEY", "survey", "a complaint is open", Q(open_complaints__gt=0)),
    ("MARKETING", "offer", "no address is known", Q(masked_email="", masked_phone="")),
)
UNSENT_EACH = 4
# Number, what about, complaint, state, what the customer said, what we said.
CASES = (
    ("late-reply", True, Case.State.OPEN, "Nobody answered when I asked whether it was in stock.", ""),
    ("not-on-shelf", True, Case.State.WAITING, "The page said four, the shelf was empty.", "We are counting it today."),
    (
        "wrong-price",
        False,
        Case.State.CLOSED,
        "The shelf said $2.49, the till $2.99.",
        "You were right: $0.50 is back.",
    ),
    ("damaged", False, Case.State.SOLVED, "The carton was torn.", "We have put another one aside."),
    ("opening-hours", False, Case.State.OPEN, "Are you open on New Year's Day?", ""),
)


def write_stories(*, source_id: int, seed: int, now: datetime) -> int:
    """Write all of them; returns how many ledger rows."""
    before = Interaction.objects.filter(source=source_id).count()
    draw = random.Random(f"{seed}:stories")
    _hold_messages(source_id)
    _waits(draw, source_id, now)
    _questions(source_id, now)
    _cases(draw, source_id, now)
    _unsent_messages(draw, source_id, now)
    return Interaction.objects.filter(source=source_id).count() - before


def _record(kind: Interaction.Kind, at: datetime, source_id: int, event: str, way: str, **more: Any) -> Interaction:
    return record_interaction(
        kind=kind,
        occurred_at=at,
        now=at,
        source_id=source_id,
        event_id=f"demo:{event}",
        channel_id=channel(way),
        **more,
    )


def _hold_messages(source_id: int) -> None:
    """What customers were told for whom somebody has it in hand, and by which way."""
    holds = Hold.objects.filter(state=Hold.State.IN_HAND).select_related("customer", "level__store", "level__product")
    for hold in holds.order_by("id"):
        told_at = (hold.in_hand_at or hold.placed_at) + timedelta(seconds=20)
        way = Way.EMAIL if hold.customer.masked_email else Way.SMS
        message = Message(
            purpose=Purpose.SERVICE.value,
            kind="hold-in-hand",
            subject=f"hold:{hold.pk}",
            facts={"hold": hold.pk},
            way=way,
            decision=Message.Decision.SEND,
            reason="nothing speaks against it",
            state=Message.State.SENT,
            sent_at=told_at,
        )
        _save(message, hold.customer, told_at, source_id)
        vault.store_message(
            message.pk,
            recipient="Simulated: nothing was sent",
            subject_line=f"Kept aside for you at {hold.level.store.name}",
            body=f'"{hold.level.product.name}" is kept aside for you. Simulated for the demo.',
        )


def _unsent_messages(draw: random.Random, source_id: int, now: datetime) -> None:
    """What was not said, and why; within the last hours, since a complaint may be that young."""
    for place, (purpose, kind, reason, of_whom) in enumerate(UNSENT):
        buyers = Customer.objects.filter(of_whom, sales__isnull=False).distinct().order_by("id")
        for customer in buyers[:UNSENT_EACH]:
            message = Message(
                purpose=purpose,
                kind=kind,
                subject=f"demo:{place}:{customer.pk}",
                decision=Message.Decision.DROP,
                state=Message.State.DROPPED,
                reason=reason,
            )
            _save(message, customer, now - timedelta(minutes=draw.randint(5, 100)), source_id)
    _said_twice(source_id)


def _said_twice(source_id: int) -> None:
    """Some were about to be told again that something is kept for them."""
    for said in Message.objects.filter(state=Message.State.SENT).order_by("id")[:UNSENT_EACH]:
        if said.customer is None:
            continue
        again = Message(
            purpose=said.purpose,
            kind=said.kind,
            subject=said.subject,
            way=said.way,
            decision=Message.Decision.MERGE,
            state=Message.State.MERGED,
            merged_into=said,
            reason="the same was said already",
        )
        _save(again, said.customer, said.created_at + timedelta(minutes=1), source_id, key="again")


def _save(message: Message, customer: Customer, at: datetime, source_id: int, key: str = "") -> None:
    """The message and its row in the ledger."""
    message.customer, message.created_at, message.due_at = customer, at, at
    message.dedupe_key = f"demo:{message.kind}:{message.subject}:{key}"
    message.save()
    code = "sms" if message.way == Way.SMS else "email"
    message.interaction = _record(
        Interaction.Kind.MESSAGE,
        at,
        source_id,
        f"message:{message.pk}",
        code,
        direction=Interaction.Direction.OUTBOUND,
        touchpoint_id=touchpoint(f"message-{code}"),
        customer_id=customer.pk,
        subject=message.subject,
        facts={"message": message.pk, "kind": message.kind, "state": message.state, "reason": message.reason},
    )
    message.save(update_fields=["interaction"])


def _waits(draw: random.Random, source_id: int, now: datetime) -> None:
    """People who wait for what is sold out in the store where they buy."""
    gone = StockLevel.objects.filter(on_hand__lte=0, last_sold_at__isnull=False).order_by("-last_sold_at", "id")
    customers = list(Customer.objects.order_by("-id")[:WAITING])
    for level, customer in zip(gone[:WAITING], customers, strict=False):
        joined = now - timedelta(hours=draw.randint(1, 120))
        entry = WaitlistEntry.objects.create(customer=customer, product_id=level.product_id, joined_at=joined)
        entry.stores.add(level.store_id)
        _record(
            Interaction.Kind.WAITLIST,
            joined,
            source_id,
            f"wait:{level.pk}",
            "web",
            touchpoint_id=touchpoint("waiting-list"),
            customer_id=customer.pk,
            store_id=level.store_id,
            subject=f"product:{level.product_id}",
            facts={"event": "JOINED", "product": level.product_id, "quantity": 1},
        )


def _questions(source_id: int, now: datetime) -> None:
    """What shoppers ask before they drive; some were answered, the others are the stores' tasks of today."""
    firsts = StockLevel.objects.filter(on_hand__gt=0).order_by("store_id", "id").distinct("store_id")
    customers = Customer.objects.order_by("id")[:QUESTIONS]
    for place, (level, customer) in enumerate(zip(firsts[:QUESTIONS], customers, strict=False)):
        asked, answered = now - timedelta(minutes=5 + place), place % 2 == 1
        entry = _record(
            Interaction.Kind.CONTACT,
            asked,
            source_id,
            f"question:{level.pk}",
            "web",
            touchpoint_id=touchpoint("store-stock-page"),
            customer_id=customer.pk,
            store_id=level.store_id,
            subject=f"product:{level.product_id}",
            facts={"event": "ASKED", "product": level.product_id},
        )
        StockQuestion.objects.create(
            level=level,
            store_id=level.store_id,
            customer=customer,
            interaction=entry,
            asked_at=asked,
            due_at=asked + timedelta(minutes=30),
            state=StockQuestion.State.YES if answered else StockQuestion.State.OPEN,
            answered_at=now - timedelta(minutes=1) if answered else None,
        )


def _cases(draw: random.Random, source_id: int, now: datetime) -> None:
    """Cases about receipts of the last days."""
    agent = StaffMember.objects.filter(role=Role.AGENT).order_by("id").first()
    sales = Sale.objects.filter(customer__isnull=False).order_by("-sold_at", "-id")[: len(CASES)]
    for place, (sale, story) in enumerate(zip(sales, CASES, strict=False), 1):
        reason_group, is_complaint, state, said, answered = story
        opened = sale.sold_at - timedelta(hours=draw.randint(2, 60))
        closed = state == Case.State.CLOSED
        case = Case.objects.create(
            number=f"D-{place:04d}",
            customer_id=sale.customer_id or 0,
            store_id=sale.store_id,
            subject=f"sale:{sale.receipt}",
            reason_group=reason_group,
            is_complaint=is_complaint,
            state=state,
            priority=Case.Priority.HIGH if is_complaint else Case.Priority.NORMAL,
            assigned_to=agent,
            opened_at=opened,
            promised_at=opened + timedelta(hours=24),
            first_reply_at=opened + timedelta(hours=1) if answered else None,
            closed_at=opened + timedelta(hours=2) if closed else None,
        )
        _tell(case, CaseEvent.Kind.OPENED, opened, said, source_id)
        if answered:
            _tell(case, CaseEvent.Kind.REPLY, opened + timedelta(hours=1), answered, source_id)
        if closed:
            _tell(case, CaseEvent.Kind.CLOSED, opened + timedelta(hours=2), "", source_id)
        if is_complaint:
            Customer.objects.filter(cases=case).update(open_complaints=F("open_complaints") + 1)


def _tell(case: Case, kind: CaseEvent.Kind, at: datetime, text: str, source_id: int) -> None:
    entry = _record(
        Interaction.Kind.CASE,
        at,
        source_id,
        f"case:{case.pk}:{kind.lower()}",
        "phone",
        touchpoint_id=touchpoint("service-call"),
        direction=Interaction.Direction.OUTBOUND if kind == CaseEvent.Kind.REPLY else Interaction.Direction.INBOUND,
        customer_id=case.customer_id,
        store_id=case.store_id,
        subject=f"case:{case.pk}",
        facts={"case": case.pk, "number": case.number, "event": kind.value},
    )
    CaseEvent.objects.create(case=case, kind=kind, interaction=entry, redacted_text=text, occurred_at=at)
