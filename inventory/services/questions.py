"""Asking a store before one drives: a task with a deadline, answered in one tap."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from customers.governance import Purpose
from customers.models import Customer, Interaction, Store
from customers.services.ledger import record_interaction
from customers.services.messages import send
from customers.wellknown import channel, source, touchpoint
from inventory.locks import lock_levels
from inventory.models import ShelfObservation, StockChange, StockLevel, StockQuestion
from inventory.promises import ANSWER_MINUTES, MOST_QUESTIONS, closing_after, open_minutes_later, until_words
from inventory.services.answers import say_answer
from inventory.services.beliefs import observe

State = StockQuestion.State
# Where the doors never close, somebody's shift has ended by then.
HALF_A_DAY = timedelta(hours=12)
ManagersOf = Callable[[int], Iterable[AbstractUser]]


def nobody(store_id: int) -> Iterable[AbstractUser]:
    """No manager is known on this floor; the worker says who they are."""
    return ()


@transaction.atomic
def ask_store(*, customer: Customer, level: StockLevel, now: datetime) -> StockQuestion:
    """Ask the store to look for it; to be answered within half an hour of its opening hours.

    Asked again while the first one is open, it is the same question. Raises
    ValidationError(code="TOO_MANY_QUESTIONS").
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.merged_into_id or customer.pk)
    people = Customer.objects.members_of(customer).values("pk")
    asked = list(StockQuestion.objects.filter(customer__in=people, state=State.OPEN))
    known = next((one for one in asked if one.level_id == level.pk), None)
    if known is not None:
        return known
    if len(asked) >= MOST_QUESTIONS:
        message = f"{MOST_QUESTIONS} questions of yours are open. Wait for an answer, or call the store."
        raise ValidationError(message, code="TOO_MANY_QUESTIONS")
    return _write(customer, level, now)


def _write(customer: Customer, level: StockLevel, now: datetime) -> StockQuestion:
    store, public_id = level.store, uuid.uuid4()
    entry = record_interaction(
        kind=Interaction.Kind.CONTACT,
        occurred_at=now,
        now=now,
        source_id=source("portal"),
        event_id=f"question:{public_id}:asked",
        channel_id=channel("web"),
        touchpoint_id=touchpoint("store-stock-page"),
        customer_id=customer.pk,
        store_id=store.pk,
        subject=f"question:{public_id}",
        facts={"event": "ASKED", "product": level.product_id},
    )
    question = StockQuestion.objects.create(
        public_id=public_id,
        level=level,
        store=store,
        customer=customer,
        asked_at=now,
        due_at=open_minutes_later(now, ANSWER_MINUTES, store.hours, store.holidays, store.time_zone),
        interaction=entry,
    )
    # The store's screen rings.
    StockChange.objects.create(level=level, store=store, product_id=level.product_id)
    return question


@transaction.atomic
def answer_question(*, question: StockQuestion, is_there: bool, staff: Any, now: datetime) -> StockQuestion:
    """Somebody looked: what he saw changes what we say of the shelf, and the shopper is told.

    The same answer again changes nothing. Raises ValidationError(code="NOT_OPEN").
    """
    lock_levels([question.level_id])
    fresh = _fresh(question.pk)
    answer = State.YES if is_there else State.NO
    if fresh.state == answer:
        return fresh
    if fresh.state != State.OPEN:
        raise ValidationError("This question has been closed already.", code="NOT_OPEN")
    observe(level_id=fresh.level_id, kind=ShelfObservation.Kind.ANSWER, was_there=is_there, now=now)
    if not is_there:
        missed = Greatest(F("last_missed_at"), Value(now))
        StockLevel.objects.filter(pk=fresh.level_id).update(last_missed_at=missed)
    fresh.state, fresh.answered_at, fresh.staff = answer, now, staff
    fresh.save(update_fields=["state", "answered_at", "staff"])
    _log_end(fresh, now, staff)
    say_answer(fresh, now=now)
    return fresh


def _fresh(pk: int) -> StockQuestion:
    rows = StockQuestion.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("level__store", "level__product", "customer").get(pk=pk)


def _log_end(question: StockQuestion, now: datetime, staff: Any) -> None:
    record_interaction(
        kind=Interaction.Kind.CONTACT,
        direction=Interaction.Direction.INTERNAL,
        occurred_at=now,
        now=now,
        source_id=source("portal"),
        event_id=f"question:{question.public_id}:{question.state.lower()}",
        channel_id=channel("store"),
        customer_id=question.customer_id,
        store_id=question.store_id,
        subject=f"question:{question.public_id}",
        facts={"event": question.state, "product": question.level.product_id},
    )


def escalate_due(now: datetime, managers_of: ManagersOf = nobody, limit: int = 100) -> int:
    """Tell the managers of what is overdue, and the shoppers of what the store has closed over; returns how many.

    Any number of workers may run it at once: each question is taken by one of them, in a transaction of its own.
    """
    overdue = StockQuestion.objects.filter(state=State.OPEN, due_at__lte=now)
    rows = overdue.select_related("store").order_by("due_at", "id")
    waiting = rows.filter(escalated_at=None)[:limit]
    done = sum(_escalate(one.pk, now, managers_of) for one in waiting)
    # Few are escalated and still open: the store is open, and its manager knows.
    over = [one for one in rows.exclude(escalated_at=None) if closes_at(one) <= now][:limit]
    return done + sum(_lapse(one.pk, now) for one in over)


def closes_at(question: StockQuestion) -> datetime:
    """When nobody will answer any more: the store's first closing after the answer was due; else half a day later."""
    store: Store = question.store
    closing = closing_after(question.due_at, store.hours, store.holidays, store.time_zone)
    return closing or question.due_at + HALF_A_DAY


@transaction.atomic
def _escalate(pk: int, now: datetime, managers_of: ManagersOf) -> int:
    mine = StockQuestion.objects.filter(pk=pk, state=State.OPEN, escalated_at=None).update(escalated_at=now)
    if not mine:
        return 0
    question = StockQuestion.objects.select_related("level__store", "level__product").get(pk=pk)
    store = question.level.store
    facts = {
        "product": question.level.product.name,
        "store": store.name,
        "due": until_words(question.due_at, now, store.time_zone),
    }
    for manager in managers_of(store.pk):
        send(
            to=manager,
            purpose=Purpose.STAFF,
            kind="question-overdue",
            subject=f"question:{question.pk}",
            facts=facts,
            dedupe_key=f"question-overdue:{question.pk}:{manager.pk}",
            now=now,
        )
    return 1


@transaction.atomic
def _lapse(pk: int, now: datetime) -> int:
    mine = StockQuestion.objects.filter(pk=pk, state=State.OPEN).update(state=State.LAPSED, answered_at=now)
    if not mine:
        return 0
    question = StockQuestion.objects.select_related("level__store", "level__product", "customer").get(pk=pk)
    _log_end(question, now, None)
    say_answer(question, now=now)
    return 1
