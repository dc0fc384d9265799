"""What every list and form of the back office has in common: quick on millions of rows, and on the record."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.timezone import get_current_timezone_name

from customers.backoffice.paging import WindowList, WindowPaginator, asked_page
from customers.backoffice.site import RecordingSite, target_key


def exact_match(model: type[Model], path: str, term: str) -> Q | None:
    """The condition `path` = `term`, or None when `term` can't be a value of that field."""
    *steps, name = path.split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(path)
        model = related
    try:
        return Q(**{path: model._meta.get_field(name).to_python(term)})  # type: ignore[union-attr]
    except ValidationError:
        return None


class PortalAdmin(admin.ModelAdmin[Any]):
    """Base of all: no COUNT, search by exact value, every change on the record; no row is deleted by default."""

    paginator = WindowPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_max_show_all = 0
    # Only the order of an index is offered; a list names more in `sortable_by` where its table is small.
    sortable_by: ClassVar[Any] = ()
    ordering: ClassVar[Any] = ("-pk",)
    list_select_related: ClassVar[Any] = ()
    actions = None
    # Lookups of indexed columns. The first that can hold the term is the one that is compared: an OR over two tables
    # would use neither index.
    exact_search: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A moment to be typed says by which clock."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, DateTimeField) and not field.help_text:
            field.help_text = f"By the clock of {get_current_timezone_name()}."
        return field

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """A search box where there is something to search by."""
        return self.exact_search or tuple(self.search_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows that `matches` names; nothing when the term can't be a value of any field."""
        term = search_term.strip()
        if not self.exact_search:
            return super().get_search_results(request, queryset, term)
        if not term:
            return queryset, False
        found = self.matches(term)
        return (queryset.filter(found) if found else queryset.none()), False

    def matches(self, term: str) -> Q:
        """What a search for `term` finds; an empty Q finds nothing."""
        conditions = (exact_match(self.model, path, term) for path in self.exact_search)
        return next((condition for condition in conditions if condition), Q())

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> WindowPaginator:
        """The window begins at the page in the address (?p= of lists, ?page= of the autocomplete)."""
        page = asked_page(request.GET.get("p") or request.GET.get("page") or "")
        return WindowPaginator(queryset, per_page, orphans, allow_empty_first_page, page=page)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[WindowList]:
        """Lists that read one page, whatever page is asked for."""
        return WindowList

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Ledgers, sales and cases point at nearly everything: rows are closed, retired or revoked instead."""
        return False

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, dict[str, Any]]]:
        """Django's structure with the names of fields, and with keys instead of what rows call themselves."""
        message: list[dict[str, dict[str, Any]]] = [{"added": {}}] if add else []
        if not add and form.changed_data:
            message.append({"changed": {"fields": list(form.changed_data)}})
        for formset in formsets or ():
            message += [{"added": _part(row)} for row in formset.new_objects]
            message += [{"changed": {**_part(row), "fields": list(names)}} for row, names in formset.changed_objects]
            message += [{"deleted": _part(row)} for row in formset.deleted_objects]
        return message

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Django's own history and ours."""
        self._record(request, "added", [obj], message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Django's own history and ours."""
        if message:
            self._record(request, "changed", [obj], message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Django's own history and ours."""
        self._record(request, "deleted", queryset, [])
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, verb: str, rows: Iterable[Model], message: Any) -> None:
        if not isinstance(self.admin_site, RecordingSite):
            raise TypeError("The back office must be a RecordingSite: see cxportal/backoffice.py.")
        self.admin_site.record(request, verb, rows, named_fields(message))


def _part(row: Model) -> dict[str, str]:
    return {"name": str(row._meta.model_name), "object": target_key(row)}


def named_fields(message: Any) -> list[str]:
    """The fields in a change message: "name", and "stage.name" for a row of a table inside the form."""
    names: dict[str, None] = {}
    for entry in message if isinstance(message, list) else []:
        for detail in entry.values():
            part = detail.get("name", "")
            fields = detail.get("fields", [])
            names.update(dict.fromkeys(f"{part}.{field}" if part else field for field in fields))
            if part and not fields:
                names[part] = None
    return list(names)


class WrittenBySystem(PortalAdmin):
    """Rows that services write: to be read here. Stock is changed by movements, not by editing a number."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Grows(WrittenBySystem):
    """Rows of a table that only grows: the database itself refuses what this page does not offer."""
