"""Improvements: planned, done, measured, decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Initiative(models.Model):
    """One improvement. Its metric and its control group are set before it starts."""

    class Stage(models.TextChoices):
        PLAN = "PLAN", "Plan"
        ACT = "ACT", "Act"
        ENRICH = "ENRICH", "Enrich"
        MEASURE = "MEASURE", "Measure"
        REVIEW = "REVIEW", "Review"
        DECIDE = "DECIDE", "Decide"

    class Verdict(models.TextChoices):
        SHOWN = "SHOWN", "Shown"
        NOT_SHOWN = "NOT_SHOWN", "Not shown"
        WORSE = "WORSE", "Shown for the worse"

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey("customers.Touchpoint", models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.PLAN)
    hypothesis = models.CharField(max_length=240)
    metric = models.CharField(max_length=40, blank=True)
    treated_stores = models.ManyToManyField("customers.Store", blank=True, related_name="+")
    control_stores = models.ManyToManyField("customers.Store", blank=True, related_name="+")
    registered_at = models.DateTimeField(null=True, blank=True, help_text="When metric and control were fixed.")
    started_at = models.DateTimeField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    verdict = models.CharField(max_length=9, choices=Verdict, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_date", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at=None)
                | Q(registered_at__isnull=False, registered_at__lte=models.F("started_at")),
                name="initiative_registered_before_start",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(decided_at__isnull=False), name="initiative_verdict_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name
