"""Holds, waiting rooms, delivery hooks, notices of expiry; room for sealed codes."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_api_keys"),
        ("rewards", "0009_fair_play"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeliveryHook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=80, unique=True, verbose_name="name"),
                ),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("sealed_key", models.TextField(editable=False)),
                ("enabled", models.BooleanField(default=True, verbose_name="in force")),
            ],
            options={
                "verbose_name": "delivery hook",
                "verbose_name_plural": "delivery hooks",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ExpiryNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("expires_on", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="GiftLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "link to a gift",
                "verbose_name_plural": "links to gifts",
            },
        ),
        migrations.CreateModel(
            name="HookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "not told yet"),
                            ("taken", "taken; to be delivered"),
                            ("delivered", "delivered"),
                            ("stopped", "given up"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "delivery by hook",
                "verbose_name_plural": "deliveries by hook",
            },
        ),
        migrations.CreateModel(
            name="HookTry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "try of a delivery",
                "verbose_name_plural": "tries of deliveries",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("lot", models.BigIntegerField(null=True)),
                ("number", models.PositiveIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("served", "had a turn"),
                            ("passed", "passed over"),
                            ("left", "left"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "place in a waiting room",
                "verbose_name_plural": "places in waiting rooms",
            },
        ),
        migrations.CreateModel(
            name="WaitingRoom",
            fields=[
                (
                    "gift",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="waiting_room",
                        serialize=False,
                        to="rewards.gift",
                    ),
                ),
                ("numbered", models.PositiveIntegerField(default=0)),
                ("served", models.PositiveIntegerField(default=0)),
                ("waiting", models.PositiveIntegerField(default=0)),
                ("looked_after_at", models.DateTimeField(null=True)),
                ("sold_out_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "waiting room",
                "verbose_name_plural": "waiting rooms",
            },
        ),
        migrations.RemoveConstraint(
            model_name="voucher",
            name="a_code_exists_once",
        ),
        migrations.AlterField(
            model_name="voucher",
            name="code",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="gift",
            name="is_drop",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "Opens at one moment. Who came before it is drawn by lot; each"
                    " keeps one for 15 minutes, then it goes to the next. Needs “on"
                    " offer from”."
                ),
                verbose_name="drop with a waiting room",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="code_digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="voucher",
            name="sealed_code",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="redemption",
            name="state",
            field=models.CharField(
                choices=[
                    ("held", "kept for you"),
                    ("lapsed", "not confirmed"),
                    ("ordered", "on its way"),
                    ("fulfilled", "delivered"),
                    ("cancelled", "cancelled"),
                    ("voided", "code void, points given back"),
                ],
                default="ordered",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["held_until"],
                name="redemption_on_hold",
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["gift", "held_until"],
                name="redemption_on_hold_of_gift",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), _negated=True),
                    ("held_until__isnull", False),
                    _connector="OR",
                ),
                name="a_hold_ends",
            ),
        ),
        migrations.AddField(
            model_name="gift",
            name="hook",
            field=models.ForeignKey(
                blank=True,
                help_text="For counted gifts. Empty: our team delivers.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gifts",
                to="rewards.deliveryhook",
                verbose_name="delivered by",
            ),
        ),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_drop", False), ("opens_at__isnull", False), _connector="OR"
                ),
                name="a_drop_opens_at_a_moment",
            ),
        ),
        migrations.AddField(
            model_name="expirynotice",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="giftlink",
            name="gift",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rewards.gift",
            ),
        ),
        migrations.AddField(
            model_name="giftlink",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="hookdelivery",
            name="hook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="rewards.deliveryhook",
            ),
        ),
        migrations.AddField(
            model_name="hookdelivery",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hook_delivery",
                to="rewards.redemption",
            ),
        ),
        migrations.AddField(
            model_name="hooktry",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tries",
                to="rewards.hookdelivery",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="order",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="place",
                to="rewards.redemption",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="places",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingroom",
            constraint=models.CheckConstraint(
                condition=models.Q(("served__lte", models.F("numbered"))),
                name="nobody_is_served_without_a_number",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="places",
                to="rewards.waitingroom",
            ),
        ),
        migrations.AddConstraint(
            model_name="expirynotice",
            constraint=models.UniqueConstraint(
                fields=("person", "expires_on", "days"), name="told_once_of_an_expiry"
            ),
        ),
        migrations.AddIndex(
            model_name="giftlink",
            index=models.Index(fields=["expires_at"], name="gift_link_to_forget"),
        ),
        migrations.AddIndex(
            model_name="hookdelivery",
            index=models.Index(fields=["-at", "-id"], name="hook_deliveries_by_time"),
        ),
        migrations.AddIndex(
            model_name="hookdelivery",
            index=models.Index(
                condition=models.Q(("state", "delivered"), _negated=True),
                fields=["at"],
                name="hook_delivery_open",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["room", "number"],
                name="place_to_serve",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("number__isnull", True)),
                fields=["room", "joined_at"],
                name="place_to_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                fields=("room", "person"), name="one_place_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                fields=("room", "number"), name="a_number_is_given_once"
            ),
        ),
    ]
