"""Bodies without a length, or of an absurd one, never reach Django's memory."""

import pytest

from cxportal.bodies import MOST_BYTES, refusal


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], None),
        ([(b"content-length", b"512")], None),
        ([(b"Content-Length", str(MOST_BYTES).encode())], None),
        ([(b"content-length", str(MOST_BYTES + 1).encode())], 413),
        ([(b"content-length", b"-1")], 413),
        ([(b"content-length", b"many")], 413),
        ([(b"content-length", b"1" * 5000)], 413),
        ([(b"transfer-encoding", b"chunked")], 411),
        ([(b"transfer-encoding", b"chunked"), (b"content-length", b"5")], 411),
    ],
)
def test_only_bodies_of_a_known_and_sensible_length_come_in(
    headers: list[tuple[bytes, bytes]], status: int | None
) -> None:
    refused = refusal(headers)
    assert (refused[0] if refused else None) == status
