"""Sample people, events and blueprints of the style guide: invented, marked as samples."""

from cxportal.dashboards.samples import LONG, Sample

TIMELINE: list[Sample] = [
    {
        "title": "Today, Thursday 26 November",
        "entries": [
            {
                "time": "11:09",
                "kind": "now",
                "icon": "telephone-inbound-fill",
                "title": "Third call, on the line now",
                "live": "3:12",
                "tag": "Third contact",
                "tag_state": "broken",
                "detail": "Recognised by the number. Nothing has been asked.",
            },
            {
                "time": "10:31",
                "icon": "journal-text",
                "title": "Note",
                "aside": "sample workshop",
                "note": "Ask for the transport plug in the drain hose before anyone is sent.",
            },
        ],
    },
    {
        "title": "Monday 23 November",
        "entries": [
            {
                "time": "09:05",
                "kind": "unsent",
                "icon": "send-slash",
                "title": "delivery survey",
                "because": "a complaint is open.",
            },
            {"time": "08:51", "icon": "chat-left-text", "title": "Visit confirmed by SMS", "aside": "read 08:53"},
            {
                "time": "08:14",
                "icon": "envelope",
                "title": "E-mail from customer",
                "quote": "Filter is clean, same fault.",
            },
        ],
    },
    {
        "title": "Saturday 14 November",
        "entries": [
            {"time": "18:22", "kind": "call", "icon": "telephone-inbound", "title": "First call", "detail": LONG},
            {
                "time": "16:40",
                "icon": "bag",
                "title": "Bought in Sample store 1",
                "aside": "21.97",
                "lines": [
                    {"text": "2 x Sample item, large", "amount": "19.98"},
                    {"text": "Sample item with a name that is longer than the line it stands on", "amount": "1.99"},
                ],
            },
        ],
    },
]

FIELDS: list[Sample] = [
    {"name": "Name", "value": "Sample Customer"},
    {
        "name": "Mobile",
        "value": "+1 555 0100",
        "sources": [
            {"state": "sure", "strong": "Web shop", "text": ", confirmed by code. Used."},
            {"state": "ask", "strong": "Loyalty form", "text": ", same number, never confirmed."},
            {"state": "gone", "struck": "+1 555 0199", "strong": "Import", "text": ", bounced, not used."},
        ],
    },
    {"name": "E-mail", "value": "s...@example.org", "masked": True},
    {"name": "Address", "value": ""},
]

REVEALS = [{"value": "phone", "label": "Phone number"}, {"value": "name", "label": "Full name"}]

CONSENTS: list[Sample] = [
    {"purpose": "Service", "given": True, "text": "SMS and e-mail", "source": "needed for orders"},
    {"purpose": "Marketing", "given": False, "text": "withdrawn", "source": "2 Feb, link in e-mail"},
    {"purpose": "Profiling", "given": None, "text": "never asked", "source": ""},
]

QUEUE: list[Sample] = [
    {
        "href": "#console",
        "current": True,
        "who": "S. C.",
        "hint": "...34",
        "wait": "on the line",
        "what": "Sample machine stops at drain, E20",
        "tags": [{"text": "Third contact", "state": "broken"}, {"text": "Call", "icon": "telephone-fill"}],
    },
    {
        "href": "#console",
        "who": "A. S.",
        "hint": "...81",
        "wait": "promised 11:30",
        "what": LONG,
        "tags": [{"text": "18 min left", "state": "ask"}, {"text": "SMS", "icon": "chat-left-text"}],
    },
]

BLUEPRINT: Sample = {
    "label": "Sample blueprint",
    "stages": [
        {"name": "Choose", "note": "compare, check stock"},
        {"name": "Buy", "note": "pay, pick a day"},
        {"name": "Delivery", "note": "carry it in"},
        {"name": "Connect", "note": "plug, hose, test run"},
    ],
    "lanes": [
        {
            "name": "Does",
            "note": "customer",
            "cells": [
                {"text": "Looks up stock near home"},
                {"text": "Orders, picks a day, pays"},
                {"text": "Waits at home"},
                {"text": "Rings to ask who connects it"},
            ],
        },
        {
            "name": "Does for it",
            "note": "backstage",
            "hidden": True,
            "cells": [
                {"text": "Evening count of scarce items", "who": "Store managers"},
                {"text": "Slot is reserved", "who": "Logistics"},
                {"text": "Route plan at 19:00", "who": "Logistics"},
                {"text": "A list by e-mail next morning", "flag": "No owner between crew and plumber"},
            ],
        },
        {
            "name": "Live now",
            "note": "sample figures",
            "cells": [
                {"facts": [{"name": "People", "value": "1,212"}, {"name": "NPS", "value": "34", "note": "28 to 40"}]},
                {"facts": [{"name": "People", "value": "388"}, {"name": "NPS", "value": "52", "note": "44 to 60"}]},
                {"facts": [{"name": "People", "value": "341"}, {"name": "NPS", "value": "47", "note": "38 to 56"}]},
                {"facts": [{"name": "People", "value": "318"}, {"name": "NPS", "note": "not asked here"}]},
            ],
        },
    ],
}

TABLE: Sample = {
    "caption": "Sample stock",
    "columns": [{"name": "Item"}, {"name": "Store"}, {"name": "On hand", "right": True}, {"name": "Last counted"}],
    "rows": [
        ["Sample item", "Sample store 1", {"text": "4", "right": True}, "yesterday 18:40"],
        ["Sample item", "Sample store 2", {"text": "1", "right": True}, "16 days ago"],
        ["Sample item", LONG, {"text": "0", "right": True}, "today 10:15"],
    ],
}
