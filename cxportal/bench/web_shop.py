"""A web shop that asks for holds over HTTP, with the key of each store."""

import http.client
import json
from datetime import datetime
from functools import partial

from customers.models import Customer, Store
from cxportal.bench.crush import Take
from cxportal.bench.server import Server
from cxportal.keys import hash_key, new_key
from cxportal.models import ApiKey
from inventory.models import Product, StockLevel

ANSWER_SECONDS = 60
PATH = "/api/v1/holds/"
PLACED, REFUSED = 201, 409


class WebShop:
    """Knows every store's key and every product's SKU before it asks for anything."""

    def __init__(self, server: Server, now: datetime) -> None:
        self.port = server.port
        self.keys = {pk: new_key() for pk in Store.objects.values_list("pk", flat=True)}
        ApiKey.objects.bulk_create(
            [
                ApiKey(store_id=store, name="Bench", prefix=key[:6], key_hash=hash_key(key), created_at=now)
                for store, key in self.keys.items()
            ]
        )
        self.skus = dict(Product.objects.values_list("pk", "sku"))

    def door(self) -> Take:
        """A line that is kept for all calls of one process."""
        return partial(self._take, http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS))

    def _take(self, line: http.client.HTTPConnection, customer: Customer, level: StockLevel) -> bool:
        """RuntimeError when the answer is neither a promise nor a refusal."""
        body = json.dumps({"customer": str(customer.public_id), "sku": self.skus[level.product_id]})
        headers = {
            "Authorization": f"Bearer {self.keys[level.store_id]}",
            "Idempotency-Key": f"bench-{customer.pk}-{level.pk}",
            "Content-Type": "application/json",
        }
        line.request("POST", PATH, body, headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status not in (PLACED, REFUSED):
            raise RuntimeError(f"{PATH}: {answer.status} {said[:200]!r}")
        return answer.status == PLACED
