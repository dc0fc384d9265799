"""A promise that is kept: a shopper's phone, a clerk's phone and a till, each with pages or calls of its own."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time as clock
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from customers.models import Preference
from inventory.models import Hold, Product, StockLevel, StockMovement, WaitlistEntry
from inventory.services.deliveries import expect_delivery
from inventory.services.ledger_check import check_ledger
from tests.cxportal.clerk import Clerk
from tests.factories import make_api_key, make_level, make_product, make_store
from tests.flows.test_live_stock import post_sale
from tests.flows.test_staff_story import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
NUMBER = "+1 202 555 0134"
# A message is on its way for a second or two; a page hears of a change at once.
MESSAGE_SECONDS = 20
LIVE_MS = 5_000
RING_MS = 5_000


@dataclass
class Inbox:
    """The shopper's text messages, as the worker wrote them."""

    folder: Path

    def texts(self) -> list[str]:
        """All of them, oldest first."""
        files = sorted(self.folder.glob("*.txt"), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_text() for file in files]

    def wait_for(self, pattern: str) -> str:
        """What the first group of `pattern` found in a message; they may take a moment to come."""
        deadline = time.monotonic() + MESSAGE_SECONDS
        while time.monotonic() < deadline:
            for text in self.texts():
                if found := re.search(pattern, text):
                    return found[1]
            time.sleep(0.1)
        raise AssertionError(f"No message has {pattern!r}: {self.texts()}")


@pytest.fixture
def kettle() -> Product:
    """What everybody wants."""
    return make_product(sku="KETTLE", name="Kettle", price="34.00")


@pytest.fixture
def kim(portal: str) -> Clerk:
    """A clerk in Mill Lane."""
    store = make_store(name="Mill Lane", latitude=40.0, longitude=-88.0, phone="+1 555 0100")
    return Clerk(store)


@pytest.fixture
def inbox(worker: None, tmp_path: Path) -> Inbox:
    """What the worker sent to phones."""
    return Inbox(tmp_path / "sms")


@pytest.fixture
def screen(browser: Browser, portal: str, kim: Clerk) -> Iterator[Page]:
    """The clerk's phone, before the store screen."""
    with signed_in(browser, portal, kim.staff, viewport=PHONE) as opened:
        opened.goto("/store/")
        expect(opened.locator("#store-live")).to_have_text("Live")
        yield opened


@pytest.fixture
def shopper(browser: Browser, portal: str, inbox: Inbox) -> Iterator[Page]:
    """The shopper's phone. Fails the test on any script or CSP error."""
    context = browser.new_context(base_url=portal, viewport=PHONE)  # type: ignore[arg-type]
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def prove_number(shopper: Page, inbox: Inbox, button: str) -> None:
    """Type the number, read the code in the message, type that too."""
    shopper.get_by_label("Mobile number or e-mail").fill(NUMBER)
    shopper.get_by_role("button", name="Send me a code").click()
    shopper.get_by_label("The code we sent").fill(inbox.wait_for(r"Your code is (\d{6})"))
    shopper.get_by_role("button", name=button).click()


def ask_for_one(shopper: Page, inbox: Inbox) -> None:
    """From the product's page to the page of the hold."""
    shopper.goto("/stock/KETTLE/?near=40,-88")
    shopper.locator(".statement", has_text="Mill Lane").get_by_role("link", name="Hold it for me").click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Hold it for me")
    prove_number(shopper, inbox, "Hold it for me")
    expect(shopper.get_by_role("heading", level=1)).to_have_text("The store is looking for it")


def give_out(screen: Page, code: str) -> None:
    """The shopper says the code; the clerk types it where everything is scanned."""
    screen.get_by_label("Scan or type").fill(code)
    screen.keyboard.press("Enter")
    screen.locator("#scanned").get_by_role("button", name="Given out").click()
    expect(screen.locator("#toasts")).to_contain_text("Kettle")


def counted(kim: Clerk, kettle: Product, pieces: int) -> StockLevel:
    """The clerk's store has so many and counted them just now."""
    now = timezone.now()
    return make_level(
        store=kim.store, product=kettle, on_hand=pieces, last_counted_at=now, last_counted_quantity=pieces
    )


