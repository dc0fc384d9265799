"""The public pages under a reader's eyes and thumbs: nothing jumps, nothing is old, everything fits."""

from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from inventory.models import StockLevel
from tests.factories import make_api_key, make_level, make_product, make_store
from tests.flows.test_live_stock import LIVE_MS, post_sale

LONG = "Store with a very long name inside the shopping centre behind the old railway station, Donaudampfschifffahrt"
Scheme = Literal["light", "dark"]
# The refresh of sentence and buttons is spread over this time, so that not all pages ask at once.
SPREAD_MS = 3000


def fill_shelves(stores: int) -> list[StockLevel]:
    """One kettle in each of so many stores, counted just now, the first one nearest."""
    now = timezone.now()
    kettle = make_product(sku="KETTLE", name="Kettle", price="34.00")
    return [
        make_level(
            store=make_store(code=f"st{number}", name=f"{LONG} {number}", latitude=40 + number / 100, longitude=-88),
            product=kettle,
            on_hand=1,
            last_counted_at=now,
            last_counted_quantity=1,
        )
        for number in range(stores)
    ]


def test_what_the_reader_looks_at_stays_where_it_is(page: Page, portal: str, worker: None) -> None:
    levels = fill_shelves(12)
    _, raw = make_api_key(levels[0].store)
    page.goto("/stock/KETTLE/?near=40,-88")
    expect(page.locator("#live-mark")).to_contain_text("Live")
    first = page.locator(f'[data-live-key="{levels[0].pk}"]')
    read = page.locator(f'[data-live-key="{levels[6].pk}"]')
    expect(first.get_by_role("link", name="Hold it for me")).to_be_visible()
    read.evaluate("(one) => one.scrollIntoView({behavior: 'instant'})")
    read.get_by_role("link", name="Hold it for me").focus()
    top = read.evaluate("(one) => one.getBoundingClientRect().top")

    post_sale(portal, raw, "R1", 1)
    expect(first.locator(".statement-word")).to_have_text("Gone", timeout=SPREAD_MS)
    expect(first.get_by_role("link", name="Tell me when it is back")).to_have_count(1, timeout=SPREAD_MS)
    assert abs(read.evaluate("(one) => one.getBoundingClientRect().top") - top) <= 1
    expect(read.get_by_role("link", name="Hold it for me")).to_be_focused()


def test_a_page_that_was_kept_for_a_while_asks_at_once(page: Page, portal: str) -> None:
    fill_shelves(2)

    def an_hour_old(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "last-modified": "Sun, 01 Nov 2026 10:00:00 GMT"})

    page.route("**/stock/KETTLE/", an_hour_old)
    with page.expect_response("**/stock/KETTLE/stores/*", timeout=SPREAD_MS + LIVE_MS) as asked:
        page.goto("/stock/KETTLE/")
    assert asked.value.status in (200, 304)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(browser: Browser, portal: str, width: int, scheme: Scheme) -> None:
    fill_shelves(22)
    make_product(sku="NONE", name=LONG)
    context = browser.new_context(base_url=portal, color_scheme=scheme, viewport={"width": width, "height": 844})
    page = context.new_page()
    for path in (
        *("/stock/", "/stock/?q=kettel", "/stock/?q=zzzz", "/stock/KETTLE/?near=40,-88", "/stock/NONE/"),
        *("/stock/KETTLE/?near=40,-88&far=1", "/stock/KETTLE/?near=Nowhere", "/stock/store/st1/?q=kettle"),
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_the_whole_way_without_javascript(browser: Browser, portal: str) -> None:
    fill_shelves(22)
    context = browser.new_context(base_url=portal, java_script_enabled=False)
    page = context.new_page()
    page.goto("/stock/KETTLE/?near=40,-88")
    expect(page.locator(".statement")).to_have_count(20)
    page.get_by_role("link", name="Show stores farther away").click()
    expect(page.locator(".statement")).to_have_count(22)
    page.get_by_role("link", name=f"{LONG} 3", exact=True).click()
    expect(page.locator("h1")).to_have_text(f"{LONG} 3")
    page.get_by_label("Is it here").fill("kettle")
    page.get_by_role("button", name="Look here").click()
    expect(page.locator(".statement-word")).to_have_text("Very likely there")
    context.close()
