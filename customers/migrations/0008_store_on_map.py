import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0007_contact_rights"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="store",
            index=django.contrib.postgres.indexes.GistIndex(
                models.Func(
                    template="point(radians(longitude), ln(tan(radians(least(greatest(latitude, -89.5), 89.5)) / 2 + pi() / 4)))"
                ),
                condition=models.Q(("closed_date", None)),
                name="store_on_map",
            ),
        ),
    ]
