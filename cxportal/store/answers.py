"""What a tap is answered, and how it is kept and sent."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What became of a tap. `code` names the broken rule when it was refused; `again` asks to count once more."""

    status: int
    words: str
    code: str = ""
    again: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the tap took effect."""
        return self.status == HTTPStatus.OK

    @property
    def is_unreadable(self) -> bool:
        """Whether nothing was even tried."""
        return self.status == HTTPStatus.BAD_REQUEST

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept and sent."""
        return {**asdict(self), "done": self.is_done}


def done(words: str, *, again: bool = False) -> Answer:
    """It was done."""
    return Answer(HTTPStatus.OK, words, again=again)


def refused(words: str, code: str) -> Answer:
    """A rule stands against it; the words say which, and the way out."""
    return Answer(HTTPStatus.CONFLICT, words, code)


def unreadable(words: str) -> Answer:
    """The tap itself makes no sense."""
    return Answer(HTTPStatus.BAD_REQUEST, words, "UNREADABLE")


def kept(body: dict[str, Any]) -> Answer:
    """The answer that was kept under a tap's id."""
    return Answer(body["status"], body["words"], body["code"], body["again"])
