"""The page "calibration": what was said of shelves, and what people found there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.permissions import needs
from inventory.calibration import BANDS, FEWEST, Looks, worst_band
from inventory.models import ShelfObservation
from inventory.selectors.calibration import DAYS, Calibration, calibration

SEES_CALIBRATION = "cxportal.view_calibration"
# The picture, in its own units.
LEFT, TOP, SIDE = 34, 10, 240
KINDS = dict(ShelfObservation.Kind.choices)


@dataclass(frozen=True)
class Line:
    """A row of a table: words, and shares in 100."""

    name: str
    n: str
    said: str
    found: str
    interval: str
    verdict: str
    state: str
    brier: str
    book_brier: str


@needs(SEES_CALIBRATION)
@require_safe
def calibration_page(request: HttpRequest) -> HttpResponse:
    """Said against found, in bands and by kind of look."""
    read = calibration(timezone.now())
    context = {
        "days": DAYS,
        "fewest": FEWEST,
        "metrics": metrics(read),
        "picture": picture(read.bands),
        "bands": [line(_band_name(band), read.bands[band]) for band in sorted(read.bands, reverse=True)],
        "kinds": [line(KINDS[kind], read.kinds[kind]) for kind in KINDS if kind in read.kinds],
        "looks": read.all_looks,
    }
    return render(request, "dashboards/calibration.html", context)


def metrics(read: Calibration) -> list[dict[str, Any]]:
    """Three cards: the worst band, the error against the book's, and what "very likely" is worth."""
    if read.all_looks is None:
        return []
    return [_worst(list(read.bands.values())), _error(read.all_looks), _sure(read.bands)]


def _worst(bands: list[Looks]) -> dict[str, Any]:
    worst = worst_band(bands)
    if worst is None:
        return _card("level", "Indicative", "noise", "Too few looks to say how right we are", "", "", [_fewest()])
    off = round(100 * abs(worst.said_share - worst.found_share))
    fits = not worst.is_off
    return _card(
        "yes" if fits else "bad",
        "As said" if fits else "Off",
        "sure" if fits else "worse",
        "What we say is what is found" if fits else "In one band we are wrong by more than we may",
        str(off),
        "points",
        [
            f"The worst band: {_percent(worst.said_share)} in 100 said, {_percent(worst.found_share)} found",
            f"n {worst.n:,}",
        ],
    )


def _error(looks: Looks) -> dict[str, Any]:
    lines = [f"Ours {looks.brier:.3f}, the book's {looks.book_brier:.3f} (Brier)", f"n {looks.n:,}"]
    if looks.is_indicative or not looks.book_brier:
        return _card("level", "Indicative", "noise", "Our error against the book's", "", "", [*lines, _fewest()])
    share = round(100 * looks.brier / looks.book_brier)
    better = share < 100
    sentence = "We mislead less than the book" if better else "The book alone would mislead less"
    return _card(
        "yes" if better else "bad",
        "Less error" if better else "More error",
        "sure" if better else "worse",
        sentence,
        str(share),
        "% of its error",
        lines,
    )


def _sure(bands: Mapping[int, Looks]) -> dict[str, Any]:
    top = bands.get(BANDS - 1)
    if top is None:
        return _card("level", "Indicative", "noise", "Nobody looked where we were sure", "", "", [_fewest()])
    low, high = top.interval
    sentence = "Of the shelves we were surest of, so many had it"
    state = ("level", "Indicative", "noise") if top.is_indicative else ("yes", "Measured", "sure")
    lines = [f"{_percent(top.said_share)} said", f"95 % interval {_percent(low)} to {_percent(high)}"]
    return _card(*state, sentence, _percent(top.found_share), "in 100", [*lines, f"n {top.n:,}"])


def _card(
    shown: str, tag: str, tag_state: str, sentence: str, figure: str, unit: str, lines: list[str]
) -> dict[str, Any]:
    """As components/metric.html takes it."""
    return {
        "shown": shown,
        "tag": tag,
        "tag_state": tag_state,
        "sentence": sentence,
        "figure": figure,
        "unit": unit,
        "n": lines,
    }


def _fewest() -> str:
    return f"Below {FEWEST} looks a share is a hint, not a figure."


def line(name: str, looks: Looks) -> Line:
    """Looks of one kind, in words."""
    low, high = looks.interval
    state, verdict = _verdict(looks)
    return Line(
        name=name,
        n=f"{looks.n:,}",
        said=_percent(looks.said_share),
        found=_percent(looks.found_share),
        interval=f"{_percent(low)} to {_percent(high)}",
        verdict=verdict,
        state=state,
        brier=f"{looks.brier:.3f}",
        book_brier=f"{looks.book_brier:.3f}",
    )


def _verdict(looks: Looks) -> tuple[str, str]:
    if looks.is_indicative:
        return "noise", "Indicative"
    if not looks.is_off:
        return "sure", "As said"
    return "worse", "Less than said" if looks.found_share < looks.said_share else "More than said"


def _band_name(band: int) -> str:
    width = 100 // BANDS
    return f"{band * width} to {(band + 1) * width}"


def _percent(share: float) -> str:
    """Whole hundredths; "100" only when it is all of them."""
    text = f"{100 * share:.0f}"
    return ">99" if text == "100" and share < 1 else text


def picture(bands: Mapping[int, Looks]) -> dict[str, Any] | None:
    """The reliability diagram as components/chart_reliability.html takes it; None without a look."""
    if not bands:
        return None
    dots = [_dot(bands[band]) for band in sorted(bands)]
    words = ", ".join(f"{_percent(look.said_share)}: {_percent(look.found_share)}" for look in bands.values())
    return {
        "label": f"What was said against what was found, in 100: {words}.",
        "dots": dots,
        "line": "M" + "L".join(f"{dot['x']} {dot['y']}" for dot in dots if not dot["indicative"])
        if sum(not dot["indicative"] for dot in dots) > 1
        else "",
        "ticks": [{"x": f"{_x(tick / 100):.1f}", "y": f"{_y(tick / 100):.1f}", "name": tick} for tick in TICKS],
    }


TICKS = (0, 25, 50, 75, 100)


def _dot(looks: Looks) -> dict[str, Any]:
    low, high = looks.interval
    return {
        "x": f"{_x(looks.said_share):.1f}",
        "y": f"{_y(looks.found_share):.1f}",
        "low": f"{_y(low):.1f}",
        "high": f"{_y(high):.1f}",
        "tone": "" if looks.is_indicative else "-bad" if looks.is_off else "-go",
        "indicative": looks.is_indicative,
    }


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)
