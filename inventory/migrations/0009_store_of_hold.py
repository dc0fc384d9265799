import django.db.models.deletion
from django.db import migrations, models

# The keys are checked at once: PostgreSQL changes no table that still has checks to come.
FILL = """
UPDATE inventory_hold h SET store_id = l.store_id FROM inventory_stocklevel l WHERE l.id = h.level_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


def key(*, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="customers.store",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("inventory", "0008_newest_look_in_belief"),
    ]

    operations = [
        migrations.AddField(model_name="hold", name="store", field=key(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(model_name="hold", name="store", field=key(null=False)),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("state__in", ["REQUESTED", "IN_HAND"])),
                fields=["store", "expires_at"],
                name="hold_in_store",
            ),
        ),
    ]
