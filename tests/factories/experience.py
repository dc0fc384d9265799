"""Maps, cases, surveys, improvements."""

from datetime import timedelta
from typing import Any

from customers.models import Customer
from cxportal.keys import hash_key
from cxportal.roles import Role
from journeys.models import Case, JourneyMap, Stage, Step
from surveys.models import Answer, Initiative, Invitation, Question, Response, Survey
from tests.factories.people import make_channel, make_customer, make_interaction, make_staff
from tests.factories.values import NOW, numbers


def make_case(customer: Customer | None = None, **values: Any) -> Case:
    """An open case."""
    defaults = {"number": f"C-{next(numbers)}", "reason_group": "delivery", "opened_at": NOW}
    return Case.objects.create(customer=customer or make_customer(), **{**defaults, **values})


def make_map(**values: Any) -> JourneyMap:
    """A map in draft."""
    return JourneyMap.objects.create(
        **{"code": f"map-{next(numbers)}", "name": "First purchase", "created_at": NOW, **values}
    )


def make_step(stage: Stage | None = None, **values: Any) -> Step:
    """A step in the customer's lane."""
    stage = stage or Stage.objects.create(map=make_map(), position=1, name="Search")
    defaults = {"lane": Step.Lane.CUSTOMER, "position": 1, "name": "Looks it up"}
    return Step.objects.create(stage=stage, **{**defaults, **values})


def make_survey(**values: Any) -> Survey:
    """A survey in draft."""
    defaults = {
        "code": f"survey-{next(numbers)}",
        "kind": Survey.Kind.NPS,
        "name": "After the visit",
        "created_at": NOW,
    }
    return Survey.objects.create(**{**defaults, **values})


def make_question(survey: Survey | None = None, **values: Any) -> Question:
    """Would you recommend us: 0 to 10."""
    defaults = {
        "position": 1,
        "kind": Question.Kind.SCALE,
        "text": "Would you recommend us?",
        "scale_min": 0,
        "scale_max": 10,
    }
    return Question.objects.create(survey=survey or make_survey(), **{**defaults, **values})


def make_invitation(customer: Customer | None = None, **values: Any) -> Invitation:
    """A question about one moment of one customer."""
    customer = customer or make_customer()
    defaults: dict[str, Any] = {"token_hash": hash_key(f"token-{next(numbers)}"), "invited_at": NOW}
    defaults["expires_at"] = NOW + timedelta(days=14)
    survey = values.pop("survey", None) or make_survey()
    interaction = values.pop("interaction", None) or make_interaction(customer=customer)
    return Invitation.objects.create(
        survey=survey, customer=customer, interaction=interaction, **{**defaults, **values}
    )


def make_response(**values: Any) -> Response:
    """An anonymous one, from a kiosk."""
    survey = values.pop("survey", None) or make_survey()
    return Response.objects.create(survey=survey, channel=make_channel(), **{"submitted_at": NOW, **values})


def make_answer(response: Response | None = None, question: Question | None = None, **values: Any) -> Answer:
    """Nine out of ten."""
    response = response or make_response()
    question = question or make_question(response.survey)
    return Answer.objects.create(
        response=response, question=question, **{"value": 9, "scale_min": 0, "scale_max": 10, **values}
    )


def make_initiative(**values: Any) -> Initiative:
    """A plan."""
    owner = values.pop("owner", None) or make_staff(Role.CX_HEAD)
    return Initiative.objects.create(owner=owner, **{"name": "Name plates", "hypothesis": "They help", **values})
