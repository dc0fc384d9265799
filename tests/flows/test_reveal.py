"""Revealing one field in a real browser: what htmx swaps keeps to the policy, and the focus goes where it matters."""

import pytest
from playwright.sync_api import Page, expect

from cxportal.roles import Role
from tests.cxportal.people import maria, page_url
from tests.factories import PASSWORD, make_case, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_refused_then_shown_without_a_complaint_of_the_browser(page: Page) -> None:
    customer = maria()
    make_case(customer, number="3-1187")
    make_staff(Role.OUTSOURCED_AGENT, username="noor")
    page.goto(f"/login/?next={page_url(customer)}")
    page.get_by_label("Username").fill("noor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Reveal one field").click()
    # A helper in the browser may style fields by script; htmx would copy that as an attribute: the policy forbids it.
    page.evaluate("for (const field of document.querySelectorAll('#reveal input')) field.style.color = 'inherit'")

    page.get_by_label("Case").fill("9-9999")
    page.get_by_label("Why do you need it").fill("line dropped, call back")
    page.get_by_role("button", name="Reveal for this case").click()
    expect(page.get_by_text("No open case of this customer")).to_be_visible()
    expect(page.get_by_label("Case")).to_be_focused()

    page.get_by_label("Case").fill("3-1187")
    page.get_by_role("button", name="Reveal for this case").click()
    expect(page.locator(".revealed")).to_contain_text("+1 212 555 0134")
    expect(page.locator(".revealed")).to_be_focused()
