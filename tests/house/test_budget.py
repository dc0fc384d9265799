"""The style budget holds, and would notice when it does not."""

import pytest

from tests.house.budget import broad_excepts, circle, measure, over
from tests.house.source import PythonFile, code, written_tests

GOOD = '"""What it is for."""\n\n\ndef small() -> int:\n    return 1\n'


def file(text: str, path: str = "customers/planted.py") -> PythonFile:
    return PythonFile(path, text)


def test_the_house_keeps_its_budget() -> None:
    assert over(measure(code(), written_tests())) == []


@pytest.mark.parametrize(
    ("text", "over_limit"),
    [
        (GOOD + "x = 1\n" * 500, "lines of a file, longest"),
        ('"""Doc."""\ndef long() -> None:\n' + "    x = 1\n" * 60, "lines of a function, longest"),
        ('"""Doc."""\ndef untyped():\n    pass\n', "functions with return type, %"),
        ("def bare() -> None:\n    pass\n", "modules with docstring, %"),
    ],
)
def test_control_what_breaks_the_budget_is_named(text: str, over_limit: str) -> None:
    tested = [file(GOOD * 1000, "tests/test_planted.py")]
    assert over(measure([file(GOOD)], tested)) == []
    assert over_limit in " ".join(over(measure([file(text)], tested)))


def test_control_code_without_tests_is_named() -> None:
    assert "test lines per code line" in over(measure([file(GOOD)], []))[0]


def test_control_a_circle_is_found_through_functions_too() -> None:
    first = file('"""A."""\nimport customers.b\n', "customers/a.py")
    second = file('"""B."""\ndef late() -> None:\n    from . import a\n', "customers/b.py")
    assert set(circle([first, second])) == {"customers.a", "customers.b"}
    assert circle([first, file('"""B."""\nimport os\n', "customers/b.py")]) == []


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException as error", " (ValueError, Exception)"])
def test_control_what_catches_everything_is_counted(caught: str) -> None:
    text = f"try:\n    pass\nexcept{caught}:\n    pass\n"
    assert broad_excepts(file(text)) == 1
    assert broad_excepts(file("try:\n    pass\nexcept (ValueError, OSError):\n    pass\n")) == 0
    assert broad_excepts(file(text.replace("\n    pass\n", "\n    raise\n"))) == 0
    too_many = [file(GOOD), *(file(text) for _ in range(3))]
    assert "broad excepts" in " ".join(over(measure(too_many, [file(GOOD * 1000)])))
