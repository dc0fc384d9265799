"""A clerk's screen in a real browser: what is new rings, what is tapped without a line is done once when it is back."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cxportal.roles import Role
from inventory.models import Hold, StockLevel, StockMovement, StoreTap
from inventory.services.deliveries import expect_delivery
from inventory.services.holds import find_hold, release_hold
from inventory.services.ledger_check import check_ledger
from tests.cxportal.clerk import Clerk
from tests.factories import make_staff
from tests.flows.test_staff_story import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
RING_MS = 1000
HOLDS = 6
COUNTS = 4


@pytest.fixture
def kim(portal: str) -> Clerk:
    """A clerk in Mill Lane."""
    return Clerk()


@pytest.fixture
def screen(browser: Browser, portal: str, kim: Clerk) -> Iterator[Page]:
    """Her phone, signed in. Not the fixture `page`: a broken line is an error in the browser's console."""
    with signed_in(browser, portal, kim.staff, viewport=PHONE) as page:
        yield page


def line(page: Page, *, is_up: bool) -> None:
    """Cut the line, or mend it."""
    context: BrowserContext = page.context
    context.set_offline(not is_up)


def test_a_new_hold_rings_within_a_second(screen: Page, kim: Clerk, worker: None) -> None:
    screen.goto("/store/")
    expect(screen.locator("#store-live")).to_have_text("Live")
    level = kim.level("Kettle")
    expect(screen.locator("#tasks")).not_to_contain_text("Holds to pick")
    kim.hold(level)
    expect(screen.locator("[data-ring-words]")).to_have_text("New hold to pick: Kettle", timeout=RING_MS)
    expect(screen).to_have_title(re.compile("^● New hold"))
    screen.locator("[data-ring-seen]").click()
    expect(screen.locator("[data-ring]")).to_be_hidden()
    screen.get_by_role("button", name="Found, put aside").click()
    expect(screen.locator("#toasts")).to_contain_text("Kettle is put aside")
    expect(screen.locator("#give")).to_contain_text("Kettle")
    assert Hold.objects.get().state == Hold.State.IN_HAND


def test_ten_taps_without_a_line_are_each_done_once(screen: Page, kim: Clerk) -> None:
    levels = [kim.level(f"Kettle {number}") for number in range(HOLDS + COUNTS)]
    for level in levels[:HOLDS]:
        kim.hold(level)
    screen.goto("/store/")
    screen.wait_for_load_state("networkidle")
    line(screen, is_up=False)
    before = timezone.now()
    for number in range(HOLDS):
        screen.locator("#pick .task", has_text=f"Kettle {number}").get_by_role("button", name="Found").click()
    for number in range(HOLDS, HOLDS + COUNTS):
        task = screen.locator("#counts .task", has_text=f"Kettle {number}")
        task.locator("input[name=counted]").fill("5")
        task.get_by_role("button", name="Counted").click()
    expect(screen.locator("[data-line-words]")).to_contain_text("No line. As of")
    expect(screen.locator("[data-line-more]")).to_have_text("10 taps wait for the line.")
    assert not StoreTap.objects.exists()

    # A reload without a line still shows the screen, and what was tapped.
    screen.reload()
    expect(screen.locator("[data-line-more]")).to_have_text("10 taps wait for the line.")
    expect(screen.locator("#pick .task[data-tapped]")).to_have_count(HOLDS)
    expect(screen.locator("[data-line-words]")).to_contain_text("No line. As of")

    line(screen, is_up=True)
    expect(screen.locator("#pick")).to_have_count(0, timeout=15_000)
    expect(screen.locator("[data-line]")).to_be_hidden()
    assert StoreTap.objects.count() == HOLDS + COUNTS
    assert all(tap.tapped_at - before < timedelta(seconds=60) for tap in StoreTap.objects.all())
    assert set(Hold.objects.values_list("state", flat=True)) == {Hold.State.IN_HAND}
    assert list(StoreTap.objects.order_by("recorded_at").values_list("verb", flat=True)) == (
        ["hold.found"] * HOLDS + ["count.post"] * COUNTS
    )
    assert check_ledger().wrong == 0


def test_a_tap_whose_answer_was_lost_is_not_done_twice(screen: Page, kim: Clerk) -> None:
    level = kim.level("Kettle", on_hand=5, sku="KETTLE")
    screen.goto("/store/scan/?code=KETTLE")
    screen.wait_for_load_state("networkidle")
    lost: list[str] = []

    def lose_answer(route: object) -> None:
        """The server does it; the answer never arrives."""
        if lost:
            route.continue_()  # type: ignore[attr-defined]
            return
        lost.append("once")
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    screen.route("**/store/taps/", lose_answer)
    screen.get_by_text("Damaged, stolen, on display").click()
    screen.get_by_role("button", name="Take it out of the book").click()
    expect(screen.locator("[data-line-more]")).to_have_text("1 tap waits for the line.")
    expect(screen.locator("#toasts")).to_contain_text("1 piece damaged", timeout=15_000)
    assert StockLevel.objects.get(pk=level.pk).on_hand == 4
    assert StockMovement.objects.filter(kind="DAMAGE").count() == 1


