"""What is sold: products by SKU, with their variants."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Upper

from customers.models.store import currency_code
from inventory.gtin import is_gtin
from inventory.money import money


def validate_gtin(value: str) -> None:
    """ValidationError when `value` is no GTIN-8, 12, 13 or 14 with a right check digit."""
    if value and not is_gtin(value):
        raise ValidationError(f"{value} is not a GTIN: its check digit or length is wrong.", code="GTIN")


class ProductQuerySet(models.QuerySet["Product"]):
    """Products in the words of the field."""

    def on_sale(self) -> "ProductQuerySet":
        """Products that the chain still sells."""
        return self.filter(is_active=True)


class Product(models.Model):
    """One thing with a SKU. Each size and colour is a product; `variant_of` names the one they belong to."""

    sku = models.CharField("SKU", max_length=40, unique=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True, validators=[validate_gtin])
    name = models.CharField(max_length=160)
    brand = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=120, blank=True)
    size = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=60, blank=True)
    variant_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="variants")
    price = models.DecimalField(max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3, default="USD", validators=[currency_code])
    search_text = models.TextField(editable=False, help_text="Name, brand, category, size and colour, for search.")
    is_active = models.BooleanField(default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["sku"]
        constraints = [
            models.UniqueConstraint(fields=["gtin"], condition=~models.Q(gtin=""), name="product_gtin_once"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(condition=~models.Q(variant_of=models.F("id")), name="product_not_its_own_variant"),
        ]
        indexes = [GinIndex(OpClass(Upper("search_text"), name="gin_trgm_ops"), name="product_search_trgm")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep `search_text` in step with what it is made of."""
        self.search_text = search_text(self.name, self.brand, self.category, self.size, self.colour)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def price_words(self) -> str:
        """The price with its currency."""
        return money(self.price, self.currency)


def search_text(*parts: str) -> str:
    """The words of a product in one line, each once, in the order given."""
    return " ".join(dict.fromkeys(word for part in parts for word in part.split()))
