from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0006_move_old_promises"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="waitlistentry",
            name="store",
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("state__in", ["REQUESTED", "IN_HAND"])),
                fields=["expires_at", "id"],
                name="hold_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["customer", "-placed_at"], name="hold_of_customer"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("sale_line", None), ("state", "COLLECTED")),
                fields=["level"],
                name="hold_awaits_receipt",
            ),
        ),
        migrations.AddIndex(
            model_name="stockcount",
            index=models.Index(condition=models.Q(("state", "SURPRISE")), fields=["level"], name="count_to_repeat"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state__in", ["REQUESTED", "IN_HAND"])),
                    models.Q(
                        models.Q(("state__in", ["REQUESTED", "IN_HAND"]), _negated=True), ("ended_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="hold_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["IN_HAND", "COLLECTED"]), _negated=True),
                    ("in_hand_at__isnull", False),
                    _connector="OR",
                ),
                name="hold_in_hand_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["REQUESTED", "IN_HAND"])),
                fields=("level", "customer"),
                name="one_live_hold_per_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event_id__isnull", False)), fields=("event_id",), name="movement_once_per_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["WAITING", "OFFERED"])),
                fields=("customer", "product"),
                name="waits_once_per_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "OFFERED"), _negated=True), ("hold__isnull", False), _connector="OR"
                ),
                name="wait_offered_has_hold",
            ),
        ),
    ]
