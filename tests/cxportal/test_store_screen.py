"""The store screen: what there is to do, most urgent first, for one store, with or without JavaScript."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Store
from cxportal.live.events import told
from cxportal.roles import Role
from inventory.models import Hold, StockCount, StockLevel, StoreTap
from inventory.selectors.store_tasks import MOST_ROWS
from inventory.services.counts import post_count
from inventory.services.deliveries import expect_delivery
from inventory.services.holds import find_hold, release_hold
from inventory.tickets import product_channel, read_ticket, store_channel
from tests.cxportal.clerk import Clerk
from tests.factories import NOW, make_customer, make_hold, make_product, make_store

pytestmark = pytest.mark.django_db

SECTION = re.compile(r'data-section="(\w+)"')


@pytest.fixture
def kim() -> Clerk:
    """A clerk in Mill Lane."""
    return Clerk()


def expect(kim: Clerk, number: str = "DN-1", *, days: int = 0, pieces: int = 4) -> Any:
    """A delivery on its way, today or later."""
    at = timezone.now() + timedelta(days=days, minutes=-1)
    lines = {kim.level("Kettle").product_id: pieces, kim.level("Mug").product_id: 2}
    return expect_delivery(store=kim.store, number=number, expected_at=at, lines=lines, now=NOW)


# --- The lists -----------------------------------------------------------------------------------------------------


def test_everything_there_is_to_do_most_urgent_first(kim: Clerk) -> None:
    kim.question()
    kim.hold()
    find_hold(hold=kim.hold(name="Noor Yusuf"), staff=kim.staff, now=timezone.now())
    post_count(level=kim.level(on_hand=40), counted=2, counted_at=timezone.now(), now=timezone.now())
    expect(kim)
    page = kim.see()
    assert SECTION.findall(page) == ["questions", "pick", "give", "recounts", "deliveries", "counts"]
    assert "Noor Y." in page
    assert "6 pieces of 2 products" in page


def test_what_was_not_collected_goes_back_on_the_shelf(kim: Clerk) -> None:
    now = timezone.now()
    unpicked, given_up = kim.hold(kim.level("Mug")), kim.hold(kim.level("Kettle"))
    find_hold(hold=given_up, staff=kim.staff, now=now)
    for hold in (unpicked, given_up):
        release_hold(hold=hold, now=now)
    sent = fields_of(kim.see(), "hold.shelved")
    assert SECTION.findall(kim.see()) == ["shelve", "counts"]
    assert sent["target"] == str(given_up.public_id)
    kim.client.post("/store/taps/", sent)
    page = kim.see()
    assert "Kettle is back on the shelf." in page
    assert SECTION.findall(page) == ["counts"]


def test_a_live_hold_is_not_put_back(kim: Clerk) -> None:
    assert kim.tap("hold.shelved", kim.hold().public_id).json()["code"] == "LIVE"


def test_the_longest_waiting_is_picked_first_and_the_first_to_end_given_first(kim: Clerk) -> None:
    now = timezone.now()
    names = ["Anna Berg", "Bo Carl", "Cy Dahl"]
    for minutes, name in zip((5, 50, 20), names, strict=True):
        kim.hold(name=name, now=now - timedelta(minutes=minutes))
    assert re.findall(r"<b>(\w+ \w\.)</b>", kim.see()) == ["Bo C.", "Cy D.", "Anna B."]
    for hold in Hold.objects.all():
        find_hold(hold=hold, staff=kim.staff, now=now)
    ends = {"Anna Berg": 3, "Bo Carl": 1, "Cy Dahl": 2}
    for hours, name in zip(ends.values(), ends, strict=True):
        Hold.objects.filter(customer__initials=f"{name[0]}. {name.split()[1][0]}.").update(
            expires_at=now + timedelta(hours=hours)
        )
    assert re.findall(r"<b>(\w+ \w\.)</b>", kim.see()) == ["Bo C.", "Cy D.", "Anna B."]


def test_codes_and_books_are_not_shown(kim: Clerk) -> None:
    level = kim.level(on_hand=7431)
    hold = kim.hold(level)
    assert kim.tap("hold.found", hold.public_id).status_code == 200
    post_count(level=level, counted=2, counted_at=timezone.now(), now=timezone.now())
    assert StockCount.objects.get().state == "SURPRISE"
    page = kim.see()
    assert hold.code not in page
    assert "743" not in page


def test_another_stores_work_is_not_shown(kim: Clerk) -> None:
    other = Clerk(make_store())
    other.hold(name="Otto Else")
    other.question(other.level("Lamp"))
    expect(other)
    page = kim.see()
    assert "Otto" not in page
    assert "Lamp" not in page
    assert SECTION.findall(page) == []


def test_names_are_masked(kim: Clerk) -> None:
    kim.hold(name="Maria Gross")
    assert "Maria G." in kim.see()
    assert "Gross" not in kim.see()


def test_what_nobody_answered_in_time_is_late(kim: Clerk) -> None:
    question = kim.question()
    assert "min left" in kim.see()
    question.due_at = timezone.now() - timedelta(minutes=7)
    question.save()
    assert "7 min late" in kim.see()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "Nothing to do. No delivery is on its way."),
        (1, "Nobody is waiting. The next delivery is expected tomorrow."),
        (9, "Nobody is waiting. The next delivery is expected on "),
    ],
)
def test_an_empty_list_says_what_comes_next(kim: Clerk, days: int | None, words: str) -> None:
    if days is not None:
        expect(kim, days=days)
    assert words in kim.see()


def test_the_tasks_of_a_thousand_are_shown_in_part(kim: Clerk) -> None:
    level = kim.level(on_hand=1100)
    customers = [make_customer(name=f"Shopper {number}") for number in range(MOST_ROWS + 3)]
    for customer in customers:
        make_hold(level=level, customer=customer)
    page = kim.see()
    assert page.count('value="hold.found"') == MOST_ROWS
    assert "3 more wait behind these" in page


def test_the_statements_do_not_grow_with_the_lists(kim: Clerk) -> None:
    def fill(times: int) -> int:
        for _ in range(times):
            kim.question()
            kim.hold()
            find_hold(hold=kim.hold(), staff=kim.staff, now=timezone.now())
            expect(kim, str(uuid4()))
        with CaptureQueriesContext(connection) as seen:
            kim.see("/store/tasks/")
        return len(seen)

    fill(1)
    assert fill(1) == fill(18)


def test_long_names_and_markup_are_plain_words(kim: Clerk) -> None:
    kim.question(kim.level("<b>" + "Donaudampfschifffahrt" * 6))
    page = kim.see()
    assert "&lt;b&gt;Donaudampf" in page


# --- Without JavaScript --------------------------------------------------------------------------------------------


def fields_of(page: str, verb: str) -> dict[str, str]:
    """The hidden fields of the first form that has a button with this verb, and the button."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{verb}"' in form)
    return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)), "verb": verb}


