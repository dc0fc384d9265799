"""What may stand in an address."""

from django.urls.converters import StringConverter

LONGEST_SKU = 40
# Words that stand in the place of a SKU in addresses of their own, and dots that browsers take for folders.
TAKEN = frozenset({"store", "hold", "mine", "question", "waiting", ".", ".."})
APART = "~2"


class SkuConverter(StringConverter):
    """`<sku:...>`: what can be the SKU of a product. Anything else is 404 before the database is asked.

    In the address "/" is written ~1 and "~" ~0, as RFC 6901 does: a server takes %2F for the slash that it stands
    for. A SKU that is also a word of our addresses begins with ~2. Each product has one address and no second one.
    """

    # Each letter may take two.
    regex = f"[^/]{{1,{2 * LONGEST_SKU}}}"

    def to_python(self, value: str) -> str:
        """The SKU. ValueError for control characters: PostgreSQL takes no NUL, and no catalogue has the others."""
        sku = value.replace(APART, "").replace("~1", "/").replace("~0", "~")
        if not sku.isprintable() or len(sku) > LONGEST_SKU or self.to_url(sku) != value:
            raise ValueError(value)
        return sku

    def to_url(self, value: str) -> str:
        """The SKU as it stands in an address, before it is quoted."""
        if value in TAKEN:
            return f"{APART}{value}"
        return value.replace("~", "~0").replace("/", "~1")
