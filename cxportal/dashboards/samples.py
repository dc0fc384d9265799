"""Sample figures of the style guide: invented, marked as samples, and never mixed with anything real."""

from typing import Any

Sample = dict[str, Any]

LONG = (
    "Sample store with a very long name, inside the shopping centre behind the old railway station, ground floor, "
    "second entrance on the left"
)
DOT_STEP, DOTS_A_ROW = 16, 13


def statement(number: int, state: str, word: str, percent: int | None, evidence: str, **more: Any) -> Sample:
    """One store's answer in the shape of components/statement.html."""
    return {
        "anchor": f"sample-{number}",
        "number": number,
        "store": f"Sample store {number}",
        "distance": f"{number * 1.2:.1f} km",
        "hours": "Open until 20:00",
        "state": state,
        "word": word,
        "percent": percent,
        "evidence": evidence,
        **more,
    }


STATEMENTS: list[Sample] = [
    statement(
        1,
        "sure",
        "Very likely there",
        94,
        "Counted yesterday at 18:40: 5. One sold 20 minutes ago. None held.",
        action={
            "label": "Hold it for me",
            "url": "#statements",
            "method": "get",
            "note": "Held until closing time tomorrow. Free.",
        },
    ),
    statement(
        2,
        "ask",
        "Ask first",
        58,
        "The book says 1, but it was last counted 16 days ago and on Friday somebody could not find it.",
        action={"label": "Ask the store for me", "url": "#statements", "method": "get"},
    ),
    statement(
        3,
        "gone",
        "Gone",
        3,
        "Counted today at 10:15: none. A delivery of 6 is planned for Thursday. It is a plan, not a promise.",
        action={"label": "Tell me when it is back", "url": "#statements", "method": "get"},
    ),
    statement(
        4,
        "broken",
        "We do not know",
        None,
        "The till has been offline since 13:10, so we cannot see what was sold after that.",
        hours="Closed, opens 09:00 tomorrow",
        store=LONG,
    ),
]


def pin(x: int, y: int, number: int, state: str, word: str, **more: Any) -> Sample:
    """One store on the map in the shape of components/map.html."""
    name, href = f"Sample {number}", "#statements"
    shown = {"number": number, "name": name, "label": name, "state": state, "word": word, "href": href}
    return {"x": x, "y": y, **shown, **more}


MAP: Sample = {
    "rings": [{"radius": 34, "label": "2 km"}, {"radius": 85, "label": "5 km"}, {"radius": 166, "label": "10 km"}],
    "pins": [
        pin(236, 138, 1, "sure", "Very likely there", spot_x=200, spot_y=166),
        pin(112, 152, 2, "ask", "Ask first"),
        pin(300, 232, 3, "gone", "Gone"),
        pin(138, 256, 4, "broken", "We do not know"),
        pin(236, 300, 5, "sure", "Very likely there", small=True),
    ],
}

METRICS: list[Sample] = [
    {
        "shown": "yes",
        "tag": "Change shown",
        "tag_state": "shown",
        "sentence": "Sample: collecting a held item became easier.",
        "figure": "84",
        "unit": "%",
        "n": ["n 612, was 78 %", "95 % interval 81 to 87"],
        "picture": "components/chart_intervals.html",
        "chart": {
            "label": "Before 78, 74 to 82; after 84, 81 to 87",
            "low": 60,
            "high": 95,
            "rows": [
                {"name": "before", "low": 74, "high": 82, "point": 78},
                {"name": "after", "low": 81, "high": 87, "point": 84, "tone": "go"},
            ],
        },
        "next_url": "#metrics",
        "next_label": "See what changed",
    },
    {
        "shown": "no",
        "tag": "Change not shown (noise)",
        "tag_state": "noise",
        "sentence": "Sample: NPS went from 31 to 38, but only 40 people answered. Do not act on it.",
        "figure": "38",
        "n": ["NPS, n 40", "95 % interval 14 to 62"],
        "picture": "components/chart_intervals.html",
        "chart": {
            "label": "Before 31, 7 to 55; after 38, 14 to 62",
            "low": 0,
            "high": 70,
            "rows": [
                {"name": "before", "low": 7, "high": 55, "point": 31},
                {"name": "after", "low": 14, "high": 62, "point": 38},
            ],
        },
        "next_url": "#metrics",
        "next_label": "About 900 answers would show it",
    },
    {
        "shown": "bad",
        "tag": "Change shown, for the worse",
        "tag_state": "worse",
        "sentence": "Sample: one caller in nine rings a third time about the same fault.",
        "figure": "11.3",
        "unit": "%",
        "n": ["145 of 1,284, was 7.6 %", "95 % interval 9.7 to 13.1"],
        "picture": "components/chart_bars.html",
        "chart": {
            "label": "911 called once, 228 twice, 145 three times or more",
            "high": 911,
            "rows": [
                {"name": "once", "value": 911, "tone": "off"},
                {"name": "twice", "value": 228},
                {"name": "3 or more", "value": 145, "tone": "bad"},
            ],
        },
        "next_url": "#metrics",
        "next_label": "Open the 145",
    },
    {
        "shown": "level",
        "tag": "First month, no comparison",
        "sentence": "Sample: of 37 people told that it is back, 29 came for it.",
        "figure": "78",
        "unit": "%",
        "n": ["n 37, last 30 days", "95 % interval 63 to 89"],
        "picture": "components/chart_dots.html",
        "chart": {
            "label": "29 of 37 came",
            "dots": [
                {"x": 14 + i % DOTS_A_ROW * DOT_STEP, "y": 10 + i // DOTS_A_ROW * 18, "filled": i < 29}
                for i in range(37)
            ],
        },
    },
]


def league_row(number: int, low: int, point: int, high: int, n: int, tone: str = "") -> Sample:
    """One store of the league in the shape of components/league.html."""
    return {
        "name": f"Sample store {number}",
        "low": low,
        "high": high,
        "point": point,
        "figure": f"{point} %",
        "interval": f"{low} to {high}",
        "n": n,
        "tone": tone,
    }


LEAGUE: Sample = {
    "caption": "Sample stores, ease of collection",
    "axis": "95 % interval, 60 to 95 %",
    "figure": "Easy",
    "low": 60,
    "high": 95,
    "ref": 80,
    "groups": [
        {"title": "Clearly above the chain", "rows": [league_row(1, 86, 90, 93, 412, "go")]},
        {
            "title": "Cannot be told apart, so listed by name",
            "rows": [league_row(2, 78, 82, 86, 388), league_row(3, 71, 79, 85, 128)],
        },
        {"title": "Clearly below the chain", "rows": [league_row(4, 63, 68, 73, 356, "bad")]},
        {"title": "Too few answers, not shown (fewer than 30)", "note": "Sample store 5 (n 22)"},
    ],
}
