"""The stores of the demo: real in the data as a number, simulated in everything else."""

import random
from collections.abc import Container, Sequence
from datetime import date
from typing import Any

from customers.models import Store

from .clock import ZONE

# Invented towns in one region of some 150 km: name, latitude, longitude, postcode.
TOWNS = (
    ("Alder Falls", 39.96, -83.00, "43901"),
    ("Brightwater", 39.76, -84.19, "43905"),
    ("Cedar Hollow", 40.06, -82.40, "43910"),
    ("Dunmore Ridge", 39.35, -82.98, "43914"),
    ("Easton Mills", 40.31, -83.07, "43918"),
    ("Fairhaven", 39.71, -82.60, "43922"),
    ("Granby", 40.11, -83.75, "43926"),
    ("Hartley Bridge", 39.53, -83.44, "43930"),
    ("Lakemont", 40.59, -83.13, "43934"),
    ("Marlow", 39.92, -83.81, "43938"),
    ("Northfield Park", 40.37, -82.48, "43942"),
    ("Stonebrook", 40.24, -83.37, "43946"),
)
STREETS = (
    "Mill Street", "Orchard Road", "Station Road", "Market Square", "Harbor Avenue", "Maple Avenue", "Church Street",
    "Ridge Road", "Canal Street", "Meadow Lane", "College Avenue", "Bridge Street", "Spring Street", "Garden Way",
    "Quarry Road", "Sunset Drive", "Elm Street", "Union Street", "River Road", "Chestnut Street", "Foundry Lane",
    "Hilltop Drive", "Prospect Avenue", "Walnut Street", "Fountain Street", "Depot Road", "Park Avenue", "Lake Road",
    "School Lane", "Pine Street", "Tanner Street", "Commerce Way", "Grove Street", "Turnpike Road", "Vine Street",
    "Railway Terrace", "Highland Avenue", "Bell Lane", "Weaver Street", "Cooper Street",
)  # fmt: skip
REGION = "Ohio (simulated)"
SPREAD_DEGREES = 0.06
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_AND_NIGHT, LONG_DAY = ("00:00", "24:00"), ("06:00", "24:00")
HOLD_HOURS = (24, 24, 24, 48, 12)


def store_code(real_id: int) -> str:
    """The code of a store: the number it has in the data."""
    return f"s{real_id}"


def make_stores(real_ids: Sequence[int], *, nights: Container[int], seed: int, today: date) -> list[Store]:
    """Stores for these real ids, not saved; the same for the same seed, whichever others are asked for.

    Those of `nights` have receipts between midnight and six: they are open day and night, the others from six on.

    Towns and streets are dealt out by rank, so that two stores of the chain never share an address.
    """
    opening = [DAY_AND_NIGHT if real_id in nights else LONG_DAY for real_id in real_ids]
    return [
        _make_store(rank, real_id, hours, seed, today)
        for rank, (real_id, hours) in enumerate(zip(real_ids, opening, strict=True))
    ]


def _make_store(rank: int, real_id: int, opening: tuple[str, str], seed: int, today: date) -> Store:
    draw = random.Random(f"{seed}:store:{real_id}")
    town, latitude, longitude, postcode = TOWNS[rank % len(TOWNS)]
    street = STREETS[(rank // len(TOWNS) + 7 * (rank % len(TOWNS))) % len(STREETS)]
    return Store(
        code=store_code(real_id),
        name=f"{town}, {street}",
        street=f"{draw.randint(1, 980)} {street}",
        postcode=postcode,
        city=town,
        region=REGION,
        country="US",
        # 555-01xx is kept free for fiction; the code of the region is the real one's.
        phone=f"+1 614 555 01{rank % 100:02d}",
        latitude=round(latitude + draw.uniform(-SPREAD_DEGREES, SPREAD_DEGREES), 5),
        longitude=round(longitude + draw.uniform(-SPREAD_DEGREES, SPREAD_DEGREES), 5),
        time_zone=ZONE.key,
        currency="USD",
        hours={day: list(opening) for day in WEEK},
        holidays=_holidays(today),
        hold_hours=draw.choice(HOLD_HOURS),
        opened_date=date(draw.randint(1984, 2012), draw.randint(1, 12), draw.randint(1, 28)),
    )


def _holidays(today: date) -> dict[str, Any]:
    """Closed on Christmas Day, as in the data; short on the day before and on New Year's Day."""
    days: dict[str, Any] = {}
    for year in (today.year, today.year + 1):
        days[f"{year}-12-24"] = ["07:00", "18:00"]
        days[f"{year}-12-25"] = None
        days[f"{year}-01-01"] = ["09:00", "18:00"]
    return days


def delivery_seconds(real_id: int) -> int:
    """When a store takes its deliveries: between four and six in the morning, in seconds after midnight."""
    return 4 * 3600 + real_id * 97 % 120 * 60
