"""Identifiers in one normal form and as a keyed hash: the form that a look-up compares. Pure rules."""

import hashlib
import hmac
import unicodedata

import phonenumbers

KEY_VERSION = 1
# Mail servers that read no dots.
DOTLESS = {"gmail.com", "googlemail.com"}


class IdentifierError(ValueError):
    """A value that can't be an identifier; the text says why."""


def normal_phone(value: str, region: str) -> str:
    """E.164, read as dialled in `region` (ISO 3166, two letters)."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise IdentifierError("This is not a phone number.") from error
    if not phonenumbers.is_possible_number(number):
        raise IdentifierError("A phone number can't have this length.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_email(value: str) -> str:
    """Lower case, NFKC, without spaces around it."""
    email = unicodedata.normalize("NFKC", value).strip().casefold()
    local, at, domain = email.rpartition("@")
    if not (at and local and "." in domain.strip(".")):
        raise IdentifierError("This is not an e-mail address.")
    return email


def mailbox_of(normal: str) -> str:
    """Where an e-mail ends up: one box has as many addresses as somebody types tags and dots. Others as they are.

    For limits alone: it may be wrong of a mail server that reads addresses in another way.
    """
    local, at, domain = normal.rpartition("@")
    if not at:
        return normal
    box = local.partition("+")[0] or local
    if domain in DOTLESS:
        box = box.replace(".", "") or box
    return f"{box}@{domain}"


def normal_loyalty(value: str) -> str:
    """Letters and digits only, upper case."""
    number = "".join(letter for letter in value.upper() if letter.isalnum())
    if not number:
        raise IdentifierError("A loyalty number has letters or digits.")
    return number


def normalise(kind: str, value: str, region: str) -> str:
    """The normal form of a PHONE, EMAIL or LOYALTY value. Raises IdentifierError."""
    if kind == "PHONE":
        return normal_phone(value, region)
    return normal_email(value) if kind == "EMAIL" else normal_loyalty(value)


def keyed_hash(kind: str, normal: str, key: bytes) -> bytes:
    """HMAC-SHA256 of kind and normal form: 32 bytes. Without the key nobody can try numbers against it."""
    return hmac.new(key, f"{kind}:{normal}".encode(), hashlib.sha256).digest()
