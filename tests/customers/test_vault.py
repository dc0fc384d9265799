"""The door to personal data: who may open it, that it closes again, and that nobody looks without leaving a line."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import FieldError, PermissionDenied
from django.db import DatabaseError, IntegrityError, ProgrammingError, close_old_connections, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from customers import vault
from customers.models import Customer
from customers.models.sealed import AccessLog, Identity
from customers.permissions import public
from customers.vault import SYSTEM, Actor, Purpose
from tests.database import as_owner
from tests.factories import NOW, make_customer, make_staff

committed = pytest.mark.django_db(transaction=True)
# Inside a test's own transaction and without one: the role must be right in both.
both = pytest.mark.parametrize(
    "mode", [pytest.param("rollback", marks=pytest.mark.django_db), pytest.param("commit", marks=committed)]
)


def clerk() -> Actor:
    return Actor("STORE_CLERK", make_staff().pk, sees_names=True)


def outsourced() -> Actor:
    return Actor("OUTSOURCED_AGENT", make_staff().pk, may_reveal=True)


def users() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text, current_user::text")
        session, current = cursor.fetchone()
    return session, current


def closed() -> bool:
    return users() == ("cx_app", "cx_app")


def log() -> list[tuple[Any, ...]]:
    return as_owner(
        "SELECT role, purpose, fields, customer_id, row_count, case_id, reason FROM vault.access_log ORDER BY id"
    )


@committed
def test_a_person_reads_what_her_role_shows_and_leaves_a_line_per_customer() -> None:
    first, second = make_customer(name="Maria Gross"), make_customer(name="John Lee")
    actor = clerk()
    shown = vault.read_many(actor, Purpose.SHOW, [first.pk, second.pk, first.pk], ["name"])
    assert shown == {first.pk: {"name": "Maria Gross"}, second.pk: {"name": "John Lee"}}
    assert closed()
    assert log()[2:] == [
        ("STORE_CLERK", "SHOW", "name", first.pk, 1, None, ""),
        ("STORE_CLERK", "SHOW", "name", second.pk, 1, None, ""),
    ]


@committed
def test_a_reveal_gives_one_field_for_a_case_with_a_reason() -> None:
    customer = make_customer(phone="+12125550134")
    assert vault.reveal(outsourced(), customer.pk, "phone", case_id=7, reason="call back") == "+12125550134"
    assert log()[1:] == [("OUTSOURCED_AGENT", "REVEAL", "phone", customer.pk, 1, 7, "call back")]


@both
def test_the_system_leaves_one_line_for_a_batch(mode: str) -> None:
    customers = [make_customer(email=f"a{number}@example.org") for number in range(3)]
    ids = [customer.pk for customer in customers]
    assert len(vault.read_many(SYSTEM, Purpose.DELIVER, ids, ["email"])) == 3
    looks = [(look.purpose, look.fields) for look in vault.looks_at(ids)]
    assert (Purpose.DELIVER, ("email",)) not in looks  # a batch names nobody
    assert closed()


@committed
@pytest.mark.parametrize(
    ("actor", "purpose", "more"),
    [
        (Actor("OUTSOURCED_AGENT", 1, may_reveal=True), Purpose.SHOW, {}),
        (Actor("OUTSOURCED_AGENT", 1, may_reveal=True), Purpose.REVEAL, {}),
        (Actor("OUTSOURCED_AGENT", 1, may_reveal=True), Purpose.REVEAL, {"case_id": 1, "reason": "  "}),
        (Actor("AGENT", 1, sees_names=True), Purpose.REVEAL, {"case_id": 1, "reason": "call"}),
        (Actor("AGENT", 1, sees_names=True), Purpose.EXPORT, {}),
        (Actor("AGENT", None, sees_names=True), Purpose.SHOW, {}),
        (SYSTEM, Purpose.SHOW, {}),
    ],
)
def test_who_may_not_is_refused_and_nothing_is_opened(actor: Actor, purpose: Purpose, more: dict[str, Any]) -> None:
    customer = make_customer()
    with pytest.raises(PermissionDenied):
        vault.read_many(actor, purpose, [customer.pk], ["name"], **more)
    assert len(log()) == 1


@both
def test_a_field_that_is_no_personal_field_is_refused(mode: str) -> None:
    with pytest.raises(PermissionDenied):
        vault.read_many(SYSTEM, Purpose.DELIVER, [1], ["customer__created_at"])


@both
def test_public_tables_are_closed_inside(mode: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for table customers_customer"), vault._open():
        Customer.objects.count()
    assert closed()


def _fail() -> None:
    raise ZeroDivisionError


def write_nothing() -> None:
    nothing: Any = None
    Identity.objects.create(pk=1, name=nothing)


@both
@pytest.mark.parametrize("bad", [_fail, write_nothing, lambda: next(iter(()))])
def test_the_role_is_back_after_an_error(mode: str, bad: Callable[[], object]) -> None:
    with pytest.raises((ZeroDivisionError, IntegrityError, RuntimeError, StopIteration)), vault._open():
        bad()
    assert closed()


@both
def test_an_error_swallowed_inside_still_closes_the_door(mode: str) -> None:
    def swallow() -> None:
        with vault._open(), suppress(IntegrityError):
            write_nothing()

    with pytest.raises(DatabaseError, match="current transaction"):
        swallow()
    assert closed()


@both
def test_the_role_is_back_after_a_savepoint_and_what_it_wrote_is_gone(mode: str) -> None:
    customer = Customer.objects.create(created_at=NOW)

    @transaction.atomic
    def write_and_fail() -> None:
        vault.write_identity(SYSTEM, Purpose.LINK, customer.pk, name="Gone again")
        with vault._open():
            _fail()

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert closed()
    assert vault.read_many(SYSTEM, Purpose.DELIVER, [customer.pk], ["name"]) == {}
    with transaction.atomic(), vault._open():
        pass
    assert closed()


@both
def test_an_early_return_closes_the_door(mode: str) -> None:
    def leave() -> str:
        with vault._open():
            return "early"

    assert leave() == "early"
    assert closed()


@committed
def test_control_a_released_savepoint_alone_would_keep_the_role() -> None:
    with transaction.atomic():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE cx_vault")
        assert users()[1] == "cx_vault"
        transaction.set_rollback(True)
    assert closed()


@committed
def test_the_role_ends_with_its_transaction_not_with_the_connection() -> None:
    """A commit behind Django's back ends SET LOCAL; a SET ROLE of the session would live on into the next request."""

    def commit_inside() -> None:
        with vault._open():
            connection.connection.commit()
            list(Identity.objects.all())

    with pytest.raises(ProgrammingError, match="permission denied for schema vault"):
        commit_inside()
    close_old_connections()
    assert closed()


