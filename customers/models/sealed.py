"""Tables of the vault. Only customers/vault.py may use these models; the serving login has no right to read them.

No reverse accessor, no admin, and DO_NOTHING on delete: Django would otherwise query the vault in passing.
"""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper


class Identity(models.Model):
    """Who the customer is. The customer is the key: INSERT then needs no RETURNING."""

    customer = models.OneToOneField("customers.Customer", models.DO_NOTHING, primary_key=True, related_name="+")
    name = models.TextField()
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    street = models.TextField(blank=True)
    postcode = models.TextField(blank=True)
    city = models.TextField(blank=True)
    birth_date = models.DateField(null=True, blank=True)
    loyalty_number = models.TextField(blank=True)

    class Meta:
        db_table = '"vault"."identity"'
        default_permissions = ()
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="identity_name_trgm")]

    def __str__(self) -> str:
        return f"Identity {self.pk}"


class AccessLog(models.Model):
    """Who looked at what, and why. The vault's role may add rows and read them, nothing else."""

    at = models.DateTimeField(db_default=Now())
    customer = models.ForeignKey("customers.Customer", models.DO_NOTHING, null=True, related_name="+")
    row_count = models.PositiveIntegerField(default=1, help_text="For a batch of the system's: how many people.")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+")
    role = models.CharField(max_length=40)
    purpose = models.CharField(max_length=12)
    fields = models.CharField(max_length=240)
    case_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = '"vault"."access_log"'
        default_permissions = ()
        indexes = [models.Index(fields=["staff", "-at"], name="access_log_by_staff")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.fields}"


class MessageContent(models.Model):
    """The text of one message and the address it went to."""

    message = models.OneToOneField("customers.Message", models.DO_NOTHING, primary_key=True, related_name="+")
    recipient = models.TextField()
    subject_line = models.TextField(blank=True)
    body = models.TextField()

    class Meta:
        db_table = '"vault"."message_content"'
        default_permissions = ()

    def __str__(self) -> str:
        return f"Content of message {self.pk}"


class SourcePayload(models.Model):
    """What a source sent, as it sent it."""

    record = models.OneToOneField("customers.SourceRecord", models.DO_NOTHING, primary_key=True, related_name="+")
    payload = models.JSONField()

    class Meta:
        db_table = '"vault"."source_payload"'
        default_permissions = ()

    def __str__(self) -> str:
        return f"Payload of record {self.pk}"


class ContactAddress(models.Model):
    """Where a code goes, and the code: gone when it has been used or is over."""

    contact_code = models.OneToOneField("customers.ContactCode", models.DO_NOTHING, primary_key=True, related_name="+")
    recipient = models.TextField()
    code = models.TextField()

    class Meta:
        db_table = '"vault"."contact_address"'
        default_permissions = ()

    def __str__(self) -> str:
        return f"Address of code {self.pk}"
