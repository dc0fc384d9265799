"""Keys of tills and shops, and the memory that makes their calls safe to repeat."""

from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """A key that speaks for one store. Only its SHA-256 is stored: it has 256 random bits, so needs no slow hash."""

    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, help_text='Such as "Till 3".')
    prefix = models.CharField(max_length=12, help_text="The first letters, to recognise it by.")
    key_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"


class IdempotentCall(models.Model):
    """The answer that was given under one Idempotency-Key, so that the same call gets the same answer."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty while the call is running.")
    body = models.TextField(blank=True, help_text="The answer, byte for byte.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_call_age")]

    def __str__(self) -> str:
        return self.key


class AuditEvent(models.Model):
    """Who changed what, without the values. The database refuses UPDATE and DELETE."""

    staff = models.ForeignKey("cxportal.StaffMember", models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=120, help_text="What it was done to: apikey:12.")
    fields = models.JSONField(default=list, blank=True, help_text="Names of changed fields, never their values.")
    reason = models.CharField(max_length=240, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-occurred_at"], name="audit_newest"),
            models.Index(fields=["target", "-occurred_at"], condition=~Q(target=""), name="audit_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"
