"""Small pure helpers of the components: glyphs, meters, positions in charts, initials."""

import re
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

TONES = {"sure": "go", "shown": "go", "ask": "ask", "gone": "gone", "broken": "alert", "worse": "alert"}
BETWEEN_TAGS = re.compile(r"\s*\n\s*")
METER_PARTS = 10
PART_WIDTH = 9
PART_STEP = 11
PART_HEIGHT = 8


@register.filter
def tone(state: str) -> str:
    """The colour that belongs to a state: go, ask, gone, alert, or noise for what says nothing."""
    return TONES.get(state, "noise")


@register.simple_tag
@lru_cache(maxsize=64)
def glyph(state: str, label: str = "") -> SafeString:
    """The mark of a state, see components/glyph.html. Kept, since lists of stores repeat the same few marks."""
    return drawn("components/glyph.html", {"state": state, "tone": tone(state), "label": label})


@register.simple_tag
@lru_cache(maxsize=512)
def meter(percent: int, state: str) -> SafeString:
    """Confidence in ten parts, see components/meter.html. Kept: there are only a hundred and one of each colour."""
    return drawn("components/meter.html", {"percent": percent, "state": state})


def drawn(name: str, context: dict[str, object]) -> SafeString:
    """The component `name` as one line, so that it may stand within text and within SVG."""
    return mark_safe(BETWEEN_TAGS.sub("", render_to_string(name, context)))  # noqa: S308 - our own, autoescaped


@register.filter
@lru_cache(maxsize=128)
def meter_path(percent: float) -> str:
    """SVG path of a meter in ten parts of which `percent` (0 to 100, cut off outside) is filled.

    One path instead of twenty rectangles: the lookup page draws a meter per store.
    """
    filled = max(0.0, min(float(percent), 100.0)) / METER_PARTS
    widths = (max(0.0, min(filled - part, 1.0)) * PART_WIDTH for part in range(METER_PARTS))
    return "".join(
        f"M{part * PART_STEP} 0h{width:.1f}v{PART_HEIGHT}h-{width:.1f}z" for part, width in enumerate(widths) if width
    )


@register.simple_tag
def scale(value: float, low: float, high: float, start: float, end: float) -> str:
    """Where `value` of the range `low` to `high` lies between `start` and `end`, as SVG writes numbers.

    Values outside are cut off at the ends; an empty range lies at `start`.
    """
    share = (float(value) - float(low)) / (float(high) - float(low)) if float(high) != float(low) else 0.0
    position = float(start) + max(0.0, min(share, 1.0)) * (float(end) - float(start))
    return f"{position:.1f}"


@register.simple_tag
def place(index: int, step: float, start: float = 0) -> str:
    """Position of the item number `index` (from 0) in a row of equal steps, as SVG writes numbers."""
    return f"{float(start) + int(index) * float(step):.1f}"


@register.filter
def initials(name: object) -> str:
    """Two letters for a person's square; a single word gives its first two."""
    words = str(name).replace(".", " ").replace("_", " ").split()
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()
