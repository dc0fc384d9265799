"""`GET /api/v1/availability/<sku>/`: the stock page's statements as JSON, for web shops and assistants."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from cxportal.api.authentication import ApiKeyAuthentication, Till
from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from cxportal.models import ApiKey
from inventory.forms import typed_place
from inventory.geo import PointError
from inventory.models import Product
from inventory.selectors.availability import MAX_STORES, StoreAvailability, availability, availability_of
from inventory.selectors.catalogue import Place, find_place
from inventory.selectors.nearby import nearest_levels
from inventory.views.caching import shared, tag_of

SECONDS = 5


class StoreAvailabilitySerializer(serializers.Serializer[Any]):
    """What is said about one product in one store."""

    store = serializers.CharField()
    name = serializers.CharField()
    city = serializers.CharField()
    distance_km = serializers.FloatField(allow_null=True)
    band = serializers.ChoiceField(["SURE", "ASK", "GONE", "UNKNOWN"])
    word = serializers.CharField()
    chance_in_100 = serializers.IntegerField(allow_null=True)
    evidence = serializers.CharField()
    last_sold_at = serializers.DateTimeField(allow_null=True)
    last_counted_at = serializers.DateTimeField(allow_null=True)
    is_open = serializers.BooleanField()


class AvailabilitySerializer(serializers.Serializer[Any]):
    """One product in every store that keeps it."""

    sku = serializers.CharField()
    name = serializers.CharField()
    as_of = serializers.DateTimeField()
    stores = StoreAvailabilitySerializer(many=True)


class OptionalKey(ApiKeyAuthentication):
    """A key is welcome here, and nobody needs one."""

    def authenticate(self, request: Request) -> tuple[Till, ApiKey] | None:  # type: ignore[override]
        """The till of the key; None for a stranger. A key that is sent and not valid is 401 all the same."""
        return super().authenticate(request) if request.headers.get("Authorization") else None


class AvailabilityView(APIView):
    """Public, like the stock page: the same words from the same records. With a key there is no limit of looks."""

    authentication_classes = [OptionalKey]
    permission_classes = [AllowAny]

    @extend_schema(
        responses={200: AvailabilitySerializer, **refusals(400, 401, 404, 429)},
        parameters=[
            OpenApiParameter("near", str, description="Town, postcode, or latitude,longitude: nearest first."),
            OpenApiParameter("limit", int, description=f"So many stores at most, 1 to {MAX_STORES}; all unless told."),
        ],
        auth=[],
        description=(
            "In the address, write / in a SKU as ~1 and ~ as ~0. Without a key the evidence says bands instead of"
            " numbers above two, and who asks too often gets 429."
        ),
    )
    @method_decorator(shared(SECONDS))
    def get(self, request: Request, sku: str) -> HttpResponse:
        """Every store that keeps the product, nearest first when `near` is given."""
        product = get_object_or_404(Product.objects.on_sale().only("pk", "sku", "name"), sku=sku)
        place = _place(typed_place(request.query_params.get("near", "")))
        now = timezone.now()
        rows = _rows(product.pk, place, _limit(request), now, exact=request.auth is not None)
        stores = _json([_row(row) for row in rows])
        # Written here: the framework's renderer costs as much as finding the answer.
        head = _json({"sku": product.sku, "name": product.name, "as_of": now})
        answer = HttpResponse(f'{head[:-1]},"stores":{stores}}}', content_type="application/json")
        answer["ETag"] = tag_of(f"{product.name}{stores}".encode())
        return answer


def _json(value: Any) -> str:
    return json.dumps(value, default=datetime.isoformat, separators=(",", ":"))


def _rows(product_id: int, place: Place | None, limit: int, now: datetime, *, exact: bool) -> list[StoreAvailability]:
    """One statement for all stores, or two for the nearest few; numbers for who has a key, bands for strangers."""
    near = place.point if place else None
    if limit == MAX_STORES:
        return availability(product_id, now=now, near=near, exact=exact)
    return availability_of(nearest_levels(product_id, near, limit=limit), now=now, near=near, exact=exact)


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(MAX_STORES))
    if not (given.isdecimal() and 1 <= int(given[:9]) <= MAX_STORES):
        raise Problem(400, "LIMIT", f"Send a whole number from 1 to {MAX_STORES}.", field="limit")
    return int(given)


def _place(near: str) -> Place | None:
    try:
        place = find_place(near)
    except PointError as error:
        raise Problem(400, "PLACE", str(error), field="near") from error
    if near and place is None:
        raise Problem(
            400, "UNKNOWN_PLACE", "Send latitude,longitude, or a town where the chain has a store.", field="near"
        )
    return place


def _row(row: StoreAvailability) -> dict[str, Any]:
    return {
        "store": row.store.code,
        "name": row.store.name,
        "city": row.store.city,
        "distance_km": None if row.distance_km is None else round(row.distance_km, 2),
        "band": row.band,
        "word": row.word,
        "chance_in_100": row.chance,
        "evidence": row.evidence,
        "last_sold_at": row.facts.last_sold_at,
        "last_counted_at": row.facts.last_counted_at,
        "is_open": row.opening.is_open,
    }
