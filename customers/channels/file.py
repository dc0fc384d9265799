"""Messages as files under MESSAGE_DIR: for demo and development, and for SMS until there is a provider.

The files hold names and addresses in the clear, so only the account that the portal runs as can read them.
"""

import os
from pathlib import Path

from django.conf import settings

from customers.channels.envelope import Envelope, TemporaryError


def write_email(envelope: Envelope) -> str:
    """email/<series>-<number>.eml, which mail programs open. Returns its name."""
    return _write(f"email/{envelope.series}-{envelope.number}.eml", envelope.as_email().message().as_bytes())


def write_sms(envelope: Envelope) -> str:
    """sms/<series>-<number>.txt: the number, an empty line, the text. Returns its name."""
    return _write(
        f"sms/{envelope.series}-{envelope.number}.txt", f"To: {envelope.recipient}\n\n{envelope.body}".encode()
    )


def _write(name: str, content: bytes) -> str:
    """Whole or not at all. A second try of the same message replaces the file of the first."""
    target = Path(settings.MESSAGE_DIR) / name
    half_done = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(half_done, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half_done.replace(target)
    except OSError as error:
        raise TemporaryError(f"the file could not be written ({type(error).__name__})") from None
    return name
