"""The replay says what went wrong in words that help, and forgets what was overcome."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cxportal.demo.replay import Receipt, Replay, Tally, TillLine

RECEIPTS = [Receipt("s1", f"{number}", 0, "L1", (("TEA", 1, 100),)) for number in range(2)]


def play(monkeypatch: pytest.MonkeyPatch, answers: list[tuple[int, str] | OSError]) -> Tally:
    """The tally after the tills heard these answers, one after the other."""
    left = list(answers)

    def post(line: TillLine, key: str, idempotency_key: str, body: bytes) -> tuple[int, str]:
        answer = left.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(TillLine, "post", post)
    player = Replay(
        "http://127.0.0.1:9",
        {"s1": "cx_1"},
        run="1",
        tills=1,
        clock=lambda: datetime(2026, 7, 1, tzinfo=UTC),
        first_wait_seconds=0,
    )
    return player.play(RECEIPTS, speed=1e9, tell=lambda _: None)


def test_nobody_answered_is_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = play(monkeypatch, [ConnectionRefusedError(111, "refused")] * 12)
    assert (tally.failed, tally.last_error) == (2, "no answer: [Errno 111] refused")


def test_trouble_that_was_overcome_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = play(monkeypatch, [(503, "busy"), (201, ""), ConnectionResetError(), (201, "")])
    assert (tally.receipts, tally.repeated, tally.failed, tally.last_error) == (2, 2, 0, "")


def test_trouble_that_was_not_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = play(monkeypatch, [(400, "lines: too many"), (201, "")])
    assert (tally.receipts, tally.failed, tally.last_error) == (1, 1, "400: lines: too many")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/stock/", "http://h?x=1", "http://h:port", "http://", "h:8000"])
def test_address_that_can_be_no_portal_is_refused(url: str) -> None:
    with pytest.raises(CommandError, match="--url must"):
        call_command("replay_till", url=url, stdout=StringIO())
