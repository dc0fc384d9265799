"""Bodies of the API: JSON in UTF-8, read strictly, because what is read in two ways is booked in the wrong one."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.http import parse_header_parameters
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from cxportal.api.problems import Problem


class StrictJSONParser(BaseParser):
    """Refuses what other readers of JSON read differently: repeated members, NaN, other encodings than UTF-8."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The values of the body. ParseError when it is no JSON, Problem 415 when it is not plain UTF-8."""
        _check_charset(media_type or "")
        _check_encoding((parser_context or {}).get("request"))
        try:
            text = stream.read().decode("utf-8")
            return json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
        except RecursionError as error:
            raise ParseError("This JSON is nested too deeply.") from error
        except UnicodeDecodeError as error:
            raise ParseError("The body must be UTF-8.") from error
        except ValueError as error:
            raise ParseError(f"This is not JSON: {error}") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        # A name is shown in the refusal; half a surrogate pair could not even be sent.
        if not name.isprintable():
            raise ParseError("The name of a member has characters that can't be shown.")
        if name in members:
            raise ParseError(f"The member {name} is there more than once.")
        members[name] = value
    return members


def _no_constant(name: str) -> Any:
    raise ParseError(f"{name} is not a JSON value.")


def _check_charset(content_type: str) -> None:
    charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    if charset.strip("\"' ").lower() not in ("utf-8", "utf8"):
        raise _unsupported("Send the body as UTF-8: application/json; charset=utf-8.", "Content-Type")


def _check_encoding(request: Any) -> None:
    encoding = request.headers.get("Content-Encoding", "") if request is not None else ""
    if encoding.strip().lower() not in ("", "identity"):
        raise _unsupported("Send the body plain, without Content-Encoding.", "Content-Encoding")


def _unsupported(detail: str, header: str) -> Problem:
    return Problem(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail, field=header)
