"""What a channel is handed, and how it says that it failed."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage


@dataclass(frozen=True)
class Envelope:
    """One text to one address. `number` is its own within its series, the same at every try: so doubles can be told."""

    number: int
    recipient: str
    subject_line: str
    body: str
    series: str = "message"

    def __repr__(self) -> str:
        # A traceback or a log line must not become a leak.
        return f"Envelope({self.number})"

    @property
    def message_id(self) -> str:
        """The Message-ID of RFC 5322, made of the number."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
        return f"<{self.series}-{self.number}@{domain}>"

    def as_email(self) -> EmailMessage:
        """As an e-mail; answering machines are asked to keep silent (RFC 3834)."""
        headers = {"Message-ID": self.message_id, "Auto-Submitted": "auto-generated"}
        return EmailMessage(self.subject_line, self.body, to=[self.recipient], headers=headers)


class TemporaryError(Exception):
    """Nothing went out; another try may succeed."""


class PermanentError(Exception):
    """Nothing went out, and no other try by this way will."""


class UnclearError(Exception):
    """The connection broke at a moment after which nobody knows whether the message went out."""
