"""Back office of floor 4: surveys are written as drafts; invitations and answers can only be read."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from customers.backoffice import PortalAdmin, WrittenBySystem
from surveys.models import Answer, Initiative, Invitation, Question, Response, Survey

DRAFT = Survey.State.DRAFT


class QuestionInline(admin.StackedInline[Question, Survey]):
    """Questions on the page of their survey, while it is a draft."""

    model = Question
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return (obj is None or obj.state == DRAFT) and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return (obj is None or obj.state == DRAFT) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return (obj is None or obj.state == DRAFT) and super().has_delete_permission(request, obj)


@admin.register(Survey)
class SurveyAdmin(PortalAdmin):
    """A version that is published changes no more but for its retirement."""

    list_display = ("code", "version", "name", "kind", "state", "is_anonymous", "published_at")
    list_filter = ("state", "kind")
    search_fields = ("code", "name")
    ordering = ("code", "-version")
    sortable_by = ("code", "name", "kind", "state", "published_at")
    fields = ("code", "version", "name", "kind", "is_anonymous", "state", "created_at", "published_at")
    inlines = (QuestionInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Survey | None = None) -> tuple[str, ...]:
        """The times are ours to write; of a published version only the state may change."""
        if obj is None or obj.state == DRAFT:
            return ("created_at", "published_at")
        return ("code", "version", "name", "kind", "is_anonymous", "created_at", "published_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A draft may be thrown away."""
        return isinstance(obj, Survey) and obj.state == DRAFT and request.user.has_perm("surveys.delete_survey")

    def save_model(self, request: HttpRequest, obj: Survey, form: Any, change: bool) -> None:
        """Write when it was made and when it was published."""
        now = timezone.now()
        obj.created_at = obj.created_at or now
        if obj.state != DRAFT:
            obj.published_at = obj.published_at or now
        super().save_model(request, obj, form, change)


@admin.register(Question)
class QuestionAdmin(PortalAdmin):
    """One question with its scale."""

    list_display = ("text", "survey", "position", "kind", "metric", "is_required")
    list_select_related = ("survey",)
    list_filter = ("kind",)
    autocomplete_fields = ("survey",)
    search_fields = ("text",)
    ordering = ("survey", "position")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only while the survey is a draft."""
        is_free = not isinstance(obj, Question) or obj.survey.state == DRAFT
        return is_free and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only while the survey is a draft."""
        return obj is not None and self.has_change_permission(request, obj)


@admin.register(Invitation)
class InvitationAdmin(WrittenBySystem):
    """Who was asked about which moment."""

    list_display = ("id", "survey", "customer", "state", "invited_at", "expires_at")
    list_select_related = ("survey", "customer")
    exact_search = ("customer__public_id",)
    search_help_text = "Public id of the customer"


@admin.register(Response)
class ResponseAdmin(WrittenBySystem):
    """Filled-in surveys."""

    list_display = ("id", "survey", "store", "channel", "submitted_at")
    list_select_related = ("survey", "store", "channel")


@admin.register(Answer)
class AnswerAdmin(WrittenBySystem):
    """Answers with the scale they were given on."""

    list_display = ("id", "response", "question", "value", "scale_min", "scale_max", "choice")
    list_select_related = ("response", "question")


@admin.register(Initiative)
class InitiativeAdmin(PortalAdmin):
    """Improvements: metric and control group are set before the start."""

    list_display = ("name", "owner", "stage", "metric", "started_at", "due_date", "verdict")
    list_select_related = ("owner",)
    list_filter = ("stage", "verdict")
    autocomplete_fields = ("owner", "touchpoint", "treated_stores", "control_stores")
    search_fields = ("name",)
    ordering = ("due_date", "name")
    sortable_by = ("name", "stage", "due_date")
