"""Set-up's steps: in order, timed, said aloud, and the first that fails ends them with its reason."""

import sys
from pathlib import Path

import pytest

from cxportal.setup import __main__ as commands
from cxportal.setup import steps
from cxportal.setup.places import LOCAL
from cxportal.setup.steps import Step, StepError, openly, quietly, run_steps


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of what commands said, away from the user's own."""
    file = tmp_path / "state" / "setup.log"
    monkeypatch.setattr(steps, "LOG", file)
    return file


def python(code: str) -> list[object]:
    return [sys.executable, "-c", code]


def test_steps_run_in_order_and_say_how_far_we_are(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def work(name: str, remark: str | None) -> str | None:
        done.append(name)
        return remark

    run_steps([Step("packages", lambda: work("a", "already there")), Step("tables", lambda: work("b", None))])
    first, second = capsys.readouterr().out.splitlines()
    assert done == ["a", "b"]
    assert first == "1/2 packages ... 0.0 s, already there"
    assert second == "2/2 tables ... 0.0 s"


def test_a_step_that_speaks_gets_lines_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    def speak() -> None:
        print("half way")  # noqa: T201 - what such a step does

    run_steps([Step("load", speak, speaks=True)])
    assert capsys.readouterr().out.splitlines() == ["1/1 load ...", "half way", "1/1 load: 0.0 s"]


def test_the_first_failure_ends_it_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise StepError("no room on the disk")

    with pytest.raises(SystemExit) as ended:
        run_steps([Step("packages", fail), Step("tables", lambda: done.append("b"))])
    assert ended.value.code == "packages: no room on the disk"
    assert done == []
    assert capsys.readouterr().out == "1/2 packages ... failed\n"


def test_a_fault_of_our_own_is_not_taken_for_a_failed_step() -> None:
    with pytest.raises(ZeroDivisionError):
        run_steps([Step("packages", lambda: str(1 // 0))])


def test_a_quiet_command_speaks_to_the_log_alone(log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = quietly(python("import sys; print('out'); print('err', file=sys.stderr)"))
    assert sorted(done.stdout.split()) == ["err", "out"]
    assert capfd.readouterr().out == ""
    quietly(python("print('again')"))
    said = log.read_text()
    assert said.startswith(f"$ {sys.executable} -c ")
    assert said.count("$ ") == 2
    assert "again" in said


def test_a_quiet_command_that_fails_shows_the_end_of_what_it_said() -> None:
    code = "print('beginning'); print('x' * 5000); print('the reason'); raise SystemExit(3)"
    with pytest.raises(StepError) as failed:
        quietly(python(code))
    assert str(failed.value).startswith(f"{sys.executable} ended with 3\n")
    assert str(failed.value).endswith("the reason\n")
    assert "beginning" not in str(failed.value)
    assert quietly(python(code), check=False).returncode == 3


def test_a_quiet_command_asks_nobody() -> None:
    """A question (of npm, of pip) gets an end of file, so that set-up never hangs unseen."""
    assert quietly(python("import sys; print(repr(sys.stdin.read()))")).stdout == "''\n"


def test_commands_know_the_state_folder_and_the_settings() -> None:
    code = "import os; print(os.environ['CX_LOCAL'], os.environ['DJANGO_SETTINGS_MODULE'])"
    assert quietly(python(code)).stdout == f"{LOCAL} cxportal.settings\n"


def test_an_open_command_speaks_to_the_user(capfd: pytest.CaptureFixture[str]) -> None:
    assert openly(python("print('hello'); raise SystemExit(4)")) == 4
    assert capfd.readouterr().out == "hello\n"


@pytest.mark.parametrize("arguments", [[], ["demmo"], ["demo", "--fast"], ["_prepared"]])
def test_an_unknown_command_says_which_there_are(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["setup", *arguments])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == "usage: python3 -m cxportal.setup demo|run|test|lint|bench|clean"


def test_makefile_and_set_up_know_the_same_commands() -> None:
    makefile = (Path(commands.__file__).parents[2] / "Makefile").read_text()
    for command in ("demo", "run", "test", "lint", "bench", "clean"):
        assert f"\n{command}:" in makefile
