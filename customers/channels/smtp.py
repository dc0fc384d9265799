"""E-mail by the mail server of the settings, through Django's mail."""

import contextlib
import re
import smtplib

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from customers.channels.envelope import Envelope, PermanentError, TemporaryError, UnclearError

PERMANENT = 500
_ENHANCED = re.compile(r"\d\.\d{1,3}\.\d{1,3}(?=\s|$)")


def send(envelope: Envelope) -> str:
    """Hand it to the mail server and return the Message-ID."""
    server = get_connection()
    try:
        server.open()
    except OSError as error:
        # A wrong password too: whoever runs the portal mends it, and the message still goes.
        raise TemporaryError(f"no connection to the mail server ({_name(error)})") from None
    try:
        _hand_over(server, envelope)
    finally:
        # The server has taken or refused it; how it says good-bye changes nothing.
        with contextlib.suppress(OSError):
            server.close()
    return envelope.message_id


def _hand_over(server: BaseEmailBackend, envelope: Envelope) -> None:
    """Sorts smtplib's errors. `from None`: the server's words often quote the address, and a traceback is a log."""
    try:
        server.send_messages([envelope.as_email()])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _refusal(code, words, "the address") from None
    except smtplib.SMTPSenderRefused as error:
        # It is our own address that is not liked: a matter of set-up, not of this message.
        raise TemporaryError(_said(error.smtp_code, error.smtp_error, "the sender")) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error, "the message") from None
    except (ValueError, smtplib.SMTPNotSupportedError) as error:
        raise PermanentError(f"it makes no e-mail ({_name(error)})") from None
    except OSError as error:
        raise UnclearError(f"the connection to the mail server broke ({_name(error)})") from None


def _refusal(code: int, words: bytes | str, what: str) -> TemporaryError | PermanentError:
    return (PermanentError if code >= PERMANENT else TemporaryError)(_said(code, words, what))


def _said(code: int, words: bytes | str, what: str) -> str:
    """Code and enhanced code (RFC 3463) of the answer, without its words."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    found = _ENHANCED.match(text)
    return f"the mail server refused {what} ({code}{f' {found[0]}' if found else ''})"


def _name(error: Exception) -> str:
    return type(error).__name__
