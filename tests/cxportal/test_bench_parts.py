"""What bench's figures rest on: its clock, its reader of streams, its addresses, its arithmetic."""

import asyncio

import pytest
from django.core.exceptions import ImproperlyConfigured

from cxportal import env
from cxportal.bench import streams, turns
from cxportal.bench.areas import AREAS, SMALL, Part, Plan, _figures
from cxportal.bench.figures import PROMISES, Figure, rounded
from cxportal.bench.scratch import url
from cxportal.live.events import event
from tests.eventloop import run_alone

HELLO = b"HTTP/1.1 200 OK\r\n\r\nretry: 2000\n: hello\n\n"
MATCH = turns.Match("post_sale_vs_raw_sql", "sales", lambda number: turns.Sides(int, int, int))
SAFE = {"fsync": "on", "synchronous_commit": "on"}


def heard(*parts: bytes) -> streams.Reader:
    """A reader that got these parts, one after the other."""

    async def read() -> streams.Reader:
        reader = streams.Reader(b"")
        for part in parts:
            reader.data_received(part)
        return reader

    return run_alone(read())


def test_reader_hears_of_each_level_once_however_the_bytes_are_cut() -> None:
    told = b"".join(event("stock", {"level": level, "store": "B1", "html": '"level":99'}) for level in (7, 8, 7))
    sent = HELLO + told
    for cut in range(0, len(sent), 5):
        reader = heard(sent[:cut], sent[cut:])
        assert list(reader.heard_at) == [7, 8]
        assert reader.opened.result() is True


def test_reader_waits_for_the_end_of_an_event() -> None:
    whole = event("stock", {"level": 7, "html": ""})
    assert heard(HELLO + whole[:-1]).heard_at == {}
    assert list(heard(HELLO + whole[:-1], whole[-1:]).heard_at) == [7]


def test_reader_takes_other_events_for_nothing() -> None:
    assert heard(HELLO + event("ledger", {"level": 7}) + b": ping\n\n").heard_at == {}


def test_refused_stream_is_not_open() -> None:
    assert heard(HELLO.replace(b"200 OK", b"503 Busy")).opened.result() is False


@pytest.mark.parametrize(
    "body", [b"Content-Length: 4\r\n\r\nbody", b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"]
)
def test_answer_is_read_with_length_and_in_chunks(body: bytes) -> None:
    async def read() -> bytes:
        incoming = asyncio.StreamReader()
        incoming.feed_data(b"HTTP/1.1 201 Created\r\n" + body)
        return await streams._answer(incoming)

    assert run_alone(read()) == b"HTTP/1.1 201 Created body"


@pytest.mark.parametrize(
    "place",
    [
        {"USER": "cx_app", "PASSWORD": "", "HOST": "/run/a b", "PORT": "", "OPTIONS": {}},
        {"USER": "cx@app", "PASSWORD": "p:w/d", "HOST": "db.local", "PORT": "6432", "OPTIONS": {"sslmode": "require"}},
    ],
)
def test_url_is_what_settings_read(place: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url("cx_bench", place))
    assert env.database("DATABASE_URL") == {"NAME": "cx_bench", **place}


def test_url_leaves_the_limits_to_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"USER": "u", "PASSWORD": "", "HOST": "h", "PORT": "", "OPTIONS": {"options": "-c statement_timeout=1"}}
    monkeypatch.setenv("DATABASE_URL", url("cx_bench", place))
    try:
        assert env.database("DATABASE_URL")["OPTIONS"] == {}
    except ImproperlyConfigured as error:
        pytest.fail(str(error))


def test_sides_take_turns_so_that_neither_always_follows() -> None:
    assert [turns.is_raw(turn) for turn in range(6)] == [False, True, True, False, False, True]


def test_ratio_is_the_median_of_neighbours() -> None:
    # Two writers; service, raw, raw, service: 10 to 20 and 30 to 40 sales/s for each.
    blocks = [(10, 1.0), (20, 1.0), (40, 1.0), (30, 1.0)]
    figure = turns.figure_of(MATCH, [blocks, blocks], SAFE)
    assert (figure.value, figure.n) == (0.625, 200)
    assert (figure.more["sales_per_s"], figure.peer) == (40, {"name": "raw SQL over psycopg2", "sales_per_s": 60})
    assert figure.is_ok


@pytest.mark.parametrize("unsafe", ["fsync", "synchronous_commit"])
def test_ratio_is_not_ok_when_commits_need_not_reach_the_disk(unsafe: str) -> None:
    blocks = [(10, 1.0), (10, 1.0)]
    assert not turns.figure_of(MATCH, [blocks], {**SAFE, unsafe: "off"}).is_ok


@pytest.mark.parametrize(
    ("name", "value", "is_ok"),
    [
        ("post_sale_statements", 8, True),
        ("post_sale_statements", 9, False),
        ("post_sale_vs_raw_sql", 0.4, True),
        ("post_sale_vs_raw_sql", 0.39, False),
        ("load_lines_per_s", 14_999, False),
        ("oversold", 0, True),
    ],
)
def test_goal_has_a_direction(name: str, value: float, is_ok: bool) -> None:
    assert Figure(name, value, n=1).is_ok is is_ok
    assert not Figure(name, value, n=1, is_sound=False).is_ok


def test_figures_are_rounded_to_what_they_mean() -> None:
    assert [rounded(value) for value in (12.34567, 123_456.7, 8, "x", None)] == [12.35, 123_500.0, 8, "x", None]


def test_each_promise_is_measured_and_once_in_an_area() -> None:
    areas = [[name for part in parts for name in part.names] for parts in AREAS.values()]
    assert {name for names in areas for name in names} == set(PROMISES)
    assert [len(names) for names in areas] == [len(set(names)) for names in areas]


def test_a_part_that_fails_spoils_only_what_it_had_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    def measure(plan: Plan) -> "list[Figure]":
        raise RuntimeError("no server")

    part = Part(("live_p99_ms", "live_lost"), measure)  # type: ignore[arg-type]
    assert [(figure.name, figure.value) for figure in _figures(part, SMALL)] == [
        ("live_p99_ms", None),
        ("live_lost", None),
    ]
    assert "no server" in capsys.readouterr().err
