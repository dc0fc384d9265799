"""`POST /api/v1/waitlist/`: a place in the line, for whoever stands before a console or a web shop's empty shelf."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as RuleBroken
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request

from customers.models import Store
from cxportal.api.calls import Answer, OfStore, called_once
from cxportal.api.holds import KEY, REFUSED, ForWhomSerializer, customer_of, product_of
from cxportal.api.problems import Problem
from inventory.models import WaitlistEntry
from inventory.promises import MOST_PIECES
from inventory.services.waitlist import join_waitlist, position


class WaitSerializer(ForWhomSerializer):
    """What somebody waits for, in the store of the key."""

    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES, required=False, default=1)
    wants = serializers.ChoiceField(
        WaitlistEntry.Wants.values, required=False, default="HOLD", help_text="HOLD: keep it; TELL: only say so."
    )


class WaitAnswerSerializer(serializers.Serializer[Any]):
    """A place in the line; `hold` when it was free at once."""

    id = serializers.UUIDField()
    sku = serializers.CharField()
    store = serializers.CharField()
    state = serializers.ChoiceField(WaitlistEntry.State.values)
    wants = serializers.ChoiceField(WaitlistEntry.Wants.values)
    position = serializers.IntegerField(help_text="1 is next; 0: does not wait.")
    hold = serializers.UUIDField(allow_null=True)
    joined_at = serializers.DateTimeField()
    customer = serializers.UUIDField()


class WaitlistView(OfStore):
    """Places in the line, first come, first served across all channels."""

    @extend_schema(request=WaitSerializer, responses={201: WaitAnswerSerializer, **REFUSED}, parameters=[KEY])
    def post(self, request: Request) -> HttpResponse:
        """Join the line; who waits already adds this store and keeps his place."""
        return called_once(request, WaitSerializer, _join)


def _join(store: Store, sent: dict[str, Any], now: datetime) -> Answer:
    product, customer = product_of(sent["sku"]), customer_of(sent, now)
    try:
        entry = join_waitlist(
            customer=customer,
            product=product,
            stores=[store],
            wants=WaitlistEntry.Wants(sent["wants"]),
            now=now,
            quantity=sent["quantity"],
        )
    except RuleBroken as error:
        raise Problem(409, str(error.code), error.messages[0]) from error
    return status.HTTP_201_CREATED, {
        "id": str(entry.public_id),
        "sku": product.sku,
        "store": store.code,
        "state": entry.state,
        "wants": entry.wants,
        "position": position(entry),
        "hold": str(entry.hold.public_id) if entry.hold else None,
        "joined_at": entry.joined_at.isoformat(),
        "customer": str(customer.public_id),
    }
