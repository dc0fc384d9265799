"""The page that says how right we are: figures, bands, kinds, and who may see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cxportal.dashboards.calibration import line, metrics, picture
from cxportal.roles import Role
from inventory.calibration import Looks, wilson, worst_band
from inventory.models import ShelfObservation
from inventory.selectors.calibration import calibration
from tests.cxportal.people import signed_in, statements
from tests.factories import make_level, make_store

URL = "/calibration/"


def look(count: int = 1, **values: Any) -> None:
    level = values.pop("level", None) or make_level()
    known = {"kind": "HOLD", "was_there": True, "chance": 0.9, "book": 1, "observed_at": timezone.now()}
    ShelfObservation.objects.bulk_create(
        [ShelfObservation(level=level, **{**known, **values}) for _ in range(count)],
    )


@pytest.mark.parametrize(
    ("found", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]
)
def test_wilson_against_published_values(found: int, n: int, low: float, high: float) -> None:
    assert wilson(found, n) == pytest.approx((low, high), abs=1e-4)


def test_band_with_few_looks_is_never_the_worst() -> None:
    few = Looks(n=29, found=0, said=29.0, squares=29.0, book_squares=29.0)
    many = Looks(n=30, found=15, said=18.0, squares=8.0, book_squares=15.0)
    assert worst_band([few, many]) == many
    assert worst_band([few]) is None
    assert (few.is_indicative, many.is_indicative) == (True, False)


@pytest.mark.django_db
def test_bands_kinds_and_errors() -> None:
    look(3, chance=0.95)
    look(1, chance=1.0, was_there=False)
    look(2, chance=0.25, was_there=False, kind="COUNT", book=2)
    look(1, chance=0.5, observed_at=timezone.now() - timedelta(days=91))
    read = calibration(timezone.now())
    assert {band: (looks.n, looks.found) for band, looks in read.bands.items()} == {9: (4, 3), 2: (2, 0)}
    assert read.kinds["COUNT"].brier == pytest.approx(0.0625)
    assert read.kinds["COUNT"].book_brier == 1
    assert read.all_looks is not None
    assert read.all_looks.n == 6


@pytest.mark.django_db
def test_cards_say_off_only_with_enough_looks() -> None:
    look(40, chance=0.95, was_there=False)
    worst = metrics(calibration(timezone.now()))[0]
    assert (worst["tag"], worst["figure"]) == ("Off", "95")
    ShelfObservation.objects.filter(pk__in=ShelfObservation.objects.values("pk")[:15]).delete()
    assert metrics(calibration(timezone.now()))[0]["tag"] == "Indicative"


@pytest.mark.django_db
def test_table_and_card_agree_on_what_may_be_off() -> None:
    look(400, chance=0.97)
    read = calibration(timezone.now())
    band = read.bands[9]
    low, _ = band.interval
    assert low > band.said_share
    assert not band.is_off
    assert line("90 to 100", band).verdict == "As said"
    assert metrics(read)[0]["tag"] == "As said"


@pytest.mark.django_db
def test_picture_joins_only_what_is_sure() -> None:
    look(40, chance=0.95)
    look(40, chance=0.55)
    look(2, chance=0.15)
    drawn = picture(calibration(timezone.now()).bands)
    assert drawn is not None
    assert len(drawn["dots"]) == 3
    assert drawn["line"].count("L") == 1
    assert picture({}) is None


@pytest.mark.django_db
def test_head_of_cx_sees_table_and_picture() -> None:
    look(40, chance=0.95)
    page = signed_in(Role.CX_HEAD).get(reverse("calibration"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Less than said" not in text
    assert "<svg" in text
    assert "90 to 100" in text
    assert 'href="/calibration/"' in text


@pytest.mark.django_db
def test_nobody_looked_yet() -> None:
    assert "Nobody has looked yet" in signed_in(Role.CX_HEAD).get(URL).content.decode()


@pytest.mark.django_db
def test_others_may_not() -> None:
    assert signed_in(Role.STORE_CLERK, store=make_store()).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302


@pytest.mark.django_db
def test_as_many_statements_for_one_look_as_for_many() -> None:
    client = signed_in(Role.CX_HEAD)
    look(1)
    # The frame asks once a minute whether there is demo data.
    client.get(URL)
    few = statements(client, URL)
    look(50, chance=0.3)
    assert statements(client, URL) == few
