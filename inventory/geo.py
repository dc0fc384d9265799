"""Distances on the globe. Pure rules."""

import re
from dataclasses import dataclass
from math import asin, cos, log, pi, radians, sin, sqrt, tan

EARTH_RADIUS_KM = 6371.0088
# Where Mercator's map ends here: the poles themselves would lie in infinity.
MAP_END = 89.5
SEPARATOR = re.compile(r"\s*[,;]\s*|\s+")


@dataclass(frozen=True)
class Point:
    """A place by latitude and longitude, in degrees."""

    latitude: float
    longitude: float


class PointError(ValueError):
    """Text that is no pair of coordinates; says what to write."""


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in kilometres (haversine)."""
    north = radians(b.latitude - a.latitude) / 2
    east = radians(b.longitude - a.longitude) / 2
    chord = sin(north) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def plane_km(origin: Point, point: Point) -> tuple[float, float]:
    """Kilometres (east, north) of `point` from `origin` on a flat map; good to a few hundred kilometres."""
    degree_km = EARTH_RADIUS_KM * radians(1)
    east = ((point.longitude - origin.longitude + 180) % 360 - 180) * degree_km * cos(radians(origin.latitude))
    return east, (point.latitude - origin.latitude) * degree_km


def on_map(point: Point) -> tuple[float, float]:
    """Where `point` stands on Mercator's map (radians east, and north as the map stretches it)."""
    latitude = min(max(point.latitude, -MAP_END), MAP_END)
    return radians(point.longitude), log(tan(radians(latitude) / 2 + pi / 4))


def parse_point(text: str) -> Point | None:
    """ "40.1, -88.2" (or with a semicolon or a blank between) as a point; None when it is no pair of numbers.

    PointError when it is not on the globe.
    """
    parts = SEPARATOR.split(text.strip())
    if len(parts) != 2:
        return None
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise PointError("Latitude runs from -90 to 90, longitude from -180 to 180.")
    return Point(latitude, longitude)
