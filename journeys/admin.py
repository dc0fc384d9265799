"""Back office of floor 3: maps are drawn as drafts; cases can only be read, for services keep them in step."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from customers.backoffice import PortalAdmin, WrittenBySystem
from journeys.models import Case, CaseEvent, JourneyMap, Stage, Step

DRAFT = JourneyMap.State.DRAFT


class StageInline(admin.TabularInline[Stage, JourneyMap]):
    """Stages on the page of their map, while it is a draft."""

    model = Stage
    extra = 0
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: JourneyMap | None = None) -> bool:
        return (obj is None or obj.state == DRAFT) and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: JourneyMap | None = None) -> bool:
        return (obj is None or obj.state == DRAFT) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: JourneyMap | None = None) -> bool:
        return (obj is None or obj.state == DRAFT) and super().has_delete_permission(request, obj)


class StepInline(admin.StackedInline[Step, Stage]):
    """Steps on the page of their stage."""

    model = Step
    extra = 0
    autocomplete_fields = ("touchpoint",)


@admin.register(JourneyMap)
class JourneyMapAdmin(PortalAdmin):
    """A version that is published changes no more but for its retirement."""

    list_display = ("code", "version", "name", "persona", "state", "published_at")
    list_filter = ("state",)
    search_fields = ("code", "name")
    ordering = ("code", "-version")
    sortable_by = ("code", "name", "state", "published_at")
    fields = ("code", "version", "name", "persona", "state", "created_at", "published_at")
    inlines = (StageInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: JourneyMap | None = None) -> tuple[str, ...]:
        """The times are ours to write; of a published version only the state may change."""
        if obj is None or obj.state == DRAFT:
            return ("created_at", "published_at")
        return ("code", "version", "name", "persona", "created_at", "published_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A draft may be thrown away."""
        return (
            isinstance(obj, JourneyMap) and obj.state == DRAFT and request.user.has_perm("journeys.delete_journeymap")
        )

    def save_model(self, request: HttpRequest, obj: JourneyMap, form: Any, change: bool) -> None:
        """Write when it was made and when it was published."""
        now = timezone.now()
        obj.created_at = obj.created_at or now
        if obj.state != DRAFT:
            obj.published_at = obj.published_at or now
        super().save_model(request, obj, form, change)


class InDraft(PortalAdmin):
    """Parts of a map: as free as the map itself."""

    def map_of(self, part: Any) -> JourneyMap:
        """The map that `part` belongs to."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only while the map is a draft."""
        return super().has_change_permission(request, obj) and (obj is None or self.map_of(obj).state == DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only while the map is a draft."""
        return obj is not None and self.has_change_permission(request, obj)


@admin.register(Stage)
class StageAdmin(InDraft):
    """A phase of the journey and its steps."""

    list_display = ("name", "map", "position", "customer_goal")
    list_select_related = ("map",)
    autocomplete_fields = ("map",)
    search_fields = ("name",)
    ordering = ("map", "position")
    inlines = (StepInline,)

    def map_of(self, part: Stage) -> JourneyMap:
        return part.map


@admin.register(Step)
class StepAdmin(InDraft):
    """What happens in one lane of one stage."""

    list_display = ("name", "stage", "lane", "position", "touchpoint", "emotion", "is_moment_of_truth")
    list_select_related = ("stage__map", "touchpoint")
    list_filter = ("lane", "is_moment_of_truth")
    autocomplete_fields = ("stage", "touchpoint")
    search_fields = ("name",)
    ordering = ("stage", "lane", "position")

    def map_of(self, part: Step) -> JourneyMap:
        return part.stage.map


@admin.register(Case)
class CaseAdmin(WrittenBySystem):
    """What customers need from us."""

    list_display = ("number", "customer", "store", "reason_group", "is_complaint", "state", "priority", "opened_at")
    list_select_related = ("customer", "store")
    exact_search = ("customer__public_id", "number")
    search_help_text = "Case number, or public id of the customer"


@admin.register(CaseEvent)
class CaseEventAdmin(WrittenBySystem):
    """Moments of cases."""

    list_display = ("id", "case", "kind", "staff", "occurred_at")
    list_select_related = ("case", "staff")
    exact_search = ("case__number",)
    search_help_text = "Case number"
