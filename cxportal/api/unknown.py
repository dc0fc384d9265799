"""Addresses under /api/ where there is nothing: programs get a problem document, not a page."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class UnknownView(APIView):
    """404 for every method."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before the method is looked at: what is not there has no methods either."""
        raise NotFound("There is nothing at this address. /api/schema/ lists what there is.")
