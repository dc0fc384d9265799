"""A store of the chain: where it is, when it is open, in which clock and money it trades."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Upper

from customers.hours import HoursError, OpenState, check_holidays, check_hours, open_state


def validate_hours(value: Any) -> None:
    """ValidationError that names the day when opening hours are malformed."""
    try:
        check_hours(value)
    except HoursError as error:
        raise ValidationError(str(error), code="HOURS") from error


def validate_holidays(value: Any) -> None:
    """ValidationError that names the date when a holiday is malformed."""
    try:
        check_holidays(value)
    except HoursError as error:
        raise ValidationError(str(error), code="HOLIDAYS") from error


def validate_time_zone(value: str) -> None:
    """ValidationError when the name is not in the tz database."""
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone, such as Europe/Madrid.", code="TIME_ZONE")


currency_code = RegexValidator(r"^[A-Z]{3}$", "Three capital letters of ISO 4217, such as EUR.")


# Where a store stands on Mercator's map. On a plain grid of degrees the nearest is not the nearest: at 60 degrees of
# latitude one of longitude is half as long. This map keeps the shapes of near things, and its poles lie in infinity.
ON_MAP = "point(radians(longitude), ln(tan(radians(least(greatest(latitude, -89.5), 89.5)) / 2 + pi() / 4)))"


class StoreQuerySet(models.QuerySet["Store"]):
    """Stores in the words of the field."""

    def trading(self) -> "StoreQuerySet":
        """Stores that have not been closed for good."""
        return self.filter(closed_date=None)


class Store(models.Model):
    """One shop, with its own clock, money and opening hours."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=160, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, default="US", help_text="ISO 3166, two letters.")
    phone = models.CharField(max_length=32, blank=True, help_text="The store's own number, shown to shoppers.")
    latitude = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default="USD", validators=[currency_code])
    hours = models.JSONField(
        default=dict, blank=True, validators=[validate_hours], help_text='{"mon": ["09:00", "20:00"], "sun": null}'
    )
    holidays = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_holidays],
        help_text='{"2026-12-25": null, "2026-12-24": ["09:00", "14:00"]}',
    )
    hold_hours = models.PositiveSmallIntegerField(default=24, help_text="How long a held item is kept, in hours.")
    opened_date = models.DateField(null=True, blank=True)
    closed_date = models.DateField(null=True, blank=True)

    objects = StoreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(Upper("city"), name="store_city"),
            GistIndex(models.Func(template=ON_MAP), name="store_on_map", condition=models.Q(closed_date=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="store_on_the_globe"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def open_state(self, now: datetime) -> OpenState:
        """Whether the store is open at `now` and until (or from) when, in its own clock."""
        return open_state(self.hours, self.holidays, now.astimezone(ZoneInfo(self.time_zone)))
