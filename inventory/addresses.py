"""What may stand in an address."""

from django.urls.converters import StringConverter


class SkuConverter(StringConverter):
    """`<sku:...>`: what can be the SKU of a product. Anything else is 404 before the database is asked."""

    regex = "[^/]{1,40}"

    def to_python(self, value: str) -> str:
        """The SKU. ValueError for control characters: PostgreSQL takes no NUL, and no catalogue has the others."""
        if not value.isprintable():
            raise ValueError(value)
        return value
