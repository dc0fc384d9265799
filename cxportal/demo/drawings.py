"""One published journey map, one published survey and one planned improvement, so that the back office is alive."""

from datetime import datetime, timedelta

from customers.models import Touchpoint
from cxportal.models import StaffMember
from cxportal.roles import Role
from journeys.models import JourneyMap, Stage, Step
from surveys.models import Initiative, Question, Survey

Lane = Step.Lane
# Stage, the customer's goal, and its steps: lane, name, touchpoint, emotion, moment of truth.
STAGES = (
    (
        "Look",
        "Know whether it is there before I drive",
        (
            (Lane.CUSTOMER, "Looks the product up on the phone", "store-stock-page", 1, True),
            (
                Lane.FRONTSTAGE,
                "The page says which store has it, and how sure that is",
                "store-stock-page",
                1,
                False,
            ),
            (Lane.BACKSTAGE, "Tills post every sale within a second", None, None, False),
        ),
    ),
    (
        "Hold",
        "Not drive for nothing",
        (
            (Lane.CUSTOMER, "Asks the store to keep one aside", "store-hold", 2, False),
            (Lane.FRONTSTAGE, "Confirms once, by the way she prefers", "message-email", 2, False),
            (Lane.BACKSTAGE, "A clerk takes it off the shelf", "store-hold", None, True),
        ),
    ),
    (
        "Collect",
        "Be out again in five minutes",
        (
            (Lane.CUSTOMER, "Collects it at the till", "till", 2, True),
            (Lane.FRONTSTAGE, "Finds it by her name", "till", 1, False),
            (Lane.SUPPORT, "The book of stock", None, None, False),
        ),
    ),
)
QUESTIONS = (
    (Question.Kind.SCALE, "How likely are you to recommend us to a friend?", "NPS", 0, 10),
    (Question.Kind.SCALE, "How easy was it to get what you came for?", "CES2", 1, 7),
    (Question.Kind.TEXT, "What should we do better?", "", None, None),
)


def write_drawings(now: datetime) -> None:
    """Write all three; the improvement belongs to the head of CX when there is such a login."""
    _journey_map(now)
    _survey(now)
    owner = StaffMember.objects.filter(role=Role.CX_HEAD).order_by("id").first()
    if owner:
        Initiative.objects.create(
            name="Count what the page doubts (simulated)",
            owner=owner,
            hypothesis="Where doubtful levels are counted every morning, fewer holds are not found.",
            metric="HOLDS_NOT_FOUND",
            due_date=(now + timedelta(days=60)).date(),
        )


def _journey_map(now: datetime) -> None:
    touchpoints = dict(Touchpoint.objects.values_list("code", "pk"))
    drawn = JourneyMap.objects.create(
        code="hold-and-collect",
        name="Hold and collect (simulated)",
        persona="A shopper who drives half an hour to the store",
        state=JourneyMap.State.PUBLISHED,
        created_at=now - timedelta(days=40),
        published_at=now - timedelta(days=30),
    )
    for position, (name, goal, steps) in enumerate(STAGES, 1):
        stage = Stage.objects.create(map=drawn, position=position, name=name, customer_goal=goal)
        Step.objects.bulk_create(
            [
                Step(
                    stage=stage,
                    lane=lane,
                    position=place,
                    name=text,
                    touchpoint_id=touchpoints[code] if code else None,
                    emotion=emotion,
                    is_moment_of_truth=is_truth,
                )
                for place, (lane, text, code, emotion, is_truth) in enumerate(steps, 1)
            ]
        )


def _survey(now: datetime) -> None:
    survey = Survey.objects.create(
        code="after-collecting",
        kind=Survey.Kind.NPS,
        name="After collecting (simulated)",
        state=Survey.State.PUBLISHED,
        created_at=now - timedelta(days=40),
        published_at=now - timedelta(days=30),
    )
    Question.objects.bulk_create(
        [
            Question(survey=survey, position=place, kind=kind, text=text, metric=metric, scale_min=low, scale_max=high)
            for place, (kind, text, metric, low, high) in enumerate(QUESTIONS, 1)
        ]
    )
