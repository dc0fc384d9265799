"""What search engines are told."""

from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client


def test_robots_may_read_the_front_page_only(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().splitlines() == [
        "User-agent: *",
        "Allow: /stock/$",
        "Allow: /static/",
        "Disallow: /",
    ]


@pytest.mark.parametrize("path", ["/admin/", "/customers/", "/api/v1/sales/", "/events", "/login/", "/stock/A-1/"])
def test_the_rest_is_closed_to_them(client: Client, path: str) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").content.decode().splitlines())
    assert not rules.can_fetch("AnyBot", f"https://portal.example{path}")
