"""The demo's logins and till keys. Nothing here is secret, so they exist only with demo data."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password

from customers.models import Store
from cxportal.groups import sync_groups
from cxportal.keys import PREFIX, hash_key
from cxportal.models import ApiKey, StaffMember
from cxportal.roles import ROLES, Role

AGENCY = "Harbor Contact (simulated)"
IN_A_STORE = (Role.STORE_MANAGER, Role.STORE_CLERK)
TILL_NAME = "Till 1 (simulated)"
SHOWN_LETTERS = 8

Hashes = dict[Role, str]


@dataclass(frozen=True)
class Login:
    """A demo login as `demo_access` prints it."""

    role: str
    username: str
    password: str


@dataclass(frozen=True)
class TillKey:
    """A store's demo key as `demo_access` prints it."""

    store: str
    key: str


def login_of(role: Role) -> Login:
    """The username is the role in lower case with dashes; the password follows from it."""
    username = role.value.lower().replace("_", "-")
    return Login(role.value, username, f"demo-{username}")


def till_key(store_code: str) -> str:
    """A store's demo key: made anew from SECRET_KEY each time, because only its hash is stored."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo till {store_code}".encode(), hashlib.sha256)
    return PREFIX + digest.hexdigest()


def hash_passwords() -> Hashes:
    """The hash of each demo password; a third of a second each."""
    return {role: make_password(login_of(role).password) for role in ROLES}


def make_accounts(store: Store, hashes: Hashes) -> int:
    """One login per role, store staff in `store`; returns how many."""
    StaffMember.objects.bulk_create([_account(role, store, hashes[role]) for role in ROLES])
    sync_groups()
    return len(ROLES)


def _account(role: Role, store: Store, password_hash: str) -> StaffMember:
    login = login_of(role)
    return StaffMember(
        username=login.username,
        password=password_hash,
        first_name="Demo",
        last_name=ROLES[role].label,
        email=f"{login.username}@example.com",
        role=role,
        store=store if role in IN_A_STORE else None,
        agency=AGENCY if role is Role.OUTSOURCED_AGENT else "",
    )


def make_till_keys(stores: Sequence[Store], now: datetime) -> int:
    """One key per store; returns how many."""
    keys = [(store, till_key(store.code)) for store in stores]
    rows = [
        ApiKey(store=store, name=TILL_NAME, prefix=raw[:SHOWN_LETTERS], key_hash=hash_key(raw), created_at=now)
        for store, raw in keys
    ]
    return len(ApiKey.objects.bulk_create(rows))


def access() -> dict[str, list[dict[str, str]]]:
    """What `demo_access` prints: the logins and keys that are there and still work."""
    names = set(StaffMember.objects.filter(is_active=True).values_list("username", flat=True))
    logins = [login_of(role) for role in ROLES]
    keys = ApiKey.objects.filter(name=TILL_NAME, revoked_at=None).order_by("id")
    tills = [TillKey(code, till_key(code)) for code in keys.values_list("store__code", flat=True)]
    return {
        "logins": [asdict(login) for login in logins if login.username in names],
        "tills": [asdict(till) for till in tills],
    }
