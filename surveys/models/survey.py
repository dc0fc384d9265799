"""Questions: typed surveys in published versions."""

from django.db import models
from django.db.models import F, Q


class Survey(models.Model):
    """One version of one survey. A published version is never changed."""

    class Kind(models.TextChoices):
        NPS = "NPS", "Net Promoter Score"
        CES = "CES", "Customer Effort Score"
        CSAT = "CSAT", "Customer satisfaction"
        BCX = "BCX", "Best customer experience"
        ENPS = "ENPS", "Employee Net Promoter Score"
        CUSTOM = "CUSTOM", "Custom"

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PUBLISHED = "PUBLISHED", "Published"
        RETIRED = "RETIRED", "Retired"

    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    is_anonymous = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="survey_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="PUBLISHED"), name="survey_published_once"),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(published_at__isnull=False), name="survey_published_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Question(models.Model):
    """One question with the scale it is answered on."""

    class Kind(models.TextChoices):
        SCALE = "SCALE", "Scale"
        CHOICE = "CHOICE", "Choice"
        TEXT = "TEXT", "Text"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    text = models.CharField(max_length=240)
    metric = models.CharField(max_length=20, blank=True, help_text="Which metric, in which version: NPS, CES2.")
    scale_min = models.SmallIntegerField(null=True, blank=True)
    scale_max = models.SmallIntegerField(null=True, blank=True)
    higher_is_better = models.BooleanField(default=True)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="question_place_once"),
            models.CheckConstraint(
                condition=~Q(kind="SCALE")
                | Q(scale_min__isnull=False, scale_max__isnull=False, scale_min__lt=F("scale_max")),
                name="question_scale_has_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.text
