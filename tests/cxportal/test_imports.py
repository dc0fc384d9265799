"""Importing counts and deliveries: read, shown, booked once, each in the stores that are one's own."""

import io
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from cxportal.models import ImportBatch, StaffMember
from cxportal.roles import Role
from inventory.models import Delivery, StockCount, StockLevel
from tests.factories import make_level, make_product, make_staff, make_store

pytestmark = pytest.mark.django_db
URL = "/store/import/"


def sign_in(role: Role, **values: Any) -> Client:
    client = Client()
    client.force_login(make_staff(role=role, **values))
    return client


@pytest.fixture
def level(db: None) -> StockLevel:
    return make_level(on_hand=5, product=make_product(sku="TEA", name="Green tea"))


@pytest.fixture
def manager(level: StockLevel) -> Client:
    return sign_in(Role.STORE_MANAGER, store=level.store)


def send(client: Client, level: StockLevel, content: bytes, *, kind: str = "COUNTS", name: str = "count.csv") -> Any:
    at = timezone.now().astimezone(ZoneInfo(level.store.time_zone)) - timedelta(minutes=5)
    sent = {"kind": kind, "store": level.store_id, "usual_at": f"{at:%Y-%m-%dT%H:%M}"}
    return client.post(URL, {**sent, "file": SimpleUploadedFile(name, content)})


def book(client: Client, answer: Any) -> Any:
    return client.post(f"{answer['Location']}book/", follow=True)


def on_hand(level: StockLevel) -> int:
    return StockLevel.objects.get(pk=level.pk).on_hand


def test_a_count_is_shown_first_and_booked_when_somebody_says_so(manager: Client, level: StockLevel) -> None:
    answer = send(manager, level, b"SKU;Counted\nTEA;3\nNIX;1\nTEA2;x\n")
    page = manager.get(answer["Location"]).content.decode()
    assert "3 counted, 5 in the book: 2 fewer." in page
    assert "No product has this SKU or GTIN." in page
    assert "Counted is x, not a whole number of pieces." in page
    assert "Book the 1 row" in page
    assert on_hand(level) == 5

    done = book(manager, answer).content.decode()
    assert "1 of 3 rows" in done
    assert on_hand(level) == 3
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows_new, batch.rows_refused, batch.rows_total) == ("DONE", 1, 2, 3)


def test_the_same_file_again_changes_nothing(manager: Client, level: StockLevel) -> None:
    content = b"SKU;Counted\nTEA;3\n"
    book(manager, send(manager, level, content))
    again = send(manager, level, content)
    assert "There is nothing to book in it." in manager.get(again["Location"]).content.decode()
    book(manager, again)
    assert StockCount.objects.count() == 1


def test_a_second_tap_books_nothing_twice(manager: Client, level: StockLevel) -> None:
    answer = send(manager, level, b"SKU;Counted\nTEA;3\n")
    book(manager, answer)
    book(manager, answer)
    assert (StockCount.objects.count(), on_hand(level)) == (1, 3)


def test_a_surprise_waits_for_the_recount(manager: Client, level: StockLevel) -> None:
    answer = send(manager, level, b"SKU,Counted,Counted at\nTEA,50,2026-01-05 18:00\n")
    assert "50 counted, 5 in the book: to be counted again first." not in answer.content.decode()
    book(manager, answer)
    assert (on_hand(level), StockCount.objects.get().state) == (5, "SURPRISE")


def test_spreadsheets_are_read_and_formulas_are_not(manager: Client, level: StockLevel) -> None:
    make_product(sku="4711", name="Milk")
    sheet = Workbook()
    assert sheet.active is not None
    for row in (["Article", "Qty", "Shelf"], ["TEA", 4, "A1"], [4711, 2.0, "A2"], ["TEA", "=1+1", ""]):
        sheet.active.append(row)
    file = io.BytesIO()
    sheet.save(file)
    answer = send(manager, level, file.getvalue(), name="count.xlsx")
    page = manager.get(answer["Location"]).content.decode()
    assert "4 counted, 5 in the book: 1 fewer." in page
    assert "2 counted, 0 in the book: 2 more." in page
    assert "Qty is a formula. Save the table with values." in page
    assert "Columns that are not read: Shelf." in page


