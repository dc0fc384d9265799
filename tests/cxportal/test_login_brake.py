"""Guessing passwords is slowed down, by name and by address, without telling which names there are."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from customers.callers import address_of
from cxportal import login
from cxportal.login import FAILED, FAILURES_PER_ADDRESS, FAILURES_PER_NAME, WINDOW, budgets
from cxportal.models import AuditEvent, StaffMember
from cxportal.roles import Role
from tests.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db


WRONG = "wrong"


@pytest.fixture(autouse=True)
def ines() -> StaffMember:
    return make_staff(Role.CX_HEAD, username="ines")


def tried(client: Client, username: str = "ines", password: str = WRONG, address: str = "192.0.2.1") -> Any:
    return client.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address)


def failed(username: str, address: str, *, times: int, minutes_ago: float = 0) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    for budget in budgets(username, address):
        AuditEvent.objects.bulk_create(
            AuditEvent(verb=FAILED, target=budget.target, occurred_at=at) for _ in range(times)
        )


def test_a_name_waits_after_its_failures_wherever_they_came_from(client: Client) -> None:
    answers = [tried(client, address=f"192.0.2.{number}").status_code for number in range(FAILURES_PER_NAME + 2)]
    assert answers == [200] * FAILURES_PER_NAME + [429] * 2
    # The right password does not help while it waits, or the wait would tell which one is right.
    assert tried(client, password=PASSWORD).status_code == 429


def test_an_address_waits_whatever_names_it_tries(client: Client) -> None:
    answers = [tried(client, username=f"guess-{number}").status_code for number in range(FAILURES_PER_ADDRESS + 1)]
    assert answers == [200] * FAILURES_PER_ADDRESS + [429]
    assert tried(client, password=PASSWORD, address="198.51.100.7").status_code == 302


def test_another_name_and_address_need_not_wait(client: Client) -> None:
    failed("nobody", "198.51.100.7", times=FAILURES_PER_NAME)
    assert tried(client, password=PASSWORD)["Location"] == "/"


def test_control_without_the_brake_guessing_goes_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login.Budget, "spent_until", lambda self, now: None)
    assert {tried(client).status_code for _ in range(FAILURES_PER_NAME + 2)} == {200}


def test_a_known_and_an_unknown_name_get_the_same_answers(client: Client) -> None:
    for username in ("ines", "nobody"):
        failed(username, "198.51.100.7", times=FAILURES_PER_NAME - 1)
    known, unknown = tried(client), tried(client, username="nobody")
    assert (known.status_code, unknown.status_code) == (200, 200)
    waiting = [tried(client), tried(client, username="nobody")]
    assert [answer.status_code for answer in waiting] == [429, 429]
    assert waiting[0].templates[0].name == waiting[1].templates[0].name == "registration/wait.html"


def test_it_says_when_to_try_again(client: Client) -> None:
    failed("ines", "198.51.100.7", times=FAILURES_PER_NAME, minutes_ago=4.5)
    answer = tried(client)
    assert 620 < int(answer["Retry-After"]) <= 631
    assert "Try again in 11 minutes" in answer.content.decode()


def test_the_wait_ends_with_the_window(client: Client) -> None:
    failed("ines", "192.0.2.1", times=FAILURES_PER_ADDRESS, minutes_ago=WINDOW.total_seconds() / 60 + 0.1)
    assert tried(client, password=PASSWORD).status_code == 302


def test_who_waits_is_not_counted_on_and_on(client: Client) -> None:
    failed("ines", "192.0.2.1", times=FAILURES_PER_NAME)
    before = AuditEvent.objects.count()
    tried(client)
    assert AuditEvent.objects.count() == before


def test_an_empty_form_is_no_guess(client: Client) -> None:
    tried(client, password="")
    assert not AuditEvent.objects.filter(verb=FAILED).exists()


def test_the_record_has_neither_name_nor_address(client: Client) -> None:
    tried(client, username="my-password-by-mistake")
    said = str(list(AuditEvent.objects.values("verb", "target", "reason", "fields")))
    assert "my-password" not in said
    assert "192.0.2.1" not in said
    assert said.count(FAILED) == 2


def test_a_name_is_one_name_however_it_is_written() -> None:
    assert budgets("Ines ", "")[0] == budgets("ｉnes", "")[0] == budgets("INES", "")[0]


@pytest.mark.parametrize(
    ("proxy", "remote", "forwarded", "address"),
    [
        (False, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (True, "10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (True, "10.0.0.1", "", "10.0.0.1"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (False, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (False, "", "", ""),
        (True, "10.0.0.1", "nonsense", ""),
    ],
)
def test_an_address_is_who_came_to_our_own_proxy(
    settings: Any, proxy: bool, remote: str, forwarded: str, address: str
) -> None:
    settings.BEHIND_PROXY = proxy
    request = RequestFactory().get("/login/", REMOTE_ADDR=remote)
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert address_of(request) == address


def test_the_back_office_has_no_second_door(client: Client) -> None:
    assert client.post("/admin/login/", {"username": "ines", "password": "wrong"})["Location"].startswith("/login/")