def test_a_plain_form_does_the_same_and_leads_back(kim: Clerk) -> None:
    hold = kim.hold()
    answer = kim.client.post("/store/taps/", fields_of(kim.see(), "hold.found"))
    assert (answer.status_code, answer["Location"]) == (302, f"/store/?at={kim.store.code}#pick")
    hold.refresh_from_db()
    assert hold.state == Hold.State.IN_HAND
    assert "is put aside for M. G." in kim.see()


def test_a_plain_form_sent_twice_counts_once(kim: Clerk) -> None:
    level = kim.level(on_hand=5)
    sent = fields_of(kim.see("/store/scan/", code=level.product.sku), "level.lose")
    for _ in range(2):
        kim.client.post("/store/taps/", {**sent, "kind": "THEFT", "quantity": "1"})
    level.refresh_from_db()
    assert level.on_hand == 4
    assert StoreTap.objects.count() == 1


def test_a_plain_form_that_is_refused_says_why(kim: Clerk) -> None:
    find_hold(hold=kim.hold(), staff=kim.staff, now=timezone.now())
    kim.client.post("/store/taps/", {**fields_of(kim.see(), "hold.given"), "code": "WRONG1"})
    assert "This is not the code of this hold." in kim.see()


@pytest.mark.parametrize("back", ["//evil.example", "pick#x", ""])
def test_a_form_leads_nowhere_else(kim: Clerk, back: str) -> None:
    kim.hold()
    sent = {**fields_of(kim.see(), "hold.found"), "back": back}
    assert kim.client.post("/store/taps/", sent)["Location"] == f"/store/?at={kim.store.code}"


def test_who_comes_to_the_forms_address_is_led_to_the_screen(kim: Clerk) -> None:
    assert kim.client.get("/store/taps/")["Location"] == "/store/"


# --- Scans -----------------------------------------------------------------------------------------------------


def test_a_code_finds_its_hold(kim: Clerk) -> None:
    hold = find_hold(hold=kim.hold(), staff=kim.staff, now=timezone.now())
    page = kim.see("/store/scan/", code=hold.code.lower())
    sent = fields_of(page, "hold.given")
    assert sent["target"] == str(hold.public_id)
    kim.client.post("/store/taps/", sent)
    hold.refresh_from_db()
    assert hold.state == Hold.State.COLLECTED