def test_deliveries_are_expected_or_received(manager: Client, level: StockLevel) -> None:
    content = b"Delivery\tSKU\tPieces\tReceived\nD1\tTEA\t6\t\nD2\tTEA\t4\t3\n"
    answer = send(manager, level, content, kind="DELIVERIES")
    page = manager.get(answer["Location"]).content.decode()
    assert "Expected: 6 with delivery D1." in page
    assert "Received: 3 with delivery D2." in page
    book(manager, answer)
    assert dict(Delivery.objects.values_list("number", "state")) == {"D1": "EXPECTED", "D2": "RECEIVED"}
    assert on_hand(level) == 8
    again = send(manager, level, content, kind="DELIVERIES")
    assert manager.get(again["Location"]).content.decode().count("Known already.") == 2


def test_a_delivery_with_a_wrong_row_is_refused_whole(manager: Client, level: StockLevel) -> None:
    answer = send(manager, level, b"Delivery,SKU,Pieces\nD1,TEA,6\nD1,NIX,1\n", kind="DELIVERIES")
    assert "Line 3 of this delivery names no product." in manager.get(answer["Location"]).content.decode()
    book(manager, answer)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01", "neither CSV nor XLSX"),
        (b"Name;Colour\nx;y\n", "No column is headed SKU or GTIN"),
        (b"SKU;Counted\n", "no rows below its header"),
        (b"SKU;Counted\n" + b"TEA;1\n" * 1001, "more than 1,000 rows"),
        (b"SKU;Counted\n" + b"x" * 300 + b";1\n", "more than 200 letters"),
        (b"PK\x03\x04broken", "damaged"),
    ],
)
def test_files_that_can_not_be_read_say_why(manager: Client, level: StockLevel, content: bytes, words: str) -> None:
    answer = send(manager, level, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_store_managers_import_for_their_store_only(manager: Client, level: StockLevel) -> None:
    other = make_level(on_hand=5)
    assert send(manager, other, b"SKU;Counted\nTEA;3\n").status_code == 422
    answer = send(manager, level, b"SKU;Counted\nTEA;3\n")
    stranger = sign_in(Role.STORE_MANAGER, store=make_store())
    assert stranger.get(answer["Location"]).status_code == 404
    assert book(stranger, answer).status_code == 404
    assert on_hand(level) == 5
    administrator = sign_in(Role.ADMINISTRATOR)
    assert administrator.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("role", [Role.STORE_CLERK, Role.MARKETING])
def test_others_may_not_import(level: StockLevel, role: Role) -> None:
    store = level.store if role == Role.STORE_CLERK else None
    client = sign_in(role, store=store)
    assert client.get(URL).status_code == 403
    assert send(client, level, b"SKU;Counted\nTEA;3\n").status_code == 403


def test_pages_ask_as_often_for_twenty_rows_as_for_one(manager: Client, level: StockLevel) -> None:
    for number in range(20):
        make_product(sku=f"S{number}")
    manager.get(URL)  # remembers what is asked once
    counts = []
    for rows in (1, 20):
        content = b"SKU;Counted\n" + b"".join(b"S%d;3\n" % number for number in range(rows))
        answer = send(manager, level, content)
        with CaptureQueriesContext(connection) as captured:
            manager.get(answer["Location"])
        counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            manager.get(URL)
        counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert StaffMember.objects.count() == 1


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+05:00", "9999-12-31 23:59"])
@pytest.mark.parametrize(
    ("kind", "head"), [("COUNTS", "SKU;Counted;When\nTEA;5"), ("DELIVERIES", "Note;SKU;Qty;When\nA;TEA;5")]
)
def test_years_that_other_clocks_do_not_have_break_no_page(
    manager: Client, level: StockLevel, kind: str, head: str, when: str
) -> None:
    answer = send(manager, level, f"{head};{when}\n".encode(), kind=kind)
    assert f"When is in the year {int(when[:4])}." in manager.get(answer["Location"]).content.decode()
    assert book(manager, answer).status_code == 200
    assert not StockCount.objects.exists()
    assert not Delivery.objects.exists()
    assert manager.get("/store/").status_code == 200


def test_nor_does_the_year_of_the_form(manager: Client, level: StockLevel) -> None:
    sent = {"kind": "COUNTS", "store": level.store_id, "usual_at": "9999-12-31T23:59"}
    answer = manager.post(URL, {**sent, "file": SimpleUploadedFile("count.csv", b"SKU;Counted\nTEA;5\n")})
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()
