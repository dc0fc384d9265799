"""The words of messages."""

from typing import Any

import pytest

from customers.services.texts import Text, TextError, check_text, render

HOLD: dict[str, Any] = {
    "product": "Tom & Ann's <mug>",
    "store": "Store 7",
    "quantity": 1,
    "until": "Friday at 18:00",
    "code": "7GHK2M",
}


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        (
            1,
            '"Tom & Ann\'s <mug>" is kept aside for you at Store 7 until Friday at 18:00. Say 7GHK2M at the counter.\n'
            "After that it goes to the next in line",
        ),
        (
            2,
            '2 pieces of "Tom & Ann\'s <mug>" are kept aside for you at Store 7 until Friday at 18:00. '
            "Say 7GHK2M at the counter.\nAfter that they go to the next in line",
        ),
    ],
)
def test_hold_in_hand_counts_and_escapes_nothing(quantity: int, sentence: str) -> None:
    text = render("hold-in-hand", {**HOLD, "quantity": quantity}, name="Zenobia Quixworth", way="EMAIL")
    assert text.subject_line == "Kept aside for you at Store 7"
    assert text.body.startswith(f"Hello Zenobia Quixworth,\n\n{sentence}")
    assert text.body.endswith("or back on the shelf.\n\nCX Portal\n")


def test_back_in_stock_promises_nothing() -> None:
    facts = {"product": "Blue kettle", "store": "Store 7", "as_of": "Tuesday at 12:00"}
    assert render("back-in-stock", facts, name="", way="SMS") == Text(
        subject_line="Back at Store 7: Blue kettle",
        body=(
            'Hello there,\n\n"Blue kettle" is back at Store 7, as of Tuesday at 12:00. You asked us to tell you.\n'
            "It is not kept aside, and others may be faster.\n\nCX Portal\n"
        ),
    )


@pytest.mark.parametrize("missing", sorted(HOLD))
def test_check_text_names_the_fact_that_is_missing(missing: str) -> None:
    facts = {name: value for name, value in HOLD.items() if name != missing}
    with pytest.raises(TextError, match=f"The text hold-in-hand needs the fact {missing}"):
        check_text("hold-in-hand", facts)


def test_a_fact_can_use_no_template_language() -> None:
    text = render("hold-in-hand", {**HOLD, "product": "{{ chain }}"}, name="Z", way="EMAIL")
    assert '"{{ chain }}" is kept aside' in text.body
