import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import inventory.models.hold


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_shelves_and_deliveries"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="hold",
            name="hold_ended_has_time",
        ),
        migrations.RemoveConstraint(
            model_name="hold",
            name="one_live_hold_per_customer",
        ),
        migrations.RemoveConstraint(
            model_name="waitlistentry",
            name="waits_once_per_product",
        ),
        migrations.RemoveIndex(
            model_name="hold",
            name="hold_expiring",
        ),
        migrations.AddField(
            model_name="hold",
            name="code",
            field=models.CharField(
                default=inventory.models.hold.new_code, help_text="What the shopper says in the store.", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="extended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="in_hand_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="sale_line",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.saleline",
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="state",
            field=models.CharField(
                choices=[
                    ("APPLIED", "In the book"),
                    ("SURPRISE", "To be counted again"),
                    ("REPLACED", "Counted again"),
                ],
                default="APPLIED",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="event_id",
            field=models.CharField(blank=True, help_text="The sender's own name: store:id.", max_length=120, null=True),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="stores",
            field=models.ManyToManyField(help_text="Where he would fetch it.", related_name="+", to="customers.store"),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="wants",
            field=models.CharField(
                choices=[("HOLD", "To have it kept aside"), ("TELL", "Only to be told")], default="HOLD", max_length=4
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="state",
            field=models.CharField(
                choices=[
                    ("REQUESTED", "The store is looking for it"),
                    ("IN_HAND", "Kept aside"),
                    ("COLLECTED", "Collected"),
                    ("RELEASED", "Given back by the customer"),
                    ("EXPIRED", "Not collected in time"),
                    ("NOT_FOUND", "Not found on the shelf"),
                ],
                default="REQUESTED",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="holdevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PLACED", "Placed"),
                    ("FOUND", "Found and put aside"),
                    ("EXTENDED", "Extended"),
                    ("COLLECTED", "Collected"),
                    ("RELEASED", "Released"),
                    ("EXPIRED", "Expired"),
                    ("NOT_FOUND", "Not found"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="stockcount",
            name="counted",
            field=models.PositiveIntegerField(help_text="All pieces in the store, those put aside included."),
        ),
        migrations.AlterField(
            model_name="waitlistentry",
            name="hold",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wait",
                to="inventory.hold",
            ),
        ),
        migrations.AlterField(
            model_name="waitlistentry",
            name="state",
            field=models.CharField(
                choices=[
                    ("WAITING", "Waiting"),
                    ("OFFERED", "Kept for him now"),
                    ("SERVED", "Served"),
                    ("LAPSED", "Did not come"),
                    ("LEFT", "Left the line"),
                ],
                default="WAITING",
                max_length=8,
            ),
        ),
    ]
