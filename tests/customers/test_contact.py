"""Who types the code has the phone. Nobody learns from us whether a number is known, and nobody can flood one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from customers.models import ContactCode, Customer, Identifier, Preference, Way
from customers.models.contact import MOST_TRIES
from customers.services import contact
from customers.services.code_delivery import KEPT, deliver_codes, forget_codes
from customers.services.contact import ask_code, confirm_code, customer_at, demo_code, resend_code
from tests.database import as_owner
from tests.factories import NOW, make_customer, make_identifier, make_source, make_wellknown

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+12025550147"
EMAIL = "Zenobia@Canary.example"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def portal(settings: Settings, tmp_path: Path) -> None:
    make_wellknown()
    settings.MESSAGE_DIR = tmp_path


def asked(address: str = PHONE, *, way: Way = Way.SMS, client: str = "192.0.2.1", now: datetime = NOW) -> ContactCode:
    return ask_code(way=way, address=address, client=client, now=now)


def in_vault() -> list[tuple[Any, ...]]:
    return list(as_owner("SELECT contact_code_id, recipient, code FROM vault.contact_address ORDER BY 1"))


def code_of(row: ContactCode) -> str:
    return str({pk: code for pk, _, code in in_vault()}[row.pk])


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as caught:
        call()
    return str(caught.value.code)


def confirmed(row: ContactCode, code: str = "", now: datetime = LATER) -> Customer:
    return confirm_code(public_id=row.public_id, code=code or code_of(row), now=now)


def wrong(row: ContactCode) -> str:
    return f"{(int(code_of(row)) + 1) % 10**6:06}"


def test_asking_makes_no_customer_and_keeps_the_address_in_the_vault_only() -> None:
    row = asked()
    assert Customer.objects.count() == 0
    assert [(pk, recipient) for pk, recipient, _ in in_vault()] == [(row.pk, PHONE)]
    assert len(code_of(row)) == 6
    assert code_of(row) not in str(ContactCode.objects.values().get())
    assert row.expires_at == NOW + timedelta(minutes=10)


def test_known_and_unknown_addresses_cost_the_same_statements(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_customer(phone=PHONE)
    for address in (PHONE, "+12025550148"):
        with django_assert_num_queries(12):
            asked(address)


def test_the_right_code_makes_a_customer_without_a_name() -> None:
    customer = confirmed(asked())
    identifier = customer.identifiers.get()
    assert (customer.masked_phone, customer.masked_name) == ("...47", "")
    assert (identifier.verified_at, identifier.source.code) == (LATER, "portal")
    assert as_owner("SELECT name, phone FROM vault.identity") == [("", PHONE)]
    assert Preference.objects.get(customer=customer).way == Way.SMS
    assert in_vault() == []


def test_an_email_is_written_as_it_is_compared() -> None:
    customer = confirmed(asked(EMAIL, way=Way.EMAIL))
    assert as_owner("SELECT email FROM vault.identity") == [(EMAIL.lower(),)]
    assert customer.masked_email == "z***@c***"


def test_the_same_code_twice_is_the_same_person() -> None:
    row = asked()
    code = code_of(row)
    first = confirmed(row, code)
    assert confirmed(row, code) == first
    assert Customer.objects.count() == 1


def test_the_right_code_finds_who_is_known() -> None:
    known = make_customer(phone=PHONE)
    assert confirmed(asked()) == known
    assert known.identifiers.get().verified_at == LATER
    assert Preference.objects.get(customer=known).way == Way.SMS


def test_a_preference_that_was_said_stays() -> None:
    known = make_customer(phone=PHONE)
    Preference.objects.create(customer=known, way=Way.EMAIL, said_at=NOW)
    confirmed(asked())
    assert Preference.objects.get(customer=known).way == Way.EMAIL


def test_of_several_the_one_proven_last_is_meant_else_the_newest() -> None:
    _, newest = make_customer(phone=PHONE), make_customer(phone=PHONE)
    assert customer_at(way=Way.SMS, address=PHONE, now=NOW, source_code="web-shop") == newest
    proven = make_customer(phone="+12025550148")
    identifier = make_identifier(proven, Identifier.Kind.PHONE, PHONE)
    Identifier.objects.filter(pk=identifier.pk).update(verified_at=NOW, created_at=NOW - timedelta(days=9))
    assert confirmed(asked()) == proven


def test_a_merged_record_leads_to_its_survivor_and_a_forgotten_one_nowhere() -> None:
    survivor = make_customer()
    make_customer(phone=PHONE, merged_into=survivor)
    assert confirmed(asked()) == survivor
    make_customer(phone="+12025550148", is_erased=True)
    assert customer_at(way=Way.SMS, address="+12025550148", now=NOW).is_erased is False


def test_a_shop_that_proved_an_address_is_named_as_its_source() -> None:
    make_source("portal")
    customer = customer_at(way=Way.EMAIL, address=EMAIL, now=NOW, source_code="web-shop")
    assert customer.identifiers.get().source.code == "web-shop"


def test_five_wrong_codes_end_it_even_for_the_right_one() -> None:
    row = asked()
    code, other = code_of(row), wrong(row)
    assert [refused(lambda: confirmed(row, other)) for _ in range(MOST_TRIES)] == ["WRONG_CODE"] * MOST_TRIES
    assert refused(lambda: confirmed(row, code)) == "EXPIRED"


def test_control_four_wrong_codes_do_not() -> None:
    row = asked()
    other = wrong(row)
    for _ in range(MOST_TRIES - 1):
        refused(lambda: confirmed(row, other))
    assert confirmed(row).pk


def test_many_guesses_at_once_are_five_tries() -> None:
    row = asked()
    other = wrong(row)

    def guess(_: int) -> str:
        try:
            return refused(lambda: confirmed(row, other))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as guessers:
        said = list(guessers.map(guess, range(24)))
    assert said.count("WRONG_CODE") == MOST_TRIES


def test_a_code_is_over_after_ten_minutes_and_unknown_ones_say_the_same() -> None:
    row = asked()
    code = code_of(row)
    assert refused(lambda: confirmed(row, code, NOW + timedelta(minutes=10))) == "EXPIRED"
    assert refused(lambda: confirm_code(public_id=uuid4(), code=code, now=NOW)) == "EXPIRED"


def test_a_code_may_be_typed_with_blanks() -> None:
    row = asked()
    code = code_of(row)
    assert confirmed(row, f" {code[:3]} {code[3:]} ").pk


def test_two_codes_for_one_new_address_make_one_customer() -> None:
    rows = [asked(), asked()]
    codes = [code_of(row) for row in rows]

    def prove(number: int) -> int:
        try:
            return confirmed(rows[number], codes[number]).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        assert len(set(people.map(prove, range(2)))) == 1


def test_three_codes_an_hour_for_an_address_from_wherever_they_are_asked() -> None:
    for number in range(contact.PER_ADDRESS):
        asked(client=f"192.0.2.{number}")
    assert refused(lambda: asked(client="198.51.100.7")) == "TOO_MANY_CODES"
    assert asked("+12025550148").pk
    assert asked(now=NOW + contact.WINDOW).pk


def test_many_askings_at_once_are_three_codes() -> None:
    def ask(number: int) -> str:
        try:
            asked(client=f"192.0.2.{number}")
        except ValidationError as error:
            return str(error.code)
        finally:
            connection.close()
        return "SENT"

    with ThreadPoolExecutor(8) as crowd:
        said = list(crowd.map(ask, range(24)))
    assert said.count("SENT") == contact.PER_ADDRESS == ContactCode.objects.count()


def test_a_code_sent_again_counts_as_another() -> None:
    row = asked()
    resend_code(public_id=row.public_id, now=LATER)
    assert refused(lambda: resend_code(public_id=row.public_id, now=LATER)) == "RESENT"
    assert asked().pk
    assert refused(asked) == "TOO_MANY_CODES"


def test_ten_codes_an_hour_for_one_client() -> None:
    for number in range(contact.PER_CLIENT):
        asked(f"+1202555{number:04}")
    assert refused(lambda: asked("+12025559999")) == "TOO_MANY_CODES"
    assert asked("+12025559999", client="198.51.100.7").pk


def test_everybody_together_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "PER_MINUTE", 4)
    for number in range(4):
        asked(f"+1202555{number:04}", client=f"192.0.2.{number}")
    assert refused(lambda: asked("+12025559999", client="198.51.100.7")) == "BUSY"
    assert asked("+12025559999", client="198.51.100.7", now=NOW + contact.BUSY_WINDOW).pk


def test_what_is_no_address_is_refused_before_anything_is_written() -> None:
    assert refused(lambda: asked("12")) == "ADDRESS"
    assert refused(lambda: asked("nobody", way=Way.EMAIL)) == "ADDRESS"
    assert ContactCode.objects.count() == 0


def test_a_worker_sends_each_code_once(tmp_path: Path) -> None:
    row = asked()
    assert (deliver_codes(clock=lambda: LATER), deliver_codes(clock=lambda: LATER)) == (1, 0)
    text = (tmp_path / f"sms/code-{row.pk}.txt").read_text()
    assert text.startswith(f"To: {PHONE}\n")
    assert code_of(row) in text
    row.refresh_from_db()
    assert (row.sent_at, row.due_at, row.sends) == (LATER, None, 1)


def test_a_code_is_sent_again_when_the_shopper_wishes(tmp_path: Path) -> None:
    row = asked(EMAIL, way=Way.EMAIL)
    deliver_codes(clock=lambda: LATER)
    resend_code(public_id=row.public_id, now=LATER)
    assert deliver_codes(clock=lambda: LATER) == 1
    assert {path.name for path in (tmp_path / "email").iterdir()} == {f"code-{row.pk}.eml", f"again-{row.pk}.eml"}


def test_what_could_not_be_sent_is_tried_again(settings: Settings, tmp_path: Path) -> None:
    row = asked()
    (tmp_path / "no-folder").write_text("")
    settings.MESSAGE_DIR = tmp_path / "no-folder"
    deliver_codes(clock=lambda: LATER)
    row.refresh_from_db()
    assert (row.sent_at, row.due_at) == (None, LATER + timedelta(seconds=15))
    assert PHONE not in row.last_error


def test_a_code_that_is_over_is_not_sent_and_its_address_forgotten() -> None:
    row, living = asked(), asked("+12025550148", now=NOW + timedelta(minutes=5))
    over = row.expires_at
    assert deliver_codes(clock=lambda: over, limit=1) == 1
    assert forget_codes(over) == 0
    assert [pk for pk, _, _ in in_vault()] == [living.pk]
    assert forget_codes(NOW + KEPT + timedelta(seconds=1)) == 1


def test_the_demo_shows_the_code_and_nobody_else_does(settings: Settings) -> None:
    row = asked()
    shown = lambda: demo_code(public_id=row.public_id, now=LATER)  # noqa: E731
    assert shown() == ""
    make_source("demo", kind="DEMO")  # type: ignore[arg-type]
    assert shown() == code_of(row)
    settings.EMAIL_HOST = "mail.chain.example"
    assert shown() == ""
    settings.EMAIL_HOST = ""
    settings.PRODUCTION = True
    assert shown() == ""


@pytest.mark.parametrize(
    ("addresses", "is_one_box"),
    [
        (["a@canary.example", "a+1@canary.example", "A+2@canary.example", "a+@canary.example"], True),
        (["a.b@gmail.com", "ab@gmail.com", "a.b+x@gmail.com", "a..b@gmail.com"], True),
        (["a.b@canary.example", "ab@canary.example", "a@canary.example", "b@canary.example"], False),
        (["+a@canary.example", "+b@canary.example", "+c@canary.example", "+d@canary.example"], False),
    ],
)
def test_one_mailbox_gets_three_codes_by_whichever_of_its_addresses(addresses: list[str], is_one_box: bool) -> None:
    for address in addresses[:3]:
        asked(address, way=Way.EMAIL)
    if is_one_box:
        assert refused(lambda: asked(addresses[3], way=Way.EMAIL)) == "TOO_MANY_CODES"
    else:
        asked(addresses[3], way=Way.EMAIL)
    # The code goes where it was asked for.
    assert in_vault()[1][1] == addresses[1].lower()
