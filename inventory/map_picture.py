"""Where stores stand in the picture beside the list: a map without tiles, rings are kilometres. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

CENTRE = 180
REACH = 158
NUMBERED = 9
RING_STEPS_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
PIN_WIDTH, PIN_HEIGHT = 46, 42
LETTER_WIDTH = 6.2
LONGEST_LABEL = 18


@dataclass(frozen=True)
class Ring:
    """A circle of so many kilometres; `radius` in units of the picture."""

    radius: float
    label: str


@dataclass(frozen=True)
class Spot:
    """A store before it is placed: kilometres east and north of the shopper."""

    number: int
    name: str
    state: str
    word: str
    href: str
    east_km: float
    north_km: float


@dataclass(frozen=True)
class Pin:
    """A mark in the picture (0 to 360); `spot_x`, `spot_y` where the store is when the mark had to step aside."""

    number: int
    name: str
    state: str
    word: str
    href: str
    x: float
    y: float
    small: bool
    spot_x: float | None = None
    spot_y: float | None = None


@dataclass(frozen=True)
class Picture:
    """All that components/map.html draws."""

    rings: list[Ring]
    pins: list[Pin]


def draw(spots: Sequence[Spot]) -> Picture:
    """Place the stores of a list (nearest first) around the shopper; the nearest nine carry numbers."""
    if not spots:
        return Picture([], [])
    far_km = max(hypot(spot.east_km, spot.north_km) for spot in spots[:NUMBERED])
    scale = REACH / max(far_km, 0.5)
    pins: list[Pin] = []
    for place, spot in enumerate(spots):
        x, y = CENTRE + spot.east_km * scale, CENTRE - spot.north_km * scale
        if not (20 <= x <= 340 and 16 <= y <= 332):
            continue
        pins.append(_pin(spot, x, y, pins, small=place >= NUMBERED))
    # Small marks first: the numbered ones are drawn over them.
    return Picture(_rings(far_km, scale), sorted(pins, key=lambda pin: (not pin.small, -pin.number)))


def _pin(spot: Spot, x: float, y: float, taken: Sequence[Pin], *, small: bool) -> Pin:
    free = None if small else _step_aside(x, y, spot.name, taken)
    free_x, free_y = free or (x, y)
    moved = (free_x, free_y) != (x, y)
    return Pin(
        number=spot.number,
        name=_label(spot.name),
        state=spot.state,
        word=spot.word,
        href=spot.href,
        x=round(free_x, 1),
        y=round(free_y, 1),
        # No room for a name: a mark without one still says how sure we are.
        small=free is None,
        spot_x=round(x, 1) if moved else None,
        spot_y=round(y, 1) if moved else None,
    )


def _label(name: str) -> str:
    """A name that fits below a mark; the list beside the map has it whole."""
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip(' ,')}…"


def _half_width(name: str) -> float:
    """Half of what a mark and the name below it take, in units of the picture."""
    return max(PIN_WIDTH, len(name) * LETTER_WIDTH) / 2


def _step_aside(x: float, y: float, name: str, taken: Sequence[Pin]) -> tuple[float, float] | None:
    """The nearest free place for a numbered mark, tried in growing steps around the store; None when it is full."""
    half = _half_width(_label(name))
    numbered = [pin for pin in taken if not pin.small]
    for step in range(8):
        for east, north in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
            across = min(max(x + east * step * 24, half + 2), 358 - half)
            down = min(max(y + north * step * 22, 20), 326)
            clear_of_pins = all(
                abs(across - pin.x) >= half + _half_width(pin.name) or abs(down - pin.y) >= PIN_HEIGHT
                for pin in numbered
            )
            clear_of_shopper = abs(across - CENTRE) >= half + 6 or abs(down - CENTRE) >= 34
            if clear_of_pins and clear_of_shopper:
                return across, down
    return None


def _rings(far_km: float, scale: float) -> list[Ring]:
    steps = [km for km in RING_STEPS_KM if 24 <= km * scale <= REACH + 20]
    return [Ring(round(km * scale, 1), f"{km} km") for km in steps[-3:]]
