import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_append_only_access_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[("EMAIL", "E-mail"), ("SMS", "SMS"), ("PHONE", "Phone"), ("LETTER", "Letter")],
                        max_length=8,
                    ),
                ),
                ("address_hash", models.BinaryField(max_length=32)),
                (
                    "client_hash",
                    models.BinaryField(help_text="Where it was asked from, as a keyed hash.", max_length=32),
                ),
                ("code_hash", models.BinaryField(max_length=32)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("sends", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resent_at",
                    models.DateTimeField(blank=True, help_text="When the shopper asked for it once more.", null=True),
                ),
                ("last_error", models.CharField(blank=True, max_length=240)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactAddress",
            fields=[
                (
                    "contact_code",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="customers.contactcode",
                    ),
                ),
                ("recipient", models.TextField()),
                ("code", models.TextField()),
            ],
            options={
                "db_table": '"vault"."contact_address"',
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="contactcode",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="contact_code_due"
            ),
        ),
        migrations.AddIndex(
            model_name="contactcode",
            index=models.Index(fields=["address_hash", "asked_at"], name="contact_code_of_address"),
        ),
        migrations.AddIndex(
            model_name="contactcode",
            index=models.Index(fields=["client_hash", "asked_at"], name="contact_code_of_client"),
        ),
        migrations.AddIndex(
            model_name="contactcode",
            index=models.Index(fields=["asked_at"], name="contact_code_age"),
        ),
        migrations.AddConstraint(
            model_name="contactcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("tries__lte", 5)), name="contact_code_tried_so_often"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer", None), ("verified_at", None)),
                    models.Q(("verified_at__isnull", False), ("customer__isnull", False)),
                    _connector="OR",
                ),
                name="contact_code_verified_has_customer",
            ),
        ),
    ]
