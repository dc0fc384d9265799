"""A mail server of our own for tests: keeps what it is sent and misbehaves on demand."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Mail
from typing import ClassVar

import pytest
from pytest_django import Settings


class Sink(socketserver.ThreadingTCPServer):
    """`plan` holds what to do with the next mails, in order; when it is empty they are taken.

    "451" and "550": refuse the recipient once. "drop": close the connection after the text, without an answer.
    "hang": keep the text, and answer only after `go_on`.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[Mail] = []
        self.plan: list[str] = []
        self.lock = threading.Lock()
        self.got_one = threading.Event()
        self.go_on = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def message_ids(self) -> list[str]:
        """One for each text that arrived, doubles included."""
        return [mail["Message-ID"] for mail in self.mails]

    def next_step(self) -> str:
        """What to do with the mail that comes now."""
        with self.lock:
            return self.plan.pop(0) if self.plan else "take"


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs."""

    server: Sink
    answers: ClassVar[dict[str, str]] = {"EHLO": "250 sink", "HELO": "250 sink", "QUIT": "221 bye"}

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].decode().upper()
            if verb == "MAIL":
                self.step = self.server.next_step()
            if verb == "RCPT" and self.step in {"451", "550"}:
                # As real servers do, it quotes the address.
                self.say(f"{self.step} {self.step[0]}.1.1 {line[8:].decode().strip()} is not liked")
            elif verb == "DATA":
                self.say("354 go on")
                if not self.take():
                    return
            else:
                self.say(self.answers.get(verb, "250 ok"))

    def take(self) -> bool:
        """Read the text; False when the connection is to be cut."""
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.mails.append(message_from_bytes(b"".join(lines)))
        self.server.got_one.set()
        if self.step == "drop":
            return False
        if self.step == "hang":
            self.server.go_on.wait(30)
        self.say("250 taken")
        return True

    def say(self, line: str) -> None:
        """One line to the client, who may be dead."""
        try:
            self.wfile.write(f"{line}\r\n".encode())
        except OSError:
            self.close_connection = True


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink that serves until the end of the block."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            sink.go_on.set()
            sink.shutdown()
            thread.join()


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """The mail server of the settings."""
    with running_sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server
