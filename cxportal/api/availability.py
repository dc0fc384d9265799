"""`GET /api/v1/availability/<sku>/`: the stock page's statements as JSON, for web shops and assistants."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from cxportal.api.problems import Problem
from cxportal.api.schema import refusals
from inventory.forms import typed_place
from inventory.geo import PointError
from inventory.models import Product
from inventory.selectors.availability import StoreAvailability, availability
from inventory.selectors.catalogue import Place, find_place


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


class AvailabilityView(APIView):
    """Public, like the stock page: the same words from the same records."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        responses={200: AvailabilitySerializer, **refusals(400, 404)},
        parameters=[OpenApiParameter("near", str, description="Town, postcode, or latitude,longitude: nearest first.")],
    )
    def get(self, request: Request, sku: str) -> HttpResponse:
        """Every store that keeps the product, nearest first when `near` is given."""
        product = get_object_or_404(Product.objects.on_sale().only("pk", "sku", "name"), sku=sku)
        place = _place(typed_place(request.query_params.get("near", "")))
        now = timezone.now()
        rows = availability(product.pk, now=now, near=place.point if place else None)
        found = {"sku": product.sku, "name": product.name, "as_of": now, "stores": [_row(row) for row in rows]}
        # Written here: the framework's renderer costs as much as finding the answer.
        return HttpResponse(
            json.dumps(found, default=datetime.isoformat, separators=(",", ":")), content_type="application/json"
        )


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
