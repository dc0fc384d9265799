"""What the tills sold."""

from django.db import models

from customers.models.store import currency_code


class Sale(models.Model):
    """One receipt of one store."""

    store = models.ForeignKey("customers.Store", models.PROTECT, related_name="sales", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="sales", db_index=False
    )
    interaction = models.OneToOneField("customers.Interaction", models.PROTECT, related_name="+")
    receipt = models.CharField(max_length=60)
    sold_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, validators=[currency_code])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "receipt"], name="receipt_once_per_store")]
        indexes = [
            models.Index(fields=["store", "-sold_at"], name="sale_in_store"),
            models.Index(fields=["-sold_at"], name="sale_newest"),
            models.Index(
                fields=["customer", "-sold_at"], condition=models.Q(customer__isnull=False), name="sale_to_customer"
            ),
        ]

    def __str__(self) -> str:
        return f"Receipt {self.receipt}"


class SaleLine(models.Model):
    """One product on a receipt."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="lines")
    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="sale_line_of_something"),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="sale_line_price_not_negative"),
        ]
        indexes = [models.Index(fields=["product"], name="sale_line_of_product")]

    def __str__(self) -> str:
        return f"{self.quantity} x product {self.product_id}"
