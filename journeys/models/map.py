"""Journey maps as drawn: stages across, steps in lanes below."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class JourneyMap(models.Model):
    """One version of one map. A published version is never changed; the next version replaces it."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PUBLISHED = "PUBLISHED", "Published"
        RETIRED = "RETIRED", "Retired"

    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=120)
    persona = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="map_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="PUBLISHED"), name="map_published_once"),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(published_at__isnull=False), name="map_published_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Stage(models.Model):
    """A phase of the journey as the customer sees it."""

    map = models.ForeignKey(JourneyMap, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    customer_goal = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["map", "position"], name="stage_place_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """What happens in one lane of one stage."""

    class Lane(models.TextChoices):
        CUSTOMER = "CUSTOMER", "Customer action"
        FRONTSTAGE = "FRONTSTAGE", "Frontstage"
        BACKSTAGE = "BACKSTAGE", "Backstage"
        SUPPORT = "SUPPORT", "Support"

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="steps")
    lane = models.CharField(max_length=10, choices=Lane)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    touchpoint = models.ForeignKey("customers.Touchpoint", models.PROTECT, null=True, blank=True, related_name="steps")
    expectation = models.CharField(max_length=240, blank=True, help_text="In the customer's own words.")
    emotion = models.SmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(-3), MaxValueValidator(3)], help_text="-3 to 3"
    )
    is_moment_of_truth = models.BooleanField(default=False)
    owner = models.CharField(max_length=80, blank=True)
    system = models.CharField(max_length=80, blank=True, help_text="The system behind it.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "lane", "position"], name="step_place_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(emotion=None) | Q(emotion__range=(-3, 3)), name="step_emotion_in_range"),
        ]

    def __str__(self) -> str:
        return self.name
