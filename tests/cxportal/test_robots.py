"""What search engines are told."""

from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client


def rules(client: Client) -> RobotFileParser:
    """What a simple robot makes of it."""
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").content.decode().splitlines())
    return parser


def test_rules_are_plain_text(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().splitlines()[0] == "User-agent: *"


@pytest.mark.parametrize("path", ["/stock/", "/stock/A-1/", "/stock/store/mill-lane/", "/static/css/app.css"])
def test_robots_may_read_products_and_stores(client: Client, path: str) -> None:
    assert rules(client).can_fetch("AnyBot", f"https://portal.example{path}")


@pytest.mark.parametrize(
    "path", ["/admin/", "/customers/", "/api/v1/sales/", "/events", "/login/", "/stock/mine/", "/stock/hold/x/"]
)
def test_the_rest_is_closed_to_them(client: Client, path: str) -> None:
    assert not rules(client).can_fetch("AnyBot", f"https://portal.example{path}")