def test_a_tap_that_came_too_late_says_why_and_what_to_do(screen: Page, kim: Clerk) -> None:
    hold = kim.hold(kim.level("Kettle"))
    screen.goto("/store/")
    screen.wait_for_load_state("networkidle")
    line(screen, is_up=False)
    screen.get_by_role("button", name="Found, put aside").click()
    expect(screen.locator("[data-line-more]")).to_have_text("1 tap waits for the line.")
    release_hold(hold=hold, now=timezone.now())
    line(screen, is_up=True)
    refusal = screen.locator("[data-refused]")
    expect(refusal).to_contain_text("Not done: Found, put aside, Kettle", timeout=15_000)
    expect(refusal).to_contain_text("Put the piece back on the shelf.")
    screen.reload()
    expect(refusal).to_contain_text("Put the piece back on the shelf.")
    refusal.get_by_role("button", name="Seen").click()
    expect(refusal).to_be_hidden()


def test_taps_of_a_colleague_wait_for_the_colleague(browser: Browser, screen: Page, kim: Clerk, portal: str) -> None:
    kim.hold(kim.level("Kettle"))
    screen.goto("/store/")
    screen.wait_for_load_state("networkidle")
    screen.route("**/store/taps/", lambda route: route.abort())
    screen.get_by_role("button", name="Found, put aside").click()
    expect(screen.locator("[data-line-more]")).to_have_text("1 tap waits for the line.")
    noor = make_staff(Role.STORE_CLERK, username="noor", store=kim.store)
    with signed_in(browser, portal, noor) as other:
        session = other.context.cookies()
    screen.context.add_cookies(session)  # type: ignore[arg-type]
    screen.unroute("**/store/taps/")
    screen.goto("/store/")
    expect(screen.locator("[data-line-more]")).to_contain_text(f"1 tap of {kim.staff} waits until {kim.staff} signs in")
    assert not StoreTap.objects.exists()


def test_taps_wait_while_one_is_signed_out(screen: Page, kim: Clerk) -> None:
    hold = kim.hold(kim.level("Kettle"))
    screen.goto("/store/")
    screen.wait_for_load_state("networkidle")
    session = screen.context.cookies()
    screen.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    screen.get_by_role("button", name="Found, put aside").click()
    expect(screen.locator("[data-line]")).to_contain_text("You are signed out: reload the page to sign in.")
    expect(screen.locator("[data-line-more]")).to_have_text("1 tap waits until you do.")
    screen.context.add_cookies(session)  # type: ignore[arg-type]
    screen.reload()
    expect(screen.locator("#give")).to_contain_text("Kettle")
    hold.refresh_from_db()
    assert hold.state == Hold.State.IN_HAND


def test_a_wrong_code_is_said_where_one_looks(screen: Page, kim: Clerk) -> None:
    find_hold(hold=kim.hold(kim.level("Kettle")), staff=kim.staff, now=timezone.now())
    screen.goto("/store/")
    screen.locator("#give").get_by_placeholder("Code").fill("wrong1")
    screen.locator("#give").get_by_placeholder("Code").press("Enter")
    expect(screen.locator("#toasts")).to_contain_text("This is not the code of this hold.")
    expect(screen.locator("#give").get_by_placeholder("Code")).to_be_focused()


def test_what_is_being_typed_survives_what_is_new(screen: Page, kim: Clerk, worker: None) -> None:
    kettle = kim.level("Kettle")
    screen.goto("/store/")
    expect(screen.locator("#store-live")).to_have_text("Live")
    field = screen.locator("#counts .task", has_text="Kettle").locator("input[name=counted]")
    field.fill("17")
    kim.hold(kim.level("Mug"))
    expect(screen.locator("#pick")).to_contain_text("Mug")
    expect(field).to_have_value("17")
    expect(field).to_be_focused()
    assert kettle.pk


