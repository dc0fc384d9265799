"""A real browser before the real server: the pages as a person meets them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from inventory.models import StockChange

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "NO CHROMIUM: browser tests are skipped. Install it (Debian: apt-get install chromium) or set CHROMIUM=/path."
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 30


def find_chromium() -> str | None:
    """$CHROMIUM, or the first that the PATH knows; no browser is ever downloaded."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    path = find_chromium()
    if not path:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, portal: str) -> Iterator[Page]:
    """A fresh page at 1440 px; links are relative to the portal. Fails the test on any script or CSP error."""
    context = browser.new_context(base_url=portal, viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def portal(server: str, transactional_db: None) -> str:
    """The portal's address; its tables are emptied after the test."""
    return server


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The production server over the test database; yields its address.

    Not pytest-django's live_server: that one serves no live streams and runs in our own process. One for all tests, for
    it takes seconds to start: what it keeps in memory for a while, a test can't count on.
    """
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    command = [sys.executable, "-m", "gunicorn", "cxportal.asgi:application", "-k", "asgi", "-w", "1"]
    command += ["-b", f"127.0.0.1:{port}", "--graceful-timeout", "1", "--no-control-socket", "--log-level", "warning"]
    env = environment(port, folder)
    with log.open("wb") as out, subprocess.Popen(command, env=env, stdout=out, stderr=out) as server:
        try:
            _wait_for(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(10)
            print(log.read_text()[-6000:])  # noqa: T201 - pytest shows it when a test fails


def environment(port: int, messages: Path) -> dict[str, str]:
    """The server's settings: the test database through the serving login, the test run's own secrets."""
    given = connection.settings_dict
    credentials = f"{quote(given['USER'])}:{quote(given['PASSWORD'], safe='')}"
    place = f":{given['PORT']}" if given["PORT"] else ""
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{credentials}@{place}/{given['NAME']}?host={quote(given['HOST'])}",
        "CX_LOCAL": str(settings.CX_LOCAL),
        "CX_TESTING": "1",  # static files straight from their folders, plain http, the tests' password hasher
        "MESSAGE_DIR": str(messages),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "THREADS": "4",
        **{name: getattr(settings, name) for name in ("SECRET_KEY", "LOOKUP_KEY", "SUPPRESSION_KEY")},
    }


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/stock/", timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The portal did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def worker(portal: str, tmp_path: Path) -> Iterator[None]:
    """A real worker process beside the server; it is at work when a note that it found is gone."""
    command = [sys.executable, "manage.py", "worker"]
    StockChange.objects.create(level_id=1, store_id=1, product_id=1)
    with subprocess.Popen(command, env=environment(0, tmp_path)) as process:
        deadline = time.monotonic() + START_SECONDS
        while StockChange.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield
        process.terminate()
        process.wait(10)
