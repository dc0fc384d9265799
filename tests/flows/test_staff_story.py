"""A day of the staff: a clerk watches a store, an agent helps without harvesting, and the page says who looked."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cxportal.models import StaffMember
from cxportal.roles import Role
from tests.cxportal.people import maria, page_url
from tests.factories import (
    PASSWORD,
    make_api_key,
    make_case,
    make_customer,
    make_level,
    make_product,
    make_sale,
    make_staff,
    make_store,
)
from tests.flows.test_live_stock import post_sale

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAL = ("maria", "gross", "555 0134", "5550134", "555-0134", "example.org", "lc-4711", "lc4711")
REASON = "line dropped, call back"
PHONE = {"width": 390, "height": 844}


def sign_in(page: Page, staff: StaffMember) -> None:
    """As a person does."""
    page.goto("/login/")
    page.get_by_label("Username").fill(staff.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@contextmanager
def signed_in(browser: Browser, portal: str, staff: StaffMember, **context: object) -> Iterator[Page]:
    """A browser of its own that has the session already."""
    client = Client()
    client.force_login(staff)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    opened = browser.new_context(base_url=portal, **context)  # type: ignore[arg-type]
    opened.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": portal}])
    yield opened.new_page()
    opened.close()


# --- The clerk ---------------------------------------------------------------------------------------------------


def test_a_clerk_sees_the_own_stores_sales_as_they_happen(page: Page, portal: str, worker: None) -> None:
    kettle = make_product(sku="KETTLE", name="Kettle", price="34.00")
    mine, other = make_store(name="Mill Lane"), make_store(name="East Mall")
    for store in (mine, other):
        make_level(store=store, product=kettle, on_hand=9)
    make_customer(name="Anna Berg", loyalty_number="L-7")
    keys = {store: make_api_key(store)[1] for store in (mine, other)}

    sign_in(page, make_staff(Role.STORE_CLERK, username="kim", store=mine))
    expect(page.get_by_role("heading", level=1)).to_have_text("Today in Mill Lane")
    expect(page.locator("#ledger-live")).to_contain_text("Live")
    expect(page.locator("#ledger .entry")).to_have_count(0)
    page.evaluate("window.notReloaded = true")

    post_sale(portal, keys[other], "E1", 1)
    post_sale(portal, keys[mine], "M1", 2, "L-7")
    expect(page.locator("#ledger .entry")).to_have_count(1)
    expect(page.locator("#ledger .entry")).to_contain_text("Anna B.")
    assert page.evaluate("window.notReloaded")

    page.reload()
    assert "East Mall" not in page.content()
    page.locator("#ledger .entry a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna B.")


# --- The outsourced agent ----------------------------------------------------------------------------------------


def assert_nothing_personal(page: Page) -> None:
    """In the page as it came and as scripts made it, fields that were typed in left out."""
    source = page.content().lower()
    assert [word for word in PERSONAL if word in source] == []


def test_an_agent_helps_without_seeing_and_what_he_reveals_is_on_the_record(
    page: Page, browser: Browser, portal: str
) -> None:
    customer = maria()
    make_sale([(make_product(name="Kettle"), 1)], customer=customer, sold_at=timezone.now())
    make_case(customer, number="3-1187")
    agent = make_staff(Role.OUTSOURCED_AGENT, username="noor", first_name="Noor", last_name="Haddad")

    sign_in(page, agent)
    page.wait_for_url("**/customers/")
    assert_nothing_personal(page)
    page.get_by_label("Phone, e-mail or loyalty number").fill("(212) 555-0134")
    page.get_by_role("button", name="Open the customer").click()
    page.wait_for_url(f"**{page_url(customer)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("M. G.")
    assert_nothing_personal(page)

    page.get_by_text("Reveal one field").click()
    page.get_by_label("Why do you need it").fill(REASON)
    page.get_by_role("button", name="Reveal for this case").click()
    expect(page.get_by_text("Type the number of the open case.")).to_be_visible()
    assert_nothing_personal(page)

    page.get_by_label("Case").fill("3-1187")
    page.get_by_role("button", name="Reveal for this case").click()
    expect(page.locator(".revealed")).to_contain_text("+1 212 555 0134")
    assert "maria" not in page.content().lower()
    page.reload()
    assert_nothing_personal(page)

    with signed_in(browser, portal, make_staff(Role.CX_HEAD)) as head:
        head.goto(page_url(customer))
        expect(head.get_by_role("heading", level=1)).to_have_text("Maria Gross")
        looks = head.locator("section", has=head.get_by_role("heading", name="Who opened this profile"))
        expect(looks).to_contain_text("Noor Haddad")
        expect(looks).to_contain_text(f"Revealed phone: “{REASON}”")


def test_the_look_for_personal_data_finds_it_where_it_is(browser: Browser, portal: str) -> None:
    """Control: on the page of one who may see everything, every word is found."""
    customer = maria()
    with signed_in(browser, portal, make_staff(Role.CX_HEAD)) as page:
        page.goto(page_url(customer))
        with pytest.raises(AssertionError):
            assert_nothing_personal(page)


# --- Without a mouse ---------------------------------------------------------------------------------------------


def tab_to(page: Page, selector: str, most: int = 12) -> None:
    """Press Tab until this has the focus; it must be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    expect(page.locator(":focus")).to_be_visible()
    assert page.evaluate("selector => document.activeElement.matches(selector)", selector)
    ring = page.evaluate(
        "() => { const seen = getComputedStyle(document.activeElement);"
        " return [seen.outlineStyle, seen.boxShadow].join() }"
    )
    assert ring != "none,none"


