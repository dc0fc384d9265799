"""A clerk before the store screen, for tests: what is tapped goes through the real page."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from customers.models import Store
from cxportal.roles import Role
from inventory.models import Hold, StockLevel, StockQuestion
from inventory.services.holds import place_hold
from inventory.services.questions import ask_store
from tests.factories import make_customer, make_level, make_product, make_staff, make_store, make_wellknown

JSON = "application/json"


class Clerk:
    """Kim, who works in one store."""

    def __init__(self, store: Store | None = None, role: Role = Role.STORE_CLERK) -> None:
        make_wellknown()
        self.store = store or make_store(name="Mill Lane")
        self.staff = make_staff(role, **({"store": self.store} if role is Role.STORE_CLERK else {}))
        self.client = Client()
        self.client.force_login(self.staff)

    def level(self, name: str = "Kettle", on_hand: int = 5, **values: Any) -> StockLevel:
        """A product on this store's shelf."""
        return make_level(store=self.store, product=make_product(name=name, **values), on_hand=on_hand)

    def hold(self, level: StockLevel | None = None, *, now: datetime | None = None, name: str = "Maria Gross") -> Hold:
        """A hold that a shopper asked for."""
        customer = make_customer(name=name)
        because = Hold.Because.SHOPPER
        return place_hold(customer=customer, level=level or self.level(), because=because, now=now or timezone.now())

    def question(self, level: StockLevel | None = None) -> StockQuestion:
        """What a shopper asks this store."""
        return ask_store(customer=make_customer(), level=level or self.level(), now=timezone.now())

    def tap(self, verb: str, target: object, *, tap_id: object = None, **values: Any) -> Any:
        """One tap of the open screen; returns its answer."""
        body = {
            "tap_id": str(tap_id or uuid4()),
            "verb": verb,
            "target": str(target),
            "at": self.store.code,
            "tapped_at": values.pop("tapped_at", timezone.now()).isoformat(),
            "values": values,
        }
        return self.client.post("/store/taps/", body, content_type=JSON)

    def see(self, path: str = "/store/", **query: str) -> str:
        """The page as it comes."""
        answer = self.client.get(path, {"at": self.store.code, **query})
        assert answer.status_code == 200
        return answer.content.decode()
