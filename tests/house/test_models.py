"""What is true of every model: it says what it is, the vault's can't be reached in passing, migrations have names."""

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.models import Model

from tests.house.source import FLOORS, all_files

OURS = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]
SEALED = [model for model in OURS if model.__module__ == "customers.models.sealed"]
# Names that Django makes up when it is not told one.
MADE_UP = re.compile(r"\d{4}_(auto_|alter_.+_and_more|\w+_and_more)")

each_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
each_sealed = pytest.mark.parametrize("model", SEALED, ids=lambda model: model._meta.label)


@each_model
def test_a_model_says_what_it_is(model: type[Model]) -> None:
    assert "__str__" in vars(model)
    # Django writes "Name(field, field)" where nothing is written.
    assert not (model.__doc__ or "").startswith(f"{model.__name__}(")


@each_model
def test_times_and_dates_are_named_as_such(model: type[Model]) -> None:
    inherited = {"last_login", "date_joined"}
    fields = [field for field in model._meta.get_fields() if field.name not in inherited]
    moments = [field.name for field in fields if isinstance(field, models.DateTimeField)]
    dates = [field.name for field in fields if isinstance(field, models.DateField) and field.name not in moments]
    assert [name for name in moments if name != "at" and not name.endswith("_at")] == []
    assert [name for name in dates if not name.endswith("_date")] == []


@each_sealed
def test_the_vault_is_not_reached_in_passing(model: type[Model]) -> None:
    assert model._meta.db_table.startswith('"vault".')
    assert model._meta.default_permissions == ()
    relations = [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]
    assert relations != []
    for field in relations:
        assert field.remote_field.on_delete is models.DO_NOTHING, field
        assert field.remote_field.hidden, field


def test_no_model_outside_the_vault_points_into_it() -> None:
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        if model not in SEALED
        for field in model._meta.get_fields()
        if field.related_model in SEALED
    ]
    assert pointing == []


def test_only_the_vaults_models_lie_in_the_vault() -> None:
    assert [model for model in OURS if "vault" in model._meta.db_table] == SEALED


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said)
    assert said.getvalue().strip() == "No changes detected"


def test_migrations_have_names() -> None:
    names = [path.rsplit("/", 1)[1] for path in all_files() if re.search(r"/migrations/\d{4}_", path)]
    assert len(names) >= 10
    assert [name for name in names if MADE_UP.match(name)] == []


def test_lower_floors_know_staff_by_the_setting_only() -> None:
    """An AUTH_USER_MODEL with a reverse accessor would make the top floor reach down through a lower one."""
    named = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        if model._meta.app_label != "cxportal"
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model is not None
        and field.related_model._meta.label == "cxportal.StaffMember"
        and not field.remote_field.hidden
    ]
    assert named == []