def test_a_scanner_gives_out_and_counts(screen: Page, kim: Clerk) -> None:
    hold = find_hold(hold=kim.hold(kim.level("Mug")), staff=kim.staff, now=timezone.now())
    kim.level("Kettle", gtin="4006381333931")
    screen.goto("/store/")
    screen.wait_for_load_state("networkidle")
    # A scanner is a keyboard: nothing has the focus, and it types.
    screen.keyboard.type(hold.code)
    screen.keyboard.press("Enter")
    given = screen.locator("#scanned").get_by_role("button", name="Given out")
    expect(given).to_be_focused()
    screen.keyboard.press("Enter")
    expect(screen.locator("#toasts")).to_contain_text("Mug is given to M. G.")
    assert Hold.objects.get().state == Hold.State.COLLECTED

    screen.get_by_label("Counting: each scan counts one more").check()
    for _ in range(3):
        screen.locator("#scan").fill("4006381333931")
        screen.keyboard.press("Enter")
    field = screen.locator("#counts .task", has_text="Kettle").locator("input[name=counted]")
    expect(field).to_have_value("3")
    # Scanned into the field of pieces itself: one more, not a number of thirteen digits.
    field.focus()
    screen.keyboard.type("4006381333931")
    screen.keyboard.press("Enter")
    expect(field).to_have_value("4")


def test_a_surprise_is_counted_again_without_the_book(screen: Page, kim: Clerk) -> None:
    kim.level("Kettle", on_hand=40)
    screen.goto("/store/")
    task = screen.locator("#counts .task", has_text="Kettle")
    task.locator("input[name=counted]").fill("3")
    task.get_by_role("button", name="Counted").click()
    again = screen.locator("#recounts .task", has_text="Kettle")
    expect(again).to_be_visible()
    expect(screen.locator("#toasts")).to_contain_text("count again, please")
    again.locator("input[name=counted]").fill("3")
    again.get_by_role("button", name="Counted").click()
    expect(screen.locator("#recounts")).to_have_count(0)
    assert StockLevel.objects.get().on_hand == 3


def test_the_screen_fits_a_phone_and_works_without_javascript(browser: Browser, portal: str, kim: Clerk) -> None:
    hold = kim.hold(kim.level("Donaudampfschifffahrtsgesellschaftskapitän " * 3))
    with signed_in(browser, portal, kim.staff, viewport=PHONE, java_script_enabled=False) as plain:
        plain.goto("/store/")
        assert plain.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        plain.get_by_role("button", name="Found, put aside").click()
        plain.locator("#scan").fill(hold.code)
        plain.get_by_role("button", name="Look").click()
        plain.locator("#scanned").get_by_role("button", name="Given out").click()
        expect(plain.locator("#toasts")).to_contain_text("is given to M. G.")
    hold.refresh_from_db()
    assert hold.state == Hold.State.COLLECTED


# What a phone has and this browser has not: a camera that sees a bar code.
CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["ean_13"]; }
  async detect() { return [{ rawValue: "4006381333931" }]; }
};
navigator.mediaDevices.getUserMedia = async () => {
  const picture = document.createElement("canvas");
  setInterval(() => picture.getContext("2d").fillRect(0, 0, Math.random() * 99, 99), 50);
  return picture.captureStream(20);
};
"""


def test_the_camera_reads_where_the_browser_can(screen: Page, kim: Clerk) -> None:
    kim.level("Kettle", gtin="4006381333931", on_hand=6)
    screen.goto("/store/")
    expect(screen.get_by_role("button", name="Read with the camera")).to_be_hidden()
    screen.add_init_script(CAMERA)
    screen.reload()
    screen.get_by_role("button", name="Read with the camera").click()
    expect(screen.locator("#scanned")).to_contain_text("Kettle")
    expect(screen.locator("#scanned")).to_contain_text("Book: 6")
    screen.get_by_role("button", name="Stop the camera").click()
    expect(screen.locator("[data-camera-view]")).to_be_hidden()


def test_a_delivery_is_unpacked_by_scanner(screen: Page, kim: Clerk) -> None:
    kettle = kim.level("Kettle", gtin="4006381333931", on_hand=0)
    mug = kim.level("Mug", sku="MUG", on_hand=0)
    lines = {kettle.product_id: 3, mug.product_id: 2}
    now = timezone.now()
    delivery = expect_delivery(store=kim.store, number="DN-1", expected_at=now, lines=lines, now=now)
    screen.goto("/store/")
    screen.get_by_role("link", name="Open, type what came").click()
    scan = screen.get_by_label("Scan: each scan counts one more")
    for code in ("4006381333931", "4006381333931", "mug", "LAMP"):
        scan.fill(code)
        scan.press("Enter")
    expect(screen.locator(".task", has_text="Kettle")).to_contain_text("1 short")
    screen.locator(".task", has_text="Mug").get_by_role("spinbutton").fill("4")
    expect(screen.locator(".task", has_text="Mug")).to_contain_text("2 over")
    scan.fill("")
    screen.get_by_role("button", name="This is what came").click()
    expect(screen.locator("#tasks")).not_to_contain_text("DN-1")
    delivery.refresh_from_db()
    assert delivery.state == "RECEIVED"
    assert set(StockLevel.objects.values_list("product__name", "on_hand")) == {("Kettle", 2), ("Mug", 4)}
