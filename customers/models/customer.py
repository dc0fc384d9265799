"""A customer as everybody may see her: a stable public id and masked columns. The person is in the vault."""

import uuid

from django.db import models


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers in the words of the field."""

    def people(self) -> "CustomerQuerySet":
        """One row per person: merged records follow their survivor and are left out."""
        return self.filter(merged_into=None)

    def members_of(self, customer: "Customer") -> "CustomerQuerySet":
        """The person's own row and every row merged into it."""
        survivor = customer.merged_into_id or customer.pk
        return self.filter(models.Q(pk=survivor) | models.Q(merged_into=survivor))


class Customer(models.Model):
    """The row that ledger, sales, cases and answers point at. It holds no personal data."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    masked_name = models.CharField(max_length=40, blank=True, help_text='"Maria G.": staff of the chain see this.')
    initials = models.CharField(max_length=12, blank=True, help_text='"M. G.": outsourced agents see this.')
    masked_phone = models.CharField(max_length=12, blank=True, help_text='"...34"')
    masked_email = models.CharField(max_length=40, blank=True, help_text='"m***@g***"')
    home_store = models.ForeignKey("customers.Store", models.PROTECT, null=True, blank=True, related_name="+")
    open_complaints = models.PositiveIntegerField(default=0, help_text="Written by cases, obeyed by the governor.")
    is_erased = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="customer_merged"),
            models.Index(fields=["masked_name"], name="customer_masked_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="customer_not_merged_into_itself"
            ),
        ]
        permissions = [
            ("see_names", "May see names and contact details in full"),
            ("see_masked_names", "May see first name and initial"),
            ("reveal_field", "May reveal one field for a case, with a reason"),
            ("find_by_name", "May search customers by name"),
        ]

    def __str__(self) -> str:
        return self.initials or str(self.public_id)[:8]


class Identifier(models.Model):
    """Something that finds a customer exactly: kept only as a keyed hash (HMAC-SHA256)."""

    class Kind(models.TextChoices):
        PHONE = "PHONE", "Phone"
        EMAIL = "EMAIL", "E-mail"
        LOYALTY = "LOYALTY", "Loyalty number"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=Kind)
    value_hash = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField(default=1)
    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value_hash", "customer"], name="identifier_once_per_customer"),
            # A loyalty number is given out by us: two people can't have the same one.
            models.UniqueConstraint(
                fields=["value_hash"], condition=models.Q(kind="LOYALTY"), name="loyalty_number_has_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"
