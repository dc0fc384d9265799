"""Signing in, with a brake: whoever guesses passwords soon has to wait, on whichever process and for whichever name.

Failures are counted in the audit, so all processes know of them and an administrator sees them. What was typed and
where it came from stand there as keyed hashes only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from customers.callers import address_of
from cxportal.models import AuditEvent

FAILED = "login_failed"
WINDOW = timedelta(minutes=15)
FAILURES_PER_NAME = 10
# More than for a name: all staff of a store come from one address.
FAILURES_PER_ADDRESS = 30


@dataclass(frozen=True)
class Budget:
    """How often signing in may fail for one target within WINDOW."""

    target: str
    failures: int

    def spent_until(self, now: datetime) -> datetime | None:
        """When the next try is allowed; None when it is now."""
        recent = AuditEvent.objects.filter(target=self.target, verb=FAILED, occurred_at__gt=now - WINDOW)
        nth = recent.order_by("-occurred_at").values_list("occurred_at", flat=True)[self.failures - 1 : self.failures]
        return next((failed_at + WINDOW for failed_at in nth), None)


def budgets(username: str, address: str) -> list[Budget]:
    """What a try for `username` from `address` draws on. A name that nobody has is treated like any other."""
    name = normalize("NFKC", username).casefold().strip()
    drawn = [Budget(f"login:{_hash(name)}", FAILURES_PER_NAME)]
    if address:
        drawn.append(Budget(f"login-from:{_hash(address)}", FAILURES_PER_ADDRESS))
    return drawn


def _hash(value: str) -> str:
    return salted_hmac("cxportal.login", value, algorithm="sha256").hexdigest()[:32]


class BrakedLoginView(LoginView):
    """Django's page of signing in. Tries that run side by side may overdraw a budget by one per serving thread."""

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """429 without a look at the password while a budget is spent, right password or not."""
        now = timezone.now()
        waits = [until for budget in self._budgets() if (until := budget.spent_until(now))]
        if waits:
            return too_many(request, max(waits), now=now)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Counts a name and password that do not match; a form that is not filled in is no guess."""
        if form.non_field_errors():
            now = timezone.now()
            AuditEvent.objects.bulk_create(
                AuditEvent(verb=FAILED, target=budget.target, occurred_at=now) for budget in self._budgets()
            )
        return super().form_invalid(form)

    def _budgets(self) -> list[Budget]:
        return budgets(self.request.POST.get("username", ""), address_of(self.request))


def too_many(request: HttpRequest, until: datetime, *, now: datetime) -> HttpResponse:
    """The page that says when to try again."""
    seconds = max(1, int((until - now).total_seconds()) + 1)
    page = render(request, "registration/wait.html", {"until": until, "minutes": -(-seconds // 60)}, status=429)
    page["Retry-After"] = str(seconds)
    return page
