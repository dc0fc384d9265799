"""The back office itself: who comes in, and the record of what is changed there."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from customers.backoffice import RecordingSite, target_key
from cxportal.models import AuditEvent

DOOR = "cxportal.use_back_office"


class BackOffice(RecordingSite):
    """Django's admin with the portal's own login page and audit."""

    site_header = site_title = "Back office"
    index_title = "Everything outside the vault"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff with the right to work here; is_staff alone opens nothing."""
        return super().has_permission(request) and request.user.has_perm(DOOR)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One login page for the whole portal; who is known and may not come in is told so."""
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            raise PermissionDenied(f"The back office needs the right {DOOR}.")
        return redirect_to_login(wanted)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """By GET, the portal's own page asks first."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("logout"))
        return super().logout(request, extra_context)

    def record(self, request: HttpRequest, verb: str, targets: Iterable[Model], fields: list[str]) -> None:
        """One AuditEvent for each row: names of fields, never values."""
        now = timezone.now()
        staff_id = request.user.pk
        AuditEvent.objects.bulk_create(
            AuditEvent(staff_id=staff_id, verb=verb, target=target_key(row), fields=fields, occurred_at=now)
            for row in targets
        )
