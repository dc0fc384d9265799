"""Floor 4: ask, answer, and improve."""

from surveys.models.initiative import Initiative
from surveys.models.response import Answer, Invitation, Response
from surveys.models.survey import Question, Survey

__all__ = ["Answer", "Initiative", "Invitation", "Question", "Response", "Survey"]
