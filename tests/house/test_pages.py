"""No page carries a script, style or handler of its own, and each says so to the browser."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from cxportal.roles import Role
from tests.factories import make_customer, make_level, make_staff
from tests.house.source import templates
from tests.house.test_guards import addresses

DATA_SCRIPTS = {"application/json", "application/ld+json"}
POLICY = {
    *("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"),
    *(f"{kind}-src 'self'" for kind in ("script", "style", "font", "img", "connect")),
    "form-action 'self'",
}


class Inline(HTMLParser):
    """Collects what a strict policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every tag."""
        given = dict(attrs)
        if tag == "script" and not given.get("src") and given.get("type") not in DATA_SCRIPTS:
            self.found.append("<script>")
        if tag == "style":
            self.found.append("<style>")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")
        # A canonical address is said, not fetched.
        is_fetched = tag == "link" and given.get("rel") != "canonical"
        outside = given.get("src") or (given.get("href") if is_fetched else "") or ""
        if re.match(r"(https?:)?//", outside):
            self.found.append(f"{tag} from {outside}")


def inline(html: str) -> list[str]:
    """What in `html` a strict policy would refuse, and what it fetches from elsewhere."""
    parser = Inline()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize("path", templates())
def test_no_template_carries_inline_code(path: str) -> None:
    # Template tags may stand between attributes, where a parser of HTML would stumble.
    assert inline(re.sub(r"{%.*?%}|{#.*?#}", " ", templates()[path])) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>go()</script>",
        "<style>p{}</style>",
        '<p style="color:red">',
        '<a href=" javascript:go()">',
        '<button onclick="go()">',
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
    ],
)
def test_control_inline_code_is_found(html: str) -> None:
    assert len(inline(html)) == 1


def test_control_what_is_allowed_is_not_reported() -> None:
    assert inline('<script src="/static/a.js"></script><script type="application/json">{}</script><a href="/x">') == []
    assert inline('<link rel="canonical" href="https://shop.example/x">') == []


def sample_addresses() -> list[str]:
    """Every page of ours that a GET may open, with rows to fill it."""
    values = {"sku": make_level(on_hand=3).product.sku, "public_id": str(make_customer().public_id)}
    filled = []
    for address, _, namespaces in addresses(get_resolver().url_patterns):
        if "admin" in namespaces:
            continue
        plain = re.sub(r"<\w+:(\w+)>", lambda match: values.get(match[1], match[0]), address)
        if "<" not in plain:
            filled.append(f"/{plain}")
    return [*filled, "/no-such-page/", *admin_addresses()]


def admin_addresses() -> list[str]:
    """Pages of the back office, one of each sort."""
    names = ["index", "customers_store_changelist", "customers_store_add", "inventory_stocklevel_changelist"]
    names += ["cxportal_staffmember_add", "surveys_survey_add", "surveys_initiative_add"]
    return [reverse(f"admin:{name}") for name in names]


def is_page(answer: Any) -> bool:
    """Whether an answer is a page for people."""
    return "text/html" in answer.headers.get("Content-Type", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.CX_HEAD, Role.OUTSOURCED_AGENT])
def test_every_page_forbids_inline_code_and_has_none(client: Client, role: Role | None) -> None:
    if role:
        client.force_login(make_staff(role))
    seen = 0
    for address in sample_addresses():
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        if is_page(answer):
            seen += 1
            assert inline(answer.content.decode()) == [], address
    assert seen >= 5


def test_cookies_and_frames_are_closed() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.X_FRAME_OPTIONS == "DENY"
    assert settings.SECURE_REFERRER_POLICY == "same-origin"
