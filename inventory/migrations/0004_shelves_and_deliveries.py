import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_append_only_access_log"),
        ("inventory", "0003_room_in_level_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(help_text="Of the delivery note.", max_length=60)),
                ("expected_at", models.DateTimeField(help_text="A plan, not a promise.")),
                (
                    "state",
                    models.CharField(
                        choices=[("EXPECTED", "Expected"), ("RECEIVED", "Received"), ("CANCELLED", "Not coming")],
                        default="EXPECTED",
                        max_length=9,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="DeliveryLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expected", models.PositiveIntegerField()),
                (
                    "received",
                    models.PositiveIntegerField(blank=True, help_text="Empty until somebody has looked.", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LossRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(blank=True, max_length=120)),
                ("pieces_per_day", models.FloatField(help_text="Of one level, in a day.")),
                (
                    "level_days",
                    models.FloatField(help_text="How many days of levels between counts it was learnt from."),
                ),
                ("lost", models.FloatField(help_text="Pieces that counts did not find.")),
                ("learnt_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(help_text="Of the return slip.", max_length=60)),
                ("receipt", models.CharField(blank=True, help_text="Of the sale, where it is known.", max_length=60)),
                ("returned_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters of ISO 4217, such as EUR."
                            )
                        ],
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("refund", models.DecimalField(decimal_places=2, help_text="Given back for one piece.", max_digits=12)),
                ("is_sellable", models.BooleanField(default=True)),
                ("reason", models.CharField(blank=True, max_length=160)),
            ],
        ),
        migrations.CreateModel(
            name="ShelfBelief",
            fields=[
                (
                    "level",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="belief",
                        serialize=False,
                        to="inventory.stocklevel",
                    ),
                ),
                ("weights", models.BinaryField(help_text="Probability of 0, 1, 2, ... pieces, 16 bits each.")),
                ("believed_at", models.DateTimeField(help_text="The moment that the weights speak of.")),
                ("movement_id", models.BigIntegerField(default=0, help_text="The newest movement that is in it.")),
                ("pace_per_day", models.FloatField(help_text="Pieces sold in a day while they are there.")),
                ("loss_per_day", models.FloatField(help_text="Pieces lost unseen in a day.")),
                ("chance", models.FloatField(help_text="Probability of at least one piece at `believed_at`.")),
                ("mean", models.FloatField(help_text="Expected pieces at `believed_at`.")),
                (
                    "count_worth",
                    models.FloatField(default=0, help_text="What a count is expected to bring, in the store's money."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShelfObservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("HOLD", "Looked for a hold"),
                            ("COUNT", "Counted"),
                            ("ANSWER", "Looked for a question"),
                            ("REPORT", "An empty shelf was reported"),
                        ],
                        max_length=6,
                    ),
                ),
                ("was_there", models.BooleanField(help_text="At least one piece was found.")),
                ("chance", models.FloatField(help_text="The probability that was shown just before.")),
                ("book", models.IntegerField(help_text="What the book said just before.")),
                ("observed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StockQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "The store has not looked yet"),
                            ("YES", "It is there"),
                            ("NO", "It is not there"),
                            ("LAPSED", "Nobody looked"),
                        ],
                        default="OPEN",
                        max_length=6,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, help_text="When the store's manager was told.", null=True),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StoreTap",
            fields=[
                ("tap_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("verb", models.CharField(max_length=40)),
                ("status", models.PositiveSmallIntegerField()),
                ("answer", models.JSONField()),
                ("tapped_at", models.DateTimeField(help_text="By the device's clock.")),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said", models.CharField(help_text="One word, as shoppers say it.", max_length=60)),
                ("meant", models.CharField(help_text="One word of the catalogue.", max_length=60)),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="sent_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.store",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="staff",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="store",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="customers.store",
            ),
        ),
        migrations.AddField(
            model_name="deliveryline",
            name="delivery",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="inventory.delivery",
            ),
        ),
        migrations.AddField(
            model_name="deliveryline",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.product"
            ),
        ),
        migrations.AddField(
            model_name="lossrate",
            name="store",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.store",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="interaction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.interaction"
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="store",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="customers.store",
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.product"
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="returned",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="inventory.return"
            ),
        ),
        migrations.AddField(
            model_name="shelfbelief",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.store"
            ),
        ),
        migrations.AddField(
            model_name="shelfobservation",
            name="hold",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.hold",
            ),
        ),
        migrations.AddField(
            model_name="shelfobservation",
            name="level",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="inventory.stocklevel",
            ),
        ),
        migrations.AddField(
            model_name="stockquestion",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="stockquestion",
            name="interaction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.interaction"
            ),
        ),
        migrations.AddField(
            model_name="stockquestion",
            name="level",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questions",
                to="inventory.stocklevel",
            ),
        ),
        migrations.AddField(
            model_name="stockquestion",
            name="staff",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stockquestion",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.store"
            ),
        ),
        migrations.AddField(
            model_name="storetap",
            name="staff",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="storetap",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.store"
            ),
        ),
        migrations.AddConstraint(
            model_name="synonym",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("said"),
                django.db.models.functions.text.Upper("meant"),
                name="synonym_once",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "EXPECTED")), fields=["store", "expected_at"], name="delivery_expected"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("store", "number"), name="delivery_once_per_store"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_from", models.F("store")), _negated=True), name="delivery_from_elsewhere"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "EXPECTED")),
                    models.Q(models.Q(("state", "EXPECTED"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="delivery_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.UniqueConstraint(fields=("delivery", "product"), name="delivery_line_once"),
        ),
        migrations.AddConstraint(
            model_name="lossrate",
            constraint=models.UniqueConstraint(
                fields=("store", "category"), name="loss_rate_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="lossrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("pieces_per_day__gte", 0)), name="loss_rate_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["-returned_at"], name="return_newest"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.UniqueConstraint(fields=("store", "number"), name="return_once_per_store"),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="return_line_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund__gte", 0)), name="return_line_refund_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="shelfbelief",
            index=models.Index(fields=["store", "-count_worth"], name="belief_count_first"),
        ),
        migrations.AddIndex(
            model_name="shelfobservation",
            index=models.Index(fields=["level", "-observed_at"], name="observation_of_level"),
        ),
        migrations.AddIndex(
            model_name="shelfobservation",
            index=models.Index(fields=["-observed_at"], name="observation_newest"),
        ),
        migrations.AddConstraint(
            model_name="shelfobservation",
            constraint=models.CheckConstraint(condition=models.Q(("chance__range", (0, 1))), name="observation_chance"),
        ),
        migrations.AddIndex(
            model_name="stockquestion",
            index=models.Index(condition=models.Q(("state", "OPEN")), fields=["store", "due_at"], name="question_open"),
        ),
        migrations.AddIndex(
            model_name="stockquestion",
            index=models.Index(
                condition=models.Q(("escalated_at", None), ("state", "OPEN")), fields=["due_at"], name="question_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")),
                fields=("level", "customer"),
                name="one_open_question_per_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("state", "OPEN")),
                    models.Q(models.Q(("state", "OPEN"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="question_answered_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="storetap",
            index=models.Index(fields=["recorded_at"], name="store_tap_age"),
        ),
    ]
