"""Floor 3: what its tables refuse."""

from typing import Any

import pytest

from journeys.models import CaseEvent, JourneyMap, Stage
from tests.database_rules import in_savepoint, refused_by
from tests.factories import NOW, make_case, make_interaction, make_map, make_step

pytestmark = pytest.mark.django_db


def test_a_version_of_a_map_is_there_once() -> None:
    make_map(code="first", version=1)
    make_map(code="first", version=2)
    with refused_by("map_version_once"):
        make_map(code="first", version=2)


def test_one_version_is_published() -> None:
    make_map(code="first", version=1, state="PUBLISHED", published_at=NOW)
    make_map(code="first", version=2, state="RETIRED", published_at=NOW)
    with refused_by("map_published_once"):
        make_map(code="first", version=3, state="PUBLISHED", published_at=NOW)


@pytest.mark.parametrize("state", [JourneyMap.State.PUBLISHED, JourneyMap.State.RETIRED])
def test_what_was_published_has_a_time(state: str) -> None:
    with refused_by("map_published_has_time"):
        make_map(state=state)


def test_stages_change_places_in_one_transaction() -> None:
    journey = make_map()
    first = Stage.objects.create(map=journey, position=1, name="Search")
    second = Stage.objects.create(map=journey, position=2, name="Buy")
    with in_savepoint():
        Stage.objects.filter(pk=first.pk).update(position=2)
        Stage.objects.filter(pk=second.pk).update(position=1)
    assert [stage.name for stage in journey.stages.all()] == ["Buy", "Search"]
    with refused_by("stage_place_once"):
        Stage.objects.filter(pk=first.pk).update(position=1)


def test_a_place_in_a_lane_is_taken_once() -> None:
    step = make_step(position=1)
    make_step(step.stage, lane="FRONTSTAGE", position=1)
    with refused_by("step_place_once"):
        make_step(step.stage, position=1)


@pytest.mark.parametrize("emotion", [-4, 4])
def test_emotion_lies_between_minus_three_and_three(emotion: int) -> None:
    make_step(emotion=3)
    make_step(emotion=None)
    with refused_by("step_emotion_in_range"):
        make_step(emotion=emotion)


def test_a_closed_case_has_a_time() -> None:
    with refused_by("case_closed_has_time"):
        make_case(state="CLOSED")
    make_case(state="CLOSED", closed_at=NOW)


def test_a_moment_of_a_case_has_a_row_of_its_own_in_the_ledger() -> None:
    case, entry = make_case(), make_interaction()
    values: dict[str, Any] = {"case": case, "interaction": entry, "occurred_at": NOW}
    CaseEvent.objects.create(kind="OPENED", **values)
    with refused_by("journeys_caseevent_interaction_id_key"):
        CaseEvent.objects.create(kind="NOTE", **values)
