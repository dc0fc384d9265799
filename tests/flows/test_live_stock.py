"""The main job: a till posts a sale, and every open page tells the truth at once; staff see it too."""

import json
import time
import urllib.request

from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from inventory.models import StockLevel
from tests.factories import make_api_key, make_customer, make_level, make_product, make_store

LIVE_MS = 1000


def post_sale(portal: str, raw: str, receipt: str, quantity: int, loyalty_number: str = "") -> float:
    """Post one receipt over HTTP; the moment at which it was answered."""
    body = {
        "receipt": receipt,
        "sold_at": timezone.now().isoformat(),
        "customer": {"loyalty_number": loyalty_number} if loyalty_number else None,
        "lines": [{"sku": "KETTLE", "quantity": quantity, "unit_price": "34.00"}],
    }
    headers = {"Authorization": f"Bearer {raw}", "Idempotency-Key": receipt, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{portal}/api/v1/sales/", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
    return time.monotonic()


def test_sale_changes_the_open_page_within_a_second(page: Page, portal: str, worker: None) -> None:
    now = timezone.now()
    kettle = make_product(sku="KETTLE", name="Kettle", price="34.00")
    store = make_store(name="Mill Lane", latitude=40.0, longitude=-88.0)
    level = make_level(store=store, product=kettle, on_hand=2, last_counted_at=now, last_counted_quantity=2)
    make_level(store=make_store(name="East Mall", latitude=40.1, longitude=-88.0), product=kettle, on_hand=0)
    make_customer(loyalty_number="L-7")
    _, raw = make_api_key(store)

    page.goto("/stock/KETTLE/?near=40,-88")
    mill_lane = page.locator(f'[data-live-key="{level.pk}"]')
    expect(page.locator("#live-mark")).to_contain_text("Live")
    expect(mill_lane.locator(".statement-word")).to_have_text("Very likely there")
    marked = page.evaluate("window.notReloaded = true")
    assert marked

    post_sale(portal, raw, "R1", 1, "L-7")
    expect(mill_lane.locator(".evidence")).to_contain_text("Last sold just now", timeout=LIVE_MS)

    answered = post_sale(portal, raw, "R2", 1)
    expect(mill_lane.locator(".statement-word")).to_have_text("Gone", timeout=LIVE_MS)
    assert time.monotonic() - answered < LIVE_MS / 1000
    expect(page.locator(".summary")).to_contain_text("None of two stores has it")
    assert page.evaluate("window.notReloaded")
    assert StockLevel.objects.get(pk=level.pk).on_hand == 0


def test_page_without_a_stream_asks_again(browser: Browser, portal: str) -> None:
    make_level(product=make_product(sku="KETTLE", name="Kettle"), on_hand=2)
    # Not the fixture's page: a refused stream is an error in the browser's console.
    context = browser.new_context(base_url=portal)
    page = context.new_page()
    page.route("**/events*", lambda route: route.abort())
    page.goto("/stock/KETTLE/")
    expect(page.locator("#live-mark")).to_contain_text("asks again every 10 seconds")
    with page.expect_response("**/stock/KETTLE/stores/*", timeout=15_000) as asked:
        pass
    assert asked.value.status == 200
    context.close()


def test_stock_is_found_without_javascript(browser: Browser, portal: str) -> None:
    make_level(product=make_product(sku="KETTLE", name="Kettle"), on_hand=2, last_sold_at=timezone.now())
    context = browser.new_context(base_url=portal, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/stock/")
    plain.get_by_label("What are you looking for").fill("ketle")
    plain.get_by_role("button", name="Look").click()
    # A guess is said to be one: the shopper chooses.
    expect(plain.locator("h1")).to_contain_text("Nothing is called")
    plain.get_by_role("link", name="Kettle").click()
    expect(plain.locator("h1")).to_have_text("Kettle")
    expect(plain.locator(".statement-word")).to_have_text("Very likely there")
    context.close()
