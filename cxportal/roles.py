"""Who may do what: one table. `manage.py sync_roles` (run by migrate) writes it to Django's groups."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the portal, stored on StaffMember.role."""

    ADMINISTRATOR = "ADMINISTRATOR"
    CX_HEAD = "CX_HEAD"
    VOC_MANAGER = "VOC_MANAGER"
    JOURNEY_ANALYST = "JOURNEY_ANALYST"
    UX_DESIGNER = "UX_DESIGNER"
    INTERNAL_COMMUNICATIONS = "INTERNAL_COMMUNICATIONS"
    MARKETING = "MARKETING"
    STORE_MANAGER = "STORE_MANAGER"
    STORE_CLERK = "STORE_CLERK"
    AGENT = "AGENT"
    OUTSOURCED_AGENT = "OUTSOURCED_AGENT"
    AGENT_SUPERVISOR = "AGENT_SUPERVISOR"


@dataclass(frozen=True)
class RoleRights:
    """A role in words and what it may do, as "app.codename"."""

    label: str
    permissions: frozenset[str]


TODAY = {"cxportal.view_today"}
CALIBRATION = {"cxportal.view_calibration"}
GUIDE = {"cxportal.view_styleguide"}
SEES_CUSTOMERS = {"customers.view_customer", "customers.view_interaction"}
MASKED = {"customers.see_masked_names"}
FULL = {"customers.see_names", "customers.see_masked_names", "customers.find_by_name"}
REVEALS = {"customers.reveal_field"}
SEES_STOCK = {"inventory.view_stocklevel", "inventory.view_product", "inventory.view_sale"}
SEES_JOURNEYS = {"journeys.view_journeymap", "journeys.view_case"}
SEES_SURVEYS = {"surveys.view_survey", "surveys.view_response", "surveys.view_initiative"}
MAP_PARTS = ("journeymap", "stage", "step")
DRAWS = {f"journeys.{verb}_{noun}" for verb in ("add", "change", "delete") for noun in MAP_PARTS}
ASKS = {f"surveys.{verb}_{noun}" for verb in ("add", "change") for noun in ("survey", "question", "initiative")}
HOLDS = {"inventory.view_hold", "inventory.add_hold", "inventory.change_hold"}
COUNTS = {"inventory.view_stockcount", "inventory.add_stockcount"}
# The store screen: what is tapped there is done in the store that the screen speaks for.
SCREEN = {"inventory.view_storetap", "inventory.add_storetap"}
# Counts and deliveries from a file.
IMPORTS = {"cxportal.view_importbatch", "cxportal.add_importbatch"}
CASES = {"journeys.view_case", "journeys.add_case", "journeys.change_case"}

# Every model outside the vault. Rows that only the system writes are shown read-only by the back office itself.
MODELS = {
    "customers": (
        "channel consent contactcode customer identifier interaction message preference source sourcerecord store "
        "touchpoint"
    ),
    "inventory": (
        "delivery deliveryline discrepancy hold holdevent lossrate product return returnline sale saleline shelfbelief "
        "shelfobservation stockchange stockcount stocklevel stockmovement stockquestion storetap synonym waitlistentry"
    ),
    "journeys": "case caseevent journeymap stage step",
    "surveys": "answer initiative invitation question response survey",
    "cxportal": "apikey auditevent idempotentcall importbatch staffmember",
}
# The administrator runs the back office and is no reader of the vault: names stay masked.
BACK_OFFICE = {"cxportal.use_back_office"} | {
    f"{app}.{verb}_{model}"
    for app, models in MODELS.items()
    for model in models.split()
    for verb in ("view", "add", "change", "delete")
}


def _role(label: str, *parts: set[str]) -> RoleRights:
    return RoleRights(label, frozenset().union(*parts))


ROLES: dict[Role, RoleRights] = {
    Role.ADMINISTRATOR: _role(
        "Administrator",
        TODAY,
        CALIBRATION,
        GUIDE,
        SEES_CUSTOMERS,
        MASKED,
        SEES_STOCK,
        SEES_JOURNEYS,
        SEES_SURVEYS,
        BACK_OFFICE,
    ),
    Role.CX_HEAD: _role(
        "Head of CX", TODAY, CALIBRATION, GUIDE, SEES_CUSTOMERS, FULL, SEES_STOCK, SEES_JOURNEYS, SEES_SURVEYS
    ),
    Role.VOC_MANAGER: _role(
        "Voice-of-customer manager", TODAY, GUIDE, SEES_CUSTOMERS, FULL, SEES_JOURNEYS, SEES_SURVEYS, ASKS
    ),
    Role.JOURNEY_ANALYST: _role(
        "Journey analyst", TODAY, GUIDE, SEES_CUSTOMERS, MASKED, SEES_STOCK, SEES_JOURNEYS, SEES_SURVEYS, DRAWS
    ),
    Role.UX_DESIGNER: _role("UX designer", GUIDE, SEES_JOURNEYS, SEES_SURVEYS, DRAWS),
    Role.INTERNAL_COMMUNICATIONS: _role("Internal communications", GUIDE, SEES_SURVEYS),
    Role.MARKETING: _role("Marketing", TODAY, GUIDE, SEES_CUSTOMERS, MASKED, SEES_STOCK, SEES_SURVEYS),
    Role.STORE_MANAGER: _role(
        "Store manager", TODAY, SEES_CUSTOMERS, FULL, SEES_STOCK, HOLDS, COUNTS, SCREEN, IMPORTS, CASES
    ),
    Role.STORE_CLERK: _role("Store clerk", TODAY, SEES_CUSTOMERS, MASKED, SEES_STOCK, HOLDS, COUNTS, SCREEN),
    Role.AGENT: _role("Agent", SEES_CUSTOMERS, FULL, SEES_STOCK, HOLDS, CASES),
    Role.OUTSOURCED_AGENT: _role("Outsourced agent", SEES_CUSTOMERS, REVEALS, SEES_STOCK, HOLDS, CASES),
    Role.AGENT_SUPERVISOR: _role("Agent supervisor", TODAY, SEES_CUSTOMERS, FULL, REVEALS, SEES_STOCK, HOLDS, CASES),
}

OUTSOURCED = frozenset({Role.OUTSOURCED_AGENT})