@committed
def test_a_reveal_stays_on_record_when_the_request_fails_later(client: Client, settings: Any) -> None:
    customer = make_customer()
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    assert client.get(f"/{customer.pk}/").status_code == 500
    assert [line[1] for line in log()] == ["LINK", "REVEAL"]


@public
def reveal_and_fail(request: HttpRequest, pk: int) -> HttpResponse:
    vault.reveal(Actor("AGENT", make_staff().pk, may_reveal=True), pk, "name", case_id=1, reason="call back")
    raise RuntimeError("later in the request")


def lost(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(status=500)


handler500 = lost
urlpatterns = [path("<int:pk>/", reveal_and_fail)]


@committed
def test_a_person_can_not_read_inside_a_transaction_that_might_roll_back() -> None:
    customer, actor = make_customer(), clerk()
    with pytest.raises(RuntimeError, match="durable atomic block cannot be nested"), transaction.atomic():
        vault.read_many(actor, Purpose.SHOW, [customer.pk], ["name"])
    assert len(log()) == 1


@committed
def test_a_line_that_can_not_be_written_leaves_nothing_to_read() -> None:
    customer, actor = make_customer(), clerk()
    as_owner("REVOKE INSERT ON vault.access_log FROM cx_vault")
    try:
        with pytest.raises(ProgrammingError, match="permission denied for table access_log"):
            vault.read_many(actor, Purpose.SHOW, [customer.pk], ["name"])
    finally:
        as_owner("GRANT INSERT ON vault.access_log TO cx_vault")
    assert closed()


@both
@pytest.mark.parametrize("change", [lambda rows: rows.update(reason="x"), lambda rows: rows.delete()])
def test_the_access_log_can_not_be_changed(mode: str, change: Callable[[Any], object]) -> None:
    customer = make_customer()
    with pytest.raises(ProgrammingError, match="permission denied for table access_log"), vault._open():
        change(AccessLog.objects.filter(customer_id=customer.pk))
    assert closed()


@pytest.mark.django_db
def test_a_customer_does_not_lead_to_her_identity() -> None:
    make_customer()
    with pytest.raises(FieldError):
        Customer.objects.select_related(*["identity"]).first()


@committed
def test_deleting_a_customer_stops_at_the_vault() -> None:
    customer = make_customer()
    with pytest.raises(IntegrityError):
        customer.delete()
    assert Customer.objects.filter(pk=customer.pk).exists()


@committed
def test_erasure_leaves_a_nameless_customer() -> None:
    customer, other = make_customer(), make_customer()
    vault.erase([customer.pk])
    assert as_owner("SELECT customer_id FROM vault.identity") == [(other.pk,)]
    assert Customer.objects.filter(pk=customer.pk).exists()
    assert ("SYSTEM", "ERASE") in [line[:2] for line in log()]


@both
def test_an_edit_changes_only_what_it_names(mode: str) -> None:
    customer, actor = make_customer(name="Maria Gross", phone="+12125550134"), clerk()
    vault.write_identity(actor, Purpose.EDIT, customer.pk, name="Maria Small")
    kept = vault.read_many(SYSTEM, Purpose.DELIVER, [customer.pk], ["name", "phone"])
    assert kept == {customer.pk: {"name": "Maria Small", "phone": "+12125550134"}}


@both
def test_the_profile_shows_who_looked_newest_first(mode: str) -> None:
    customer, actor = make_customer(), clerk()
    vault.write_identity(actor, Purpose.EDIT, customer.pk, name="Maria Small")
    looks = vault.looks_at([customer.pk])
    assert [(look.role, look.purpose, look.fields) for look in looks] == [("STORE_CLERK", "EDIT", ("name",))]


@committed
def test_many_identities_are_copied_as_they_are() -> None:
    customer = Customer.objects.create(created_at=NOW)
    values = {"name": "Tab\there", "email": "a@example.org", "street": "Back\\slash 1\nDoor 2", "birth_date": None}
    row = [values.get(field, "") for field in vault.COPY_FIELDS]
    assert vault.copy_identities([(customer.pk, *row)]) == 1
    stored = vault.read_many(SYSTEM, Purpose.DELIVER, [customer.pk], ["name", "street", "birth_date"])
    assert stored[customer.pk] == {"name": "Tab\there", "street": "Back\\slash 1\nDoor 2", "birth_date": None}
    assert log()[0][1:5] == ("LINK", ",".join(sorted(vault.COPY_FIELDS)), None, 1)


@committed
@pytest.mark.parametrize("typed", ["Marguerite Okafor", "marguerite okafor", "Margerite Okafor", "Okafor"])
def test_a_name_is_found_in_spite_of_typing_errors(typed: str) -> None:
    wanted = make_customer(name="Marguerite Okafor")
    make_customer(name="John Lee")
    assert vault.find_by_name(clerk(), typed) == [wanted.pk]
    assert [line[:2] for line in log()][-1] == ("STORE_CLERK", "FIND")


@committed
def test_who_sees_no_names_can_not_search_by_them() -> None:
    with pytest.raises(PermissionDenied):
        vault.find_by_name(outsourced(), "Okafor")


SYLLABLES = ("ba", "ke", "lin", "mor", "ta", "vo", "zen", "dru", "pa", "wil", "sho", "gra")


def copy_people(number: int) -> None:
    """Identities as long as real ones, with names that are hardly alike."""
    names = ["".join(parts).capitalize() for parts in product(SYLLABLES, repeat=4)][:number]
    customers = Customer.objects.bulk_create([Customer(created_at=NOW) for _ in names])
    assert len(customers) == number
    same = {"street": "1200 Amsterdam Avenue, Apartment 7", "postcode": "10027", "city": "New York", "birth_date": None}
    vault.copy_identities(
        (
            customer.pk,
            *(
                {**same, "name": name, "email": f"{name.lower()}@example.org"}.get(field, "")
                for field in vault.COPY_FIELDS
            ),
        )
        for customer, name in zip(customers, names, strict=True)
    )
    as_owner("ANALYZE vault.identity")


@committed
def test_name_search_uses_the_trigram_index_under_the_vaults_role() -> None:
    """A row policy on the table would turn it off: its operator is not leakproof."""
    copy_people(20_000)
    with CaptureQueriesContext(connection) as captured:
        vault.find_by_name(clerk(), "Balinmorta")
    search = next(query["sql"] for query in captured.captured_queries if "ORDER BY" in query["sql"])
    with vault._open(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {search}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on identity_name_trgm" in plan, plan
    assert "Seq Scan" not in plan
