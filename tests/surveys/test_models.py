"""Floor 4: what its tables refuse."""

from datetime import timedelta
from typing import Any

import pytest

from tests.database_rules import refused_by
from tests.factories import (
    NOW,
    make_answer,
    make_initiative,
    make_invitation,
    make_question,
    make_response,
    make_survey,
)

pytestmark = pytest.mark.django_db


def test_a_version_of_a_survey_is_there_once_and_one_is_published() -> None:
    make_survey(code="visit", version=1, state="PUBLISHED", published_at=NOW)
    with refused_by("survey_version_once"):
        make_survey(code="visit", version=1)
    with refused_by("survey_published_once"):
        make_survey(code="visit", version=2, state="PUBLISHED", published_at=NOW)
    with refused_by("survey_published_has_time"):
        make_survey(state="RETIRED")


@pytest.mark.parametrize(
    "ends",
    [{"scale_min": None}, {"scale_max": None}, {"scale_min": 10, "scale_max": 0}, {"scale_min": 5, "scale_max": 5}],
)
def test_a_scale_has_two_ends_in_order(ends: dict[str, Any]) -> None:
    with refused_by("question_scale_has_ends"):
        make_question(**ends)
    make_question(kind="TEXT", scale_min=None, scale_max=None)


def test_a_place_in_a_survey_is_taken_once() -> None:
    question = make_question()
    with refused_by("question_place_once"):
        make_question(question.survey)


@pytest.mark.parametrize(
    "values",
    [
        {"value": 11},
        {"value": -1},
        {"value": 9, "scale_min": None},
        {"value": 9, "scale_max": None},
        {"value": 9, "scale_min": None, "scale_max": None},
    ],
)
def test_an_answer_lies_on_the_scale_it_was_given_on(values: dict[str, Any]) -> None:
    """Ends that are not there compare as unknown, which a CHECK lets pass: they must be asked for."""
    with refused_by("answer_on_its_scale"):
        make_answer(**values)


@pytest.mark.parametrize("value", [0, 10, None])
def test_the_ends_of_the_scale_and_no_number_are_answers(value: int | None) -> None:
    assert make_answer(value=value).value == value


def test_a_question_is_answered_once_in_a_response() -> None:
    answer = make_answer()
    with refused_by("answered_once"):
        make_answer(answer.response, answer.question)


def test_nobody_is_asked_twice_about_one_moment() -> None:
    invitation = make_invitation()
    with refused_by("asked_once_about_one_moment"):
        make_invitation(invitation.customer, survey=invitation.survey, interaction=invitation.interaction)


def test_a_token_opens_one_invitation() -> None:
    invitation = make_invitation()
    with refused_by("surveys_invitation_token_hash_key"):
        make_invitation(token_hash=invitation.token_hash)


def test_an_invitation_has_one_response_and_a_kiosk_needs_none() -> None:
    invitation = make_invitation()
    make_response(survey=invitation.survey, invitation=invitation)
    with refused_by("surveys_response_invitation_id_key"):
        make_response(survey=invitation.survey, invitation=invitation)
    assert make_response().invitation is None


@pytest.mark.parametrize("registered", [None, NOW + timedelta(seconds=1)])
def test_an_initiative_is_registered_before_it_starts(registered: Any) -> None:
    with refused_by("initiative_registered_before_start"):
        make_initiative(registered_at=registered, started_at=NOW)
    make_initiative(registered_at=NOW, started_at=NOW)


def test_a_verdict_has_a_time() -> None:
    with refused_by("initiative_verdict_has_time"):
        make_initiative(verdict="SHOWN")
    make_initiative(verdict="SHOWN", decided_at=NOW)
