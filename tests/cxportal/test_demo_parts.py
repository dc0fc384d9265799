"""The demo's building parts: people, COPY from columns, holds, receipts for the API, progress."""

import json
import re
from datetime import UTC, date, datetime
from io import StringIO

import numpy as np
import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from customers import vault
from customers.models import Customer, Preference
from cxportal.demo import book, extra
from cxportal.demo.clock import Clock
from cxportal.demo.copying import copy_columns, money, optional_ids, optional_moments, reserve_ids, texts
from cxportal.demo.halves import long_transaction
from cxportal.demo.holds import ACTIVE, ASKED, COLLECTED, Drawn, draw_holds, hold_events
from cxportal.demo.people import DOMAINS, make_people
from cxportal.demo.progress import Progress, peak_mb
from cxportal.demo.replay import Receipt, Tally
from cxportal.demo.report import Choice, LoadReport
from cxportal.demo.slices import read_slices
from cxportal.demo.tills import fuel_products, kept_day_lines
from inventory.models import Product
from tests.factories import make_customer, make_product

NOW = datetime(2026, 7, 15, 16, 0, tzinfo=UTC)
FICTION = re.compile(r"\+1\d{3}55501\d\d")


def ignore(_: int) -> None:
    """Nobody listens."""


def test_people_are_invented_and_the_same_every_time() -> None:
    people = make_people(range(1, 60), seed=7, now=NOW)
    assert people[10:12] == make_people([11, 12], seed=7, now=NOW)
    assert people[0] != make_people([1], seed=8, now=NOW)[0]
    assert len({one.public_id for one in people}) == 59
    for one in people:
        assert not one.phone or FICTION.fullmatch(one.phone)
        assert not one.email or one.email.partition("@")[2] in DOMAINS
        assert one.birth_date < date(2008, 1, 1)
        assert one.since < NOW
    assert {bool(one.email) for one in people} == {bool(one.phone) for one in people} == {True, False}


@pytest.mark.django_db
def test_copy_keeps_quotes_nulls_and_lines() -> None:
    head = make_product()
    names = ['6" tart, "fine"', "two\nlines", "back\\slash; comma, tab\t"]
    with long_transaction() as cursor:
        first = reserve_ids(cursor, "inventory_product", 3)
        columns = {
            "id": np.arange(first, first + 3),
            "sku": texts(["a", "b", "c"]),
            "gtin": "",
            "name": texts(names),
            "brand": "",
            "category": "",
            "size": "",
            "colour": "",
            "variant_of_id": optional_ids(np.array([0, head.pk, 0])),
            "price": money(np.array([5, 1234, 100_000])),
            "currency": "USD",
            "search_text": "",
            "is_active": True,
        }
        assert copy_columns(cursor, "inventory_product", columns, 3, ignore) == 3
    rows = Product.objects.filter(pk__gte=first).order_by("pk").values_list("name", "gtin", "variant_of", "price")
    assert [row[0] for row in rows] == names
    assert [(row[1], row[2], str(row[3])) for row in rows] == [
        ("", None, "0.05"),
        ("", head.pk, "12.34"),
        ("", None, "1000.00"),
    ]
    # Who comes next gets the next id.
    assert make_product().pk == first + 3


@pytest.mark.django_db
def test_reserved_ids_stand_in_a_row() -> None:
    with connection.cursor() as cursor:
        first = reserve_ids(cursor, "inventory_product", 5)
        assert reserve_ids(cursor, "inventory_product", 1) == first + 5
        assert reserve_ids(cursor, "inventory_product", 0) == 0


def test_never_is_null() -> None:
    assert optional_moments(np.array([0, 86_400])).to_pylist() == [None, datetime(1970, 1, 2)]  # noqa: DTZ001
    assert pa.types.is_timestamp(optional_moments(np.array([1])).type)


