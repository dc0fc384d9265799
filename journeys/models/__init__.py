"""Floor 3: journeys as designed, and the cases that come out of them."""

from journeys.models.case import Case, CaseEvent
from journeys.models.map import JourneyMap, Stage, Step

__all__ = ["Case", "CaseEvent", "JourneyMap", "Stage", "Step"]
