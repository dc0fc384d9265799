"""A till that posts receipts."""

from typing import Any

from django.test import Client
from django.utils import timezone

from inventory.models import StockLevel
from tests.factories import make_api_key, make_level, make_product

URL = "/api/v1/sales/"


class Till:
    """A till with its store, one product and five pieces of it."""

    def __init__(self) -> None:
        self.level = make_level(on_hand=5, product=make_product(sku="TEA"))
        self.key, self.raw = make_api_key(self.level.store)

    def body(self, **values: Any) -> dict[str, Any]:
        lines = [{"sku": "TEA", "quantity": 2, "unit_price": "9.99"}]
        return {"receipt": "R1", "sold_at": timezone.now().isoformat(), "customer": None, "lines": lines, **values}

    def post(self, body: Any, *, key: str | None = "k1", raw: str | None = None, **more: str) -> Any:
        """The answer to a body: text and bytes are sent as they are, anything else as JSON."""
        headers = {"Authorization": f"Bearer {raw or self.raw}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content_type = more.pop("content_type", "application/json")
        return Client().post(URL, body, content_type=content_type, headers={**headers, **more})

    def on_hand(self) -> int:
        return StockLevel.objects.get(pk=self.level.pk).on_hand