@pytest.mark.django_db(transaction=True)
def test_identities_enter_the_vault_by_its_door() -> None:
    pk = make_customer(name="").pk
    other = Customer.objects.create(created_at=NOW).pk
    row = (other, "Ada\tO'Neil \\ \n", "ada@example.com", "", "1 Mill\rStreet", "", "", None, "70")
    assert vault.copy_identities([row]) == 1
    known = vault.read_many(vault.SYSTEM, vault.Purpose.EXPORT, [other], ["name", "street", "birth_date"])
    assert known[other] == {"name": "Ada\tO'Neil \\ \n", "street": "1 Mill\rStreet", "birth_date": None}
    look = vault.looks_at([pk, other])
    assert [one.purpose for one in look] == []  # one row for the batch, of no single person
    with pytest.raises(PermissionDenied):
        vault.read_many(vault.Actor("CLERK", 1), vault.Purpose.SHOW, [other], ["name"])
    assert not Preference.objects.exists()


def test_fuel_is_dropped_and_every_line_is_a_sale() -> None:
    fuel, lines = set(fuel_products().tolist()), kept_day_lines([367, 406])
    assert len(fuel) == 35
    assert not fuel & set(lines.product.tolist())
    assert (lines.quantity > 0).all()
    assert len(lines) > 100


def test_holds_never_take_what_a_till_sells() -> None:
    (part,) = read_slices(Clock.at(NOW), stores=1, weeks=2, parts=1)
    demand = part.demand()
    plan = book.make_plan(demand, 1)
    holds = draw_holds(part, plan, np.array([24]), 1)
    assert {one.outcome for one in holds} >= {COLLECTED, ACTIVE, ASKED}
    assert len({one.level for one in holds}) == len(holds)
    kept = book.keep_book(book.join_events([book.stock_events(demand, plan), hold_events(holds)]), demand.levels)
    assert ((kept.held_after == 0) | (kept.held_after <= kept.on_hand_after)).all()
    assert kept.held.sum() == sum(one.outcome in (ACTIVE, ASKED) for one in holds)


def test_active_hold_puts_aside_and_ends_nowhere() -> None:
    events = hold_events([Drawn(4, 0, ACTIVE, 100, 200, 0), Drawn(2, 0, COLLECTED, 50, 90, 60)])
    assert list(zip(events.level.tolist(), events.at.tolist(), events.held.tolist(), strict=True)) == [
        (4, 100, 1),
        (2, 50, 1),
        (2, 60, -1),
    ]


def test_receipt_is_what_the_api_takes() -> None:
    receipt = Receipt("s1", "900", 3, "7012", (("25671", 2, 1005), ("26355", 1, 9)))
    assert json.loads(receipt.body("run", NOW)) == {
        "receipt": "900-run",
        "sold_at": "2026-07-15T16:00:00+00:00",
        "customer": {"loyalty_number": "7012"},
        "lines": [
            {"sku": "25671", "quantity": 2, "unit_price": "10.05"},
            {"sku": "26355", "quantity": 1, "unit_price": "0.09"},
        ],
    }


def test_tally_says_what_went_wrong() -> None:
    tally = Tally()
    tally.add(receipts=1, lines=7)
    tally.add(failed=5)
    tally.last_error = "422: no"
    assert not tally.is_hopeless
    assert str(tally).startswith("1 receipts, 7 lines, ")
    assert str(tally).endswith("0 repeated, 5 failed (422: no)")


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    out = StringIO()
    progress = Progress(2, out)
    with progress.step("first", 10) as step:
        step(4)
        step(6)
    with progress.step("second"):
        pass
    first, second = out.getvalue().splitlines()
    assert first.startswith("1/2 first: 10 rows, ")
    assert second.startswith("2/2 second: 0 rows, ")
    assert peak_mb() > 10


def test_report_counts_lines_by_the_time_of_the_tills() -> None:
    report = LoadReport(lines=1000, rows=4000, seconds=10, till_seconds=2, peak_mb=99)
    assert report.lines_per_second == 500
    assert str(report).startswith("1,000 till lines (4,000 rows) in 10.0 s; tills alone 2.0 s, 500 lines/s")
    assert Choice().as_json() == {"stores": 25, "weeks": 8, "seed": 2017}


def test_data_files_are_found_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert extra.data_file("products").exists()
    monkeypatch.setattr(extra, "PACKAGE", "nothing_of_that_name")
    with pytest.raises(extra.DemoExtraMissingError, match="demo"):
        extra.data_file("products")
