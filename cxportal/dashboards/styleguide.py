"""The style guide: every component in every state, for staff who build or check pages."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers.permissions import needs
from cxportal.dashboards import sample_people, samples

COLOURS = (
    ("canvas", "page"),
    ("surface", "blocks"),
    ("sunken", "tags, tracks"),
    ("line-strong", "edges of fields"),
    ("ink", "text, block edge"),
    ("ink-2", "evidence"),
    ("ink-3", "labels, noise"),
    ("go", "rely on it, press it"),
    ("go-tint", "selected, shown"),
    ("ask-mark", "ask a person: marks"),
    ("ask-tint", "notes"),
    ("alert-mark", "a promise is broken"),
    ("alert-tint", "flagged"),
)
TYPES = (
    ("40", "40 / 700, shop only", "Very likely there"),
    ("32", "32 / 650, figures", "94 in 100"),
    ("28", "28 / 700, statement", "Ask first"),
    ("24", "24 / 650, page title", "What passed between us"),
    ("20", "20 / 650, case title", "Stops at drain, since delivery"),
    ("17", "17 / 400, shop text", "Counted yesterday at 18:40. One sold 20 minutes ago."),
    ("14", "14 / 400, staff text", "Because the visit was confirmed by SMS."),
    ("12", "12 / 600, width 90", "95 % interval 27 to 41, n 412"),
)
TAGS = (
    ("sure", "Very likely there"),
    ("ask", "Ask first"),
    ("gone", "Gone"),
    ("broken", "Third contact"),
    ("shown", "Change shown"),
    ("worse", "Shown, for the worse"),
    ("noise", "Not shown (noise)"),
    ("steady", "Steady"),
)
SPACES = (4, 8, 12, 16, 24, 32, 48, 64)


class SampleForm(forms.Form):
    """Fields as crispy writes them: help between label and field, the way out below."""

    mobile = forms.CharField(label="Mobile number", help_text="Used for this one text, then deleted.")
    day = forms.DateField(label="Collect by", error_messages={"invalid": "November has 30 days. Pick another day."})
    reason = forms.ChoiceField(
        label="Reason", choices=[("call", "Line dropped, call back")], help_text="Shown on the customer's page."
    )
    words = forms.CharField(label="In your words", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    today = forms.BooleanField(label="I come today", required=False)


@needs("cxportal.view_styleguide")
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, on sample data."""
    form = SampleForm({"mobile": "+1 555 0100", "day": "31 November", "reason": "call", "today": "on"})
    context = {
        "form": form,
        "colours": COLOURS,
        "types": TYPES,
        "tags": TAGS,
        "spaces": SPACES,
        "long": samples.LONG,
        "statements": samples.STATEMENTS,
        "map": samples.MAP,
        "metrics": samples.METRICS,
        "league": samples.LEAGUE,
        "timeline": sample_people.TIMELINE,
        "fields": sample_people.FIELDS,
        "reveals": sample_people.REVEALS,
        "consents": sample_people.CONSENTS,
        "queue": sample_people.QUEUE,
        "blueprint": sample_people.BLUEPRINT,
        "table": sample_people.TABLE,
    }
    return render(request, "dashboards/styleguide.html", context)
