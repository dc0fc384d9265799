"""Asking a store before one drives: half an hour, one tap, and an honest word when nobody looked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError

from customers.hours import DAYS
from customers.models import Customer, Interaction, Message
from cxportal.roles import Role
from cxportal.worker import escalate
from inventory.models import Hold, ShelfObservation, StockChange, StockLevel, StockQuestion
from inventory.services.line import serve_line
from inventory.services.questions import answer_question, ask_store, escalate_due
from tests.factories import NOW, make_level, make_staff
from tests.inventory.shop import hold, shelf, somebody, told, wait

pytestmark = pytest.mark.django_db
# In the afternoon in New York: the store is open until one o'clock of the next day in UTC.
OPEN = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
CLOSED = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


def ask(level: StockLevel, customer: Customer | None = None, now: datetime = OPEN) -> StockQuestion:
    return ask_store(customer=customer or somebody(), level=level, now=now)


def answer(question: StockQuestion, is_there: bool, now: datetime = OPEN) -> StockQuestion:
    return answer_question(question=question, is_there=is_there, staff=make_staff(Role.STORE_CLERK), now=now)


def test_a_question_is_due_in_half_an_hour_and_rings_in_the_store() -> None:
    level = shelf(3)
    question = ask(level)
    assert (question.state, question.due_at) == ("OPEN", OPEN + timedelta(minutes=30))
    assert question.interaction.subject == f"question:{question.public_id}"
    assert StockChange.objects.filter(level=level).exists()


def test_asked_again_it_is_the_same_question() -> None:
    level, customer = shelf(3), somebody()
    assert ask(level, customer) == ask(level, customer)
    assert StockQuestion.objects.count() == 1


def test_nobody_asks_everywhere_at_once() -> None:
    customer = somebody()
    levels = [shelf(3) for _ in range(4)]
    questions = [ask(level, customer) for level in levels[:3]]
    with pytest.raises(ValidationError) as refused:
        ask(levels[3], customer)
    assert refused.value.code == "TOO_MANY_QUESTIONS"
    answer(questions[0], True)
    assert ask(levels[3], customer).state == "OPEN"


@pytest.mark.parametrize("is_there", [True, False])
def test_an_answer_tells_the_shopper_and_is_kept_as_a_look_at_the_shelf(is_there: bool) -> None:
    level, customer = shelf(3), somebody()
    other = make_level(product=level.product, on_hand=2)
    done = answer(ask(level, customer), is_there)
    message = Message.objects.get(customer=customer)
    seen = ShelfObservation.objects.get(level=level)
    level.refresh_from_db()
    assert done.state == ("YES" if is_there else "NO")
    assert message.kind == "question-answered"
    assert (message.facts["is_there"], message.facts["next_store"]) == (is_there, "" if is_there else other.store.name)
    assert (seen.kind, seen.was_there, seen.book) == ("ANSWER", is_there, 3)
    assert level.last_missed_at == (None if is_there else OPEN)


def test_the_same_answer_again_changes_nothing_and_another_is_refused() -> None:
    question = ask(shelf(3))
    answer(question, True)
    assert answer(question, True, OPEN + timedelta(hours=1)).answered_at == OPEN
    with pytest.raises(ValidationError) as refused:
        answer(question, False)
    assert refused.value.code == "NOT_OPEN"
    assert (Message.objects.count(), ShelfObservation.objects.count()) == (1, 1)


def test_after_a_no_nobody_is_promised_from_that_shelf() -> None:
    level = shelf(3)
    answer(ask(level), False)
    with pytest.raises(ValidationError) as refused:
        hold(level, now=OPEN)
    assert refused.value.code == "NOTHING_FREE"
    wait(level, now=OPEN)
    assert serve_line([level.pk], now=OPEN) == []
    assert not Hold.objects.exists()


def test_an_answer_at_night_reaches_who_waits_for_it_and_wakes_nobody_else() -> None:
    night = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    level = shelf(3)
    level.store.hours = {}
    level.store.save()
    waiting, asleep = somebody(home_store=level.store), somebody(home_store=level.store)
    answer(ask(level, waiting, night - timedelta(minutes=20)), True, night)
    answer(ask(level, asleep, night - timedelta(hours=3)), True, night)
    decisions = {row.customer_id: (row.decision, row.asked_for) for row in Message.objects.all()}
    assert decisions == {waiting.pk: ("SEND", True), asleep.pk: ("HOLD", False)}


def managers_of(level: StockLevel) -> list[AbstractUser]:
    return [make_staff(Role.STORE_MANAGER, store=level.store, email=f"manager{n}@chain.example") for n in range(2)]


def test_what_is_overdue_goes_to_the_stores_managers_once() -> None:
    level = shelf(3)
    managers = managers_of(level)
    make_staff(Role.STORE_MANAGER, email="elsewhere@chain.example")
    question = ask(level)
    assert escalate(OPEN + timedelta(minutes=29)) == 0
    assert escalate(OPEN + timedelta(minutes=30)) == 1
    assert escalate(OPEN + timedelta(minutes=31)) == 0
    said = Message.objects.filter(kind="question-overdue")
    assert {row.staff_id for row in said} == {manager.pk for manager in managers}
    question.refresh_from_db()
    assert (question.state, question.escalated_at) == ("OPEN", OPEN + timedelta(minutes=30))


def test_what_nobody_looked_for_lapses_when_the_store_closes() -> None:
    level, customer = shelf(3), somebody()
    question = ask(level, customer)
    escalate_due(OPEN + timedelta(minutes=30))
    assert escalate_due(CLOSED - timedelta(minutes=1)) == 0
    assert escalate_due(CLOSED) == 1
    question.refresh_from_db()
    assert (question.state, told(customer)) == ("LAPSED", ["question-lapsed"])
    assert escalate_due(CLOSED) == 0
    assert Interaction.objects.filter(subject=f"question:{question.public_id}").count() == 2


@pytest.mark.parametrize("hours", [{}, {day: ["00:00", "24:00"] for day in DAYS}])
def test_where_the_doors_never_close_the_manager_has_half_a_day(hours: dict[str, list[str]]) -> None:
    level = shelf(3)
    level.store.hours = hours
    level.store.save()
    question = ask(level)
    due = OPEN + timedelta(minutes=30)
    assert [escalate_due(due), escalate_due(due + timedelta(hours=11))] == [1, 0]
    question.refresh_from_db()
    assert question.state == "OPEN"
    assert escalate_due(due + timedelta(hours=12)) == 1
    question.refresh_from_db()
    assert question.state == "LAPSED"


def test_a_person_with_two_records_asks_as_one() -> None:
    old, person = somebody(email="old@example.org"), somebody(email="new@example.org")
    Customer.objects.filter(pk=old.pk).update(merged_into=person)
    level = shelf(3)
    assert ask(level, person).pk == ask(level, Customer.objects.get(pk=old.pk)).pk


def test_a_question_asked_before_closing_is_due_in_the_morning() -> None:
    question = ask(shelf(3), now=CLOSED - timedelta(minutes=10))
    assert question.due_at == datetime(2026, 3, 5, 14, 20, tzinfo=UTC)
    assert question.due_at > NOW
