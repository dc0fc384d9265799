"""Who calls: a till with its key, which fixes the store."""

from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cxportal.keys import hash_key
from cxportal.models import ApiKey


@dataclass(frozen=True)
class Till:
    """The caller of a till's request."""

    api_key: ApiKey
    is_authenticated: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`. A missing, unknown or revoked key is 401."""

    def authenticate(self, request: Request) -> tuple[Till, ApiKey]:
        """The till of the key. A door for tills has no other way in, so that a missing key is refused here."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            raise NotAuthenticated("Send the header Authorization: Bearer <key>.")
        if len(words) != 2:
            raise AuthenticationFailed("Write the header as: Authorization: Bearer <key>.")
        found = ApiKey.objects.select_related("store").filter(
            key_hash=hash_key(words[1].decode("latin-1")), revoked_at=None
        )
        key = found.first()
        if key is None:
            raise AuthenticationFailed("This key is not known, or it was revoked. Ask the back office for a new one.")
        return Till(key), key

    def authenticate_header(self, request: Request) -> str:
        """What a client without a key is told to bring."""
        return "Bearer"


class IsTill(BasePermission):
    """Only callers with a store's key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True for a till."""
        return isinstance(request.user, Till)