def test_another_stores_code_finds_nothing_here(kim: Clerk) -> None:
    hold = Clerk(make_store()).hold()
    for code in (hold.code, str(hold.public_id)):
        assert "hold.given" not in kim.see("/store/scan/", code=code)


def test_a_hold_that_ended_says_what_became_of_it(kim: Clerk) -> None:
    hold = kim.hold()
    release_hold(hold=hold, now=timezone.now())
    page = kim.see("/store/scan/", code=hold.code)
    assert "This hold has ended: Given back by the customer" in page
    assert "hold.given" not in page


def test_a_bar_code_shows_the_product_as_this_store_has_it(kim: Clerk) -> None:
    kim.level(on_hand=7, gtin="4006381333931", sku="KETTLE")
    for code in ("4006381333931", "KETTLE"):
        page = kim.see("/store/scan/", code=code)
        assert 'Book: <b class="num">7</b>' in page
        assert fields_of(page, "count.post")["seen"] == "1"


def test_a_product_that_was_never_here_says_so(kim: Clerk) -> None:
    make_product(sku="LAMP", name="Lamp")
    assert "This store has never had it." in kim.see("/store/scan/", code="LAMP")


def test_what_nobody_knows_is_said_to_be_unknown(kim: Clerk) -> None:
    assert "Nothing here is called “zzzz”" in kim.see("/store/scan/", code="zzzz")


def test_the_scan_comes_alone_for_the_open_screen(kim: Clerk) -> None:
    kim.level(sku="KETTLE")
    answer = kim.client.get("/store/scan/", {"code": "KETTLE"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()


# --- Goods -----------------------------------------------------------------------------------------------------


def test_a_delivery_is_opened_and_received(kim: Clerk) -> None:
    delivery = expect(kim)
    address = f"/store/deliveries/{delivery.pk}/"
    sent = fields_of(kim.see(address), "delivery.receive")
    lines = {f"line-{line.product_id}": str(line.expected) for line in delivery.lines.all()}
    kim.client.post("/store/taps/", {**sent, **lines})
    assert "As written." in kim.see()
    assert "This delivery has been dealt with" in kim.see(address)


def test_another_stores_delivery_is_no_page(kim: Clerk) -> None:
    delivery = expect(Clerk(make_store()))
    assert kim.client.get(f"/store/deliveries/{delivery.pk}/").status_code == 404


def test_a_store_is_found_by_its_name_or_town() -> None:
    head = Clerk(make_store(name="Mill Lane", city="Troy"), role=Role.ADMINISTRATOR)
    make_store(name="East Mall", city="Salem")
    for words in ("mill", "TROY", head.store.code):
        page = head.client.get("/store/", {"called": words}).content.decode()
        assert "Mill Lane" in page
        assert "East Mall" not in page


def test_a_transfer_offers_the_other_stores(kim: Clerk) -> None:
    make_store(name="East Mall")
    page = kim.see("/store/transfer/", sku="KETTLE")
    assert "East Mall" in page
    assert 'value="KETTLE"' in page
    assert f'<option value="{kim.store.code}"' not in page


# --- Live ------------------------------------------------------------------------------------------------------


def test_the_ticket_is_for_the_own_store(kim: Clerk) -> None:
    ticket = kim.client.get("/store/ticket/").json()["ticket"]
    assert read_ticket(ticket) == [store_channel(kim.store.pk)]


def heard(kim: Clerk, level: StockLevel, store: Store | None = None) -> list[str]:
    """The channels on which a change of `level` is told, to those who listen to the screen of `store`."""
    channels = frozenset({store_channel((store or kim.store).pk), product_channel(-1)})
    events = told([(level.pk, level.store_id, level.product_id)], channels, now=timezone.now())
    return [channel for channel, _ in events]


def test_new_work_is_told_to_the_stores_own_screen(kim: Clerk) -> None:
    held, asked, level = kim.level(), kim.level(), kim.level()
    hold = kim.hold(held)
    kim.question(asked)
    own = [store_channel(kim.store.pk)]
    assert [heard(kim, held), heard(kim, asked)] == [own, own]
    assert heard(kim, held, make_store()) == []
    # A sale of what nobody holds is no work.
    assert heard(kim, level) == []
    release_hold(hold=hold, now=timezone.now())
    assert heard(kim, held) == own
    Hold.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert heard(kim, held) == []


def test_the_worker_may_keep_the_screen_only(kim: Clerk) -> None:
    answer = kim.client.get("/store/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "ticket|scan|taps" in answer.content.decode()


def test_the_screen_is_a_door_of_store_staff() -> None:
    clerk = Clerk()
    assert ">Store</a>" in clerk.see()
    agent = Clerk(role=Role.AGENT)
    assert ">Store</a>" not in agent.client.get("/customers/").content.decode()
