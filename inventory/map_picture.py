"""Where stores stand in the picture beside the list: a map without tiles, rings are kilometres. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

CENTRE = 180
REACH = 158
NUMBERED = 9
RING_STEPS_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
PIN_WIDTH, PIN_HEIGHT = 46, 42
BARE_HEIGHT, SMALL_GAP = 28, 26
AROUND = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
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
    """A mark in the picture (0 to 360); `label` is empty where a name has no room.

    `spot_x`, `spot_y` say where the store is when the mark had to step aside.
    """

    number: int
    name: str
    label: str
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
    """Place the stores of a list (nearest first) around the shopper; the nearest nine carry numbers.

    Marks stay in the list's order: it is the order in which the keyboard reaches them.
    """
    if not spots:
        return Picture([], [])
    far_km = max(hypot(spot.east_km, spot.north_km) for spot in spots[:NUMBERED])
    scale = REACH / max(far_km, 0.5)
    pins: list[Pin] = []
    for place, spot in enumerate(spots):
        x, y = CENTRE + spot.east_km * scale, CENTRE - spot.north_km * scale
        pin = _numbered(spot, x, y, pins) if place < NUMBERED else _small(spot, x, y, pins)
        if pin:
            pins.append(pin)
    return Picture(_rings(far_km, scale), pins)


def _numbered(spot: Spot, x: float, y: float, taken: Sequence[Pin]) -> Pin | None:
    """A mark with number and name near its store; without the name where that has no room."""
    for label, steps in ((_label(spot.name), 2), ("", 3)):
        free = _step_aside(x, y, label, taken, steps)
        if free:
            return _pin(spot, free, label, aside_of=None if free == (x, y) else (x, y))
    return _small(spot, x, y, taken)


def _small(spot: Spot, x: float, y: float, taken: Sequence[Pin]) -> Pin | None:
    """A mark without number and name; none where it would lie outside or upon another."""
    inside = 20 <= x <= 340 and 16 <= y <= 332
    clear = all(abs(x - pin.x) >= SMALL_GAP or abs(y - pin.y) >= SMALL_GAP for pin in taken)
    return _pin(spot, (x, y), "", small=True) if inside and clear else None


def _pin(
    spot: Spot, at: tuple[float, float], label: str, *, small: bool = False, aside_of: tuple[float, float] | None = None
) -> Pin:
    return Pin(
        number=spot.number,
        name=spot.name,
        label=label,
        state=spot.state,
        word=spot.word,
        href=spot.href,
        x=round(at[0], 1),
        y=round(at[1], 1),
        small=small,
        spot_x=round(aside_of[0], 1) if aside_of else None,
        spot_y=round(aside_of[1], 1) if aside_of else None,
    )


def _label(name: str) -> str:
    """A name that fits below a mark; the list beside the map has it whole."""
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip(' ,')}…"


def _half_width(label: str) -> float:
    """Half of what a mark and the label below it take, in units of the picture."""
    return max(PIN_WIDTH, len(label) * LETTER_WIDTH) / 2


def _height(label: str) -> float:
    return PIN_HEIGHT if label else BARE_HEIGHT


def _step_aside(x: float, y: float, label: str, taken: Sequence[Pin], steps: int) -> tuple[float, float] | None:
    """The nearest free place for a numbered mark, at most `steps` aside; None when there is none."""
    half = _half_width(label)
    for step in range(steps + 1):
        for east, north in AROUND if step else AROUND[:1]:
            across = min(max(x + east * step * 24, half + 2), 358 - half)
            down = min(max(y + north * step * 22, 20), 326)
            clear_of_pins = all(
                abs(across - pin.x) >= half + _half_width(pin.label)
                # What reaches down from a mark is the label of the upper one.
                or abs(down - pin.y) >= _height(label if down < pin.y else pin.label)
                for pin in taken
            )
            # The shopper's word stands above him, where the label of a mark reaches down to.
            clear_below = CENTRE - down >= 54 or down - CENTRE >= 36
            clear_of_shopper = abs(across - CENTRE) >= half + 14 or (clear_below if label else abs(down - CENTRE) >= 36)
            if clear_of_pins and clear_of_shopper:
                return across, down
    return None


def _rings(far_km: float, scale: float) -> list[Ring]:
    steps = [km for km in RING_STEPS_KM if 24 <= km * scale <= REACH + 20]
    return [Ring(round(km * scale, 1), f"{km} km") for km in steps[-3:]]
