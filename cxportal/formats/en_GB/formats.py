"""A day as it is read, 24 hours, and always the clock that is meant: "22 Nov 2026, 18:07 UTC"."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i T"
