"""Nothing that may happen in a chain breaks a promise: Hypothesis plays two stores, four people and a worker."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory.services import line, placing
from tests.inventory.promise_rules import Promises

pytestmark = pytest.mark.django_db

EXAMPLES, STEPS = 200, 50
CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_no_promise_is_broken() -> None:
    chosen = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=CHECKS)
    run_state_machine_as_test(Promises, settings=chosen)


@contextmanager
def played(here: int) -> Iterator[Promises]:
    """The same machine, played by hand for what Hypothesis would need minutes to find."""
    machine = Promises()
    try:
        machine.open(here, 0)
        yield machine
    finally:
        machine.teardown()


def hold_twice() -> None:
    with played(here=1) as machine:
        machine.hold(shop=0, person=0, quantity=1)
        machine.hold(shop=0, person=1, quantity=1)


def wait_twice() -> None:
    with played(here=0) as machine:
        for person in (0, 1):
            machine.join(shop=(0,), person=person, only_told=False)
        machine.deliver(shop=0, pieces=1, ago=0)
        machine.nothing_is_wrong()


def test_without_the_condition_more_is_put_aside_than_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    hold_twice()
    monkeypatch.setattr(placing, "ENOUGH", "true")
    with pytest.raises(AssertionError, match="more is put aside than is there"):
        hold_twice()


def test_without_the_order_somebody_is_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_twice()
    backwards = line.NEXT.replace("ORDER BY w.joined_at, w.id", "ORDER BY w.joined_at DESC, w.id DESC")
    monkeypatch.setattr(line, "NEXT", backwards)
    with pytest.raises(AssertionError, match="somebody was overtaken"):
        wait_twice()


def test_without_the_line_somebody_waits_while_one_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LINES", "SELECT id FROM inventory_stocklevel WHERE id = ANY(%s) AND false")
    with pytest.raises(AssertionError, match="somebody waits while one is free"):
        wait_twice()


def test_a_row_past_the_services_is_noticed() -> None:
    with played(here=1) as machine:
        machine.levels[0].movements.create(
            kind="DAMAGE", quantity=-1, on_hand_after=0, held_after=0, occurred_at=machine.now, recorded_at=machine.now
        )
        with pytest.raises(AssertionError, match="the book does not add up"):
            machine.nothing_is_wrong()