def test_a_hold_is_found_and_collected_and_the_till_takes_no_second_piece(
    shopper: Page, screen: Page, portal: str, kim: Clerk, kettle: Product, inbox: Inbox
) -> None:
    level = counted(kim, kettle, 2)
    _, till = make_api_key(kim.store)
    ask_for_one(shopper, inbox)
    expect(shopper.locator("body")).not_to_contain_text("Come: kept aside")

    expect(screen.locator("[data-ring-words]")).to_have_text("New hold to pick: Kettle", timeout=RING_MS)
    screen.locator("[data-ring-seen]").click()
    screen.locator("#pick").get_by_role("button", name="Found, put aside").click()

    expect(shopper.get_by_role("heading", level=1)).to_contain_text("Come: kept aside for you until", timeout=LIVE_MS)
    said = shopper.locator(".promise-letters").inner_text()
    assert inbox.wait_for(r"is kept aside for you at Mill Lane until .*\. Say (\w{6}) at the counter") == said

    give_out(screen, said)
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Collected", timeout=LIVE_MS)
    post_sale(portal, till, "R1", 1)
    level.refresh_from_db()
    assert (level.on_hand, level.held) == (1, 0)
    assert Hold.objects.get().sale_line is not None
    assert check_ledger().wrong == 0


def test_a_hold_that_is_not_found_leads_to_the_next_store(
    shopper: Page, screen: Page, kim: Clerk, kettle: Product, inbox: Inbox
) -> None:
    counted(kim, kettle, 1)
    now = timezone.now()
    mall = make_store(name="East Mall", latitude=40.1, longitude=-88.0)
    make_level(store=mall, product=kettle, on_hand=3, last_counted_at=now, last_counted_quantity=3)
    ask_for_one(shopper, inbox)

    screen.locator("#pick").get_by_role("button", name="Not there").click()

    expect(shopper.get_by_role("heading", level=1)).to_have_text("Not on the shelf", timeout=LIVE_MS)
    assert inbox.wait_for(r"we looked for \"Kettle\" at Mill Lane.*\n.*book has one is (East Mall)") == "East Mall"
    shopper.locator("li", has_text="East Mall").get_by_role("button", name="Hold it there").click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("The store is looking for it")
    expect(shopper.locator("main")).to_contain_text("East Mall")
    assert list(Hold.objects.order_by("pk").values_list("level__store__name", "state")) == [
        ("Mill Lane", Hold.State.NOT_FOUND),
        ("East Mall", Hold.State.REQUESTED),
    ]
    # Nobody is sent to the shelf where it was not.
    shopper.goto("/stock/KETTLE/?near=40,-88")
    mill_lane = shopper.locator(".statement", has_text="Mill Lane")
    expect(mill_lane.locator(".evidence")).to_contain_text("somebody looked for it in vain")
    expect(mill_lane).to_have_attribute("data-state", "ask")
    assert check_ledger().wrong == 0


def test_who_waits_is_served_by_the_delivery_and_told_when_it_lies_ready(
    shopper: Page, screen: Page, kim: Clerk, kettle: Product, inbox: Inbox
) -> None:
    level = counted(kim, kettle, 0)
    shopper.goto("/stock/KETTLE/?near=40,-88")
    shopper.locator(".statement", has_text="Mill Lane").get_by_role("link", name="Tell me when it is back").click()
    prove_number(shopper, inbox, "Join the line")
    expect(shopper.get_by_role("heading", level=1)).to_have_text("You are next in line")
    entry = WaitlistEntry.objects.get()
    # He takes messages at any hour, so that this test does.
    always = {"quiet_from": clock(0), "quiet_until": clock(0), "said_at": timezone.now()}
    Preference.objects.update_or_create(customer=entry.customer, defaults=always)

    now = timezone.now()
    expect_delivery(store=kim.store, number="D-7", expected_at=now + timedelta(hours=1), lines={kettle.pk: 2}, now=now)
    screen.goto("/store/")
    screen.locator("#deliveries").get_by_role("link", name="Open, type what came").click()
    screen.get_by_label("of 2 came").fill("1")
    screen.get_by_role("button", name="This is what came").click()
    screen.locator("#pick").get_by_role("button", name="Found, put aside").click()

    code = inbox.wait_for(r"is kept aside for you at Mill Lane until .*\. Say (\w{6}) at the counter")
    shopper.reload()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("One is kept for you now")
    shopper.get_by_role("link", name="See when to fetch it").click()
    expect(shopper.get_by_role("heading", level=1)).to_contain_text("Come: kept aside for you until")
    give_out(screen, code)
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Collected", timeout=LIVE_MS)

    level.refresh_from_db()
    assert (level.on_hand, level.held) == (0, 0)
    assert level.movements.get(kind=StockMovement.Kind.DELIVERY).quantity == 1
    entry.refresh_from_db()
    assert entry.state == WaitlistEntry.State.SERVED
    # The code, and that it is there: nothing else was sent.
    assert len(inbox.texts()) == 2
    assert check_ledger().wrong == 0
