"""Finding a customer by something he says of himself: an exact match on a keyed hash."""

from django.conf import settings

from customers.identifiers import keyed_hash, normalise
from customers.models import Customer, Identifier


def hash_of(kind: Identifier.Kind, value: str) -> bytes:
    """The keyed hash that `value` is stored under. Raises IdentifierError when it can't be one."""
    normal = normalise(kind.value, value, settings.DEFAULT_REGION)
    return keyed_hash(kind.value, normal, settings.LOOKUP_KEY.encode())


def find_customer_ids(kind: Identifier.Kind, value: str) -> list[int]:
    """Ids of all people who have this identifier, merged ones as their survivor; a shared phone gives several."""
    owners = Customer.objects.filter(identifiers__kind=kind, identifiers__value_hash=hash_of(kind, value))
    return sorted({merged or pk for pk, merged in owners.values_list("pk", "merged_into")})
