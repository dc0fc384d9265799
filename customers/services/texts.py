"""The words of a message: templates/messages/<kind>.txt, filled with facts. The first line is the subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Template, TemplateDoesNotExist

# Filled in by us, so no sender may use them for facts.
OWN_WORDS = frozenset({"name", "chain", "way"})
_GAP = "\x00%s\x00"


class TextError(ValueError):
    """A text that can't be made; says what is missing, never what was given."""


@dataclass(frozen=True)
class Text:
    """What one message says."""

    subject_line: str
    body: str


@cache
def _engine() -> Engine:
    """Plain text, so nothing is escaped; a fact that was not given leaves a mark instead of a hole in a sentence."""
    return Engine(dirs=list(Engine.get_default().dirs), autoescape=False, string_if_invalid=_GAP)


def _template(kind: str) -> Template:
    try:
        return _engine().get_template(f"messages/{kind}.txt")
    except TemplateDoesNotExist as error:
        raise TextError(f"There is no text templates/messages/{kind}.txt.") from error


def check_text(kind: str, facts: Mapping[str, Any]) -> None:
    """Raise TextError unless `kind` has a text that these facts fill: the sender learns it, not the recipient."""
    render(kind, facts, name="Somebody", way="EMAIL")


def render(kind: str, facts: Mapping[str, Any], *, name: str, way: str) -> Text:
    """The finished text. Raises TextError when there is none, or when a fact is missing."""
    if taken := OWN_WORDS & facts.keys():
        raise TextError(f"{', '.join(sorted(taken))} is not a fact of the sender's.")
    words = {**facts, "name": name, "chain": settings.CHAIN_NAME, "way": way}
    written = _template(kind).render(Context(words, autoescape=False))
    if (start := written.find("\x00")) >= 0:
        raise TextError(f"The text {kind} needs the fact {written[start + 1 : written.index(chr(0), start + 1)]}.")
    first, _, rest = written.partition("\n")
    return Text(subject_line=" ".join(first.split()), body=f"{rest.strip()}\n")