def test_a_store_is_found_with_the_keyboard_alone(page: Page, portal: str) -> None:
    kettle, now = make_product(sku="KETTLE", name="Kettle"), timezone.now()
    make_level(product=kettle, on_hand=5, last_sold_at=now, last_counted_at=now, last_counted_quantity=5)
    page.goto("/stock/")
    tab_to(page, "#id_q")
    page.keyboard.type("kettle")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kettle")
    tab_to(page, ".statement-do a", most=20)
    assert page.evaluate("document.activeElement.textContent").startswith("Hold it for me")
    tab_to(page, ".statement-do small a, .statement-do a:not(.btn)", most=2)
    assert page.evaluate("document.activeElement.textContent").startswith("Show me the way")


# --- On a phone --------------------------------------------------------------------------------------------------


TOO_WIDE = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > page.clientWidth + 1)
    .slice(0, 5).map((element) => element.outerHTML.slice(0, 120)).concat(`${page.scrollWidth} px`);
}"""


@pytest.fixture
def pages(portal: str) -> list[str]:
    """Addresses of pages that have something on them, with words as long as they come."""
    customer = maria()
    store = make_store(name="Saint-Barthélemy-d'Anjou Shopping Centre", street="1234 Northwestern Boulevard")
    tea = make_product(
        sku="SKU-" + "9" * 20, name="Dishwasher tablets lemon extra strong family pack", price=Decimal("9999.99")
    )
    make_level(store=store, product=tea, on_hand=3, last_sold_at=timezone.now())
    make_sale([(tea, 120)], store=store, customer=customer, sold_at=timezone.now())
    make_case(customer, number="3-1187")
    paths = ["/stock/", "/stock/?q=dishwasher", f"/stock/{tea.sku}/", f"/stock/{tea.sku}/?near=40.7,-74"]
    return [*paths, "/", "/customers/", page_url(customer), "/styleguide/"]


def test_nothing_is_wider_than_a_phone_in_light_and_dark(browser: Browser, portal: str, pages: list[str]) -> None:
    staff, wide, inks = make_staff(Role.CX_HEAD), {}, {}
    for scheme in ("light", "dark"):
        with signed_in(browser, portal, staff, viewport=PHONE, color_scheme=scheme) as page:
            for path in pages:
                answer = page.goto(path)
                assert answer is not None
                assert answer.status == 200, path
                wide[f"{path} {scheme}"] = page.evaluate(TOO_WIDE)
            inks[scheme] = page.evaluate("getComputedStyle(document.body).color")
    assert {path: found for path, found in wide.items() if found} == {}
    # Both were looked at, not one of them twice.
    assert inks["light"] != inks["dark"]


def test_what_is_too_wide_would_be_noticed(browser: Browser, portal: str) -> None:
    """Control."""
    with signed_in(browser, portal, make_staff(Role.CX_HEAD), viewport=PHONE) as page:
        page.goto("/customers/")
        page.evaluate("document.querySelector('h1').style.setProperty('min-width', '600px')")
        assert page.evaluate(TOO_WIDE)
