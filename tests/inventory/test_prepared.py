"""Statements planned once: the same rows as without, on every connection that there is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from inventory.services.prepared import numbered, run

STATEMENT = "SELECT %(text)s || %(number)s || '%%' || %(text)s"
TYPES = {"number": "int", "text": "text"}


def ask(**values: Any) -> str:
    with connection.cursor() as cursor:
        run(cursor, STATEMENT, TYPES, {"more": "than it needs", **values})
        return str(cursor.fetchone()[0])


def test_names_become_numbers_and_percents_one() -> None:
    assert numbered("a %(b)s %% %(a)s %(b)s", ["a", "b"]) == "a $2 % $1 $2"


@pytest.mark.django_db
@pytest.mark.parametrize("is_on", [True, False])
def test_values_arrive_with_and_without_plans(settings: Settings, *, is_on: bool) -> None:
    settings.PREPARED_STATEMENTS = is_on
    assert [ask(text="a'", number=1), ask(text="%", number=2)] == ["a'1%a'", "%2%%"]


@pytest.mark.django_db
def test_what_is_planned_is_not_planned_again() -> None:
    ask(text="a", number=1)
    with CaptureQueriesContext(connection) as asked:
        ask(text="b", number=2)
    assert [query["sql"].split()[0] for query in asked] == ["EXECUTE"]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_for_itself() -> None:
    ask(text="a", number=1)
    connection.close()
    assert ask(text="b", number=2) == "b2%b"


@pytest.mark.django_db(transaction=True)
def test_a_plan_outlives_the_transaction_that_made_it() -> None:
    connection.set_autocommit(False)
    ask(text="a", number=1)
    connection.rollback()
    connection.set_autocommit(True)
    assert ask(text="b", number=2) == "b2%b"
