"""Back office of the top floor: staff, keys, imports, audit."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from customers.backoffice import Grows, PortalAdmin, WrittenBySystem, store_time
from cxportal.groups import assign_role
from cxportal.keys import hash_key, new_key
from cxportal.models import ApiKey, AuditEvent, IdempotentCall, ImportBatch, StaffMember
from cxportal.roles import Role

PREFIX_LETTERS = 10
IN_A_STORE = (Role.STORE_MANAGER, Role.STORE_CLERK)

# Rights come from the table in cxportal/roles.py; a group that is edited here would be overwritten by it.
admin.site.unregister(Group)


class RoleNeeds(forms.ModelForm[StaffMember]):
    """A role's needs, said at the field that lacks them; the database checks them too."""

    def clean(self) -> dict[str, Any]:
        """Store staff have a store, outsourced agents an agency."""
        values = super().clean() or {}
        if values.get("role") in IN_A_STORE and not values.get("store"):
            self.add_error("store", "Store staff belong to a store.")
        if values.get("role") == Role.OUTSOURCED_AGENT and not values.get("agency"):
            self.add_error("agency", "Outsourced agents belong to an agency.")
        return values


class NewStaffForm(RoleNeeds, AdminUserCreationForm[StaffMember]):
    """A new login."""


class StaffForm(RoleNeeds, UserChangeForm[StaffMember]):
    """A login as it is."""


@admin.register(StaffMember)
class StaffMemberAdmin(PortalAdmin, UserAdmin[StaffMember]):
    """Who leaves is switched off, for what he did keeps his name. The role gives the rights."""

    form = StaffForm
    add_form = NewStaffForm
    list_display = ("username", "get_full_name", "role", "store", "agency", "is_active", "last_login")
    list_select_related = ("store",)
    list_filter = ("role", "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    sortable_by = ("username", "role", "last_login")
    filter_horizontal = ()
    autocomplete_fields = ("store",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Work", {"fields": ("role", "store", "agency")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        ("Work", {"fields": ("role", "store", "agency")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: StaffMember | None = None) -> tuple[str, ...]:
        """Nobody gives himself another role: the administrator, who sees masked names, would read the vault."""
        own = obj is not None and obj.pk == request.user.pk
        return (*self.readonly_fields, "role", "is_active") if own else self.readonly_fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the rights of the role, and take those of the former one."""
        super().save_related(request, form, formsets, change)
        assign_role(form.instance)


@admin.register(ApiKey)
class ApiKeyAdmin(PortalAdmin):
    """A key is shown once, when it is made; later it can only be revoked."""

    list_display = ("name", "store", "prefix", "created", "revoked_at")
    list_select_related = ("store",)
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "prefix", "store__name")
    sortable_by = ("name", "store")
    autocomplete_fields = ("store",)
    fields = ("store", "name", "prefix", "created_at", "revoked_at")

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """What a new key needs; what a key is."""
        return ("store", "name", "prefix", "created_at", "revoked_at") if obj else ("store", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """A key never moves to another store, and a revoked one stays revoked."""
        if obj is None:
            return ()
        return ("store", "prefix", "created_at", *(["revoked_at"] if obj.revoked_at else []))

    @admin.display(description="Created (store's clock)")
    def created(self, key: ApiKey) -> str:
        """In the store's own clock."""
        return store_time(key.created_at, key.store)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make the key; it lives in this request alone, the row keeps its hash."""
        if not change:
            raw = new_key()
            obj.key_hash, obj.prefix, obj.created_at = hash_key(raw), raw[:PREFIX_LETTERS], timezone.now()
            obj.shown_once = raw  # type: ignore[attr-defined]  # gone with this request's instance
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key, this once: not through a redirect, which would carry it in a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{obj.name}: the key",
            "opts": self.opts,
            "api_key": obj,
        }
        response = TemplateResponse(request, "admin/cxportal/apikey/shown_once.html", context)
        add_never_cache_headers(response)
        return response


@admin.register(ImportBatch)
class ImportBatchAdmin(WrittenBySystem):
    """What came in together, and what became of it."""

    list_display = (
        "id",
        "source",
        "file_name",
        "state",
        "rows_total",
        "rows_new",
        "rows_refused",
        "created_at",
        "staff",
    )
    list_select_related = ("source", "staff")
    list_filter = ("created_at",)
    ordering = ("-created_at", "-id")


@admin.register(IdempotentCall)
class IdempotentCallAdmin(WrittenBySystem):
    """Answers kept so that a repeated call gets the same one."""

    list_display = ("id", "api_key", "key", "status", "created_at")
    list_select_related = ("api_key",)
    list_filter = ("created_at",)
    ordering = ("-created_at", "-id")


@admin.register(AuditEvent)
class AuditEventAdmin(Grows):
    """Who changed what."""

    list_display = ("id", "occurred_at", "staff", "verb", "target", "fields", "reason")
    list_select_related = ("staff",)
    list_filter = ("occurred_at",)
    ordering = ("-occurred_at", "-id")
    exact_search = ("target",)
    search_help_text = "What it was done to: store:12"
