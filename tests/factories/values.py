"""Values that the factories share."""

from datetime import UTC, datetime
from itertools import count

# A Wednesday, noon in UTC and in the morning in New York.
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PASSWORD = "only-for-tests"
EVERY_DAY = {day: ["09:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

numbers = count(1)
