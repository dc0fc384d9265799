"""The production server's ground: pages, static files, headers, and a browser that finds nothing to complain about."""

import urllib.request

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_login_page_opens_under_the_strict_policy(page: Page) -> None:
    response = page.goto("/login/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    expect(page.locator("input[name=username]")).to_be_visible()


def test_static_files_come_with_their_type(portal: str) -> None:
    with urllib.request.urlopen(f"{portal}/static/vendor/htmx/htmx.min.js", timeout=5) as file:
        assert (file.status, file.headers.get_content_type()) == (200, "text/javascript")
