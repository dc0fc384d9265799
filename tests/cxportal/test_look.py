"""The components' helpers, and pages that must draw themselves when little else works."""

import pytest
from django.db import DatabaseError, connection
from django.template.loader import get_template
from django.test import RequestFactory

from customers.models import Source
from cxportal import context
from cxportal.templatetags.look import glyph, initials, meter, meter_path, place, scale, tone

STATES = {"sure": "go", "ask": "ask", "gone": "gone", "broken": "alert", "shown": "go", "worse": "alert"}


@pytest.mark.parametrize(
    ("percent", "parts"), [(0, 0), (3, 1), (10, 1), (58, 6), (94, 10), (100, 10), (-5, 0), (250, 10)]
)
def test_meter_path_fills_one_part_per_started_ten(percent: int, parts: int) -> None:
    assert meter_path(percent).count("M") == parts


def test_meter_path_cuts_the_last_part() -> None:
    assert meter_path(15) == "M0 0h9.0v8h-9.0zM11 0h4.5v8h-4.5z"


def test_scale_keeps_values_inside_the_picture() -> None:
    assert [scale(value, 60, 95, 0, 300) for value in (60, 77.5, 95, 10, 200)] == [
        "0.0",
        "150.0",
        "300.0",
        "0.0",
        "300.0",
    ]
    assert scale(5, 5, 5, 20, 40) == "20.0"


def test_place_counts_equal_steps() -> None:
    assert [place(index, 24, 14) for index in range(3)] == ["14.0", "38.0", "62.0"]


@pytest.mark.parametrize(
    ("name", "letters"), [("Sample Person", "SP"), ("sample.person", "SP"), ("clerk", "CL"), ("", "?")]
)
def test_initials_of_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(("state", "colour"), [*STATES.items(), ("noise", "noise"), ("steady", "noise"), ("", "noise")])
def test_glyph_has_its_colour_and_a_shape(state: str, colour: str) -> None:
    assert tone(state) == colour
    assert f"is-{colour}" in glyph(state)
    assert glyph(state).count("<path") + glyph(state).count("<circle") > 0


def test_every_state_has_a_shape_of_its_own() -> None:
    states = ("sure", "ask", "gone", "broken", "shown", "noise", "steady")
    assert len({glyph(state).split(">", 1)[1] for state in states}) == len(states)


def test_labels_are_escaped() -> None:
    assert 'aria-label="&lt;b&gt;&quot;"' in glyph("sure", '<b>"')
    assert "<b>" not in meter(5, "<b>").replace('<b class="num">', "")


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_pages_for_broken_requests_need_neither_context_nor_database(name: str) -> None:
    assert "<h1>" in get_template(name).render()


@pytest.mark.django_db
def test_demo_flag_follows_the_simulated_source() -> None:
    context.demo_in.cache_clear()
    assert not context.is_demo()
    Source.objects.create(code="simulated-here", name="Simulated", kind=Source.Kind.DEMO)
    assert not context.is_demo(), "the answer is kept for a minute"
    context.demo_in.cache_clear()
    assert context.is_demo()
    context.demo_in.cache_clear()


@pytest.mark.django_db
def test_demo_flag_is_off_when_the_database_is_away() -> None:
    def away(*query: object) -> None:
        raise DatabaseError

    context.demo_in.cache_clear()
    with connection.execute_wrapper(away):
        assert not context.is_demo()


def test_visitors_have_no_navigation(rf: RequestFactory) -> None:
    assert context.nav(rf.get("/stock/")) == []


def test_front_page_is_current_only_on_itself() -> None:
    assert context.is_open("/", "/", "/")
    assert not context.is_open("/stock/", "/", "/")
    assert context.is_open("/stock/1234/", "/stock/", "/")
