"""Reading taps: JSON from the open screen, plain forms without JavaScript."""

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.urls import reverse

from cxportal.store.forms import TapForm
from cxportal.store.taps import Tap

JSON = "application/json"
# Everything else that a form carries belongs to the deed.
OWN = {"tap_id", "verb", "target", "tapped_at", "at", "back", "csrfmiddlewaretoken"}
MOST_VALUES = 2000


def is_json(request: HttpRequest) -> bool:
    """Whether the screen's script sent it."""
    return request.content_type == JSON


def tap_of(request: HttpRequest) -> tuple[Tap, str]:
    """The tap and the code of the store it is for. BadRequest when it can't be read."""
    sent = _json_of(request) if is_json(request) else request.POST.dict()
    form = TapForm(sent)
    if not form.is_valid():
        raise BadRequest("This is no tap.")
    given = form.cleaned_data
    tap = Tap(given["tap_id"], given["verb"], given["target"], _values(sent), given["tapped_at"])
    return tap, str(sent.get("at") or "")


def back_to(request: HttpRequest, at: str) -> str:
    """Where a plain form leads back to: the list that it stood in."""
    named = request.POST.get("back", "")
    query = f"?{urlencode({'at': at})}" if at else ""
    return f"{reverse('store')}{query}{f'#{named}' if named.isalpha() else ''}"


def _json_of(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequest("This is no JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("A tap is an object.")
    return body


def _values(sent: dict[str, Any]) -> dict[str, str]:
    values = sent.get("values")
    own = values if isinstance(values, dict) else {name: value for name, value in sent.items() if name not in OWN}
    if len(own) > MOST_VALUES:
        raise BadRequest("Too many values.")
    return {str(name): str(value) for name, value in own.items()}
