"""The ways out of the house: one function per way takes an envelope and hands it to whoever carries it on.

A channel knows neither customers nor consent. It returns the carrier's id for what it took, or raises one of the three
failures, whose texts hold no address and nothing of what the carrier answered in words.
"""

from collections.abc import Callable

from django.conf import settings

from customers.channels import file, smtp
from customers.channels.envelope import Envelope, PermanentError, TemporaryError, UnclearError

__all__ = ["Envelope", "PermanentError", "TemporaryError", "UnclearError", "deliver", "leaves_the_house"]


def _email(envelope: Envelope) -> str:
    """By the mail server; where none is set (demo, development), to files."""
    return smtp.send(envelope) if settings.EMAIL_HOST else file.write_email(envelope)


# There is no SMS provider yet: text messages are written to files until one is added here.
CARRIERS: dict[str, Callable[[Envelope], str]] = {"EMAIL": _email, "SMS": file.write_sms}


def leaves_the_house(way: str) -> bool:
    """Whether what goes by `way` reaches somebody: where it counts, a file on our own disk does not."""
    return way in CARRIERS and not (settings.PRODUCTION and CARRIERS[way] is file.write_sms)


def deliver(way: str, envelope: Envelope) -> str:
    """Hand `envelope` over by `way` and return the carrier's id for it.

    Raises TemporaryError (nothing went out; try again), PermanentError (nothing went out; trying again is vain)
    or UnclearError (nobody knows whether it went out).
    """
    carrier = CARRIERS.get(way)
    if carrier is None:
        raise PermanentError(f"nobody carries messages by {way}")
    return carrier(envelope)
