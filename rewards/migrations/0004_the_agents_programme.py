import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0006_judge_what_is_there"),
        ("kb", "0002_initial"),
        ("rewards", "0003_campaigns_budgets_and_giving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BonusBand",
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
                    "title_en",
                    models.CharField(max_length=40, verbose_name="name in English"),
                ),
                (
                    "title_zh",
                    models.CharField(max_length=40, verbose_name="name in Chinese"),
                ),
                (
                    "from_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        verbose_name="suggested from, percent of the scorecard",
                    ),
                ),
                (
                    "points",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="points",
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "bonus band",
                "verbose_name_plural": "bonus bands",
                "ordering": ["-from_percent", "-points"],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
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
                    "sort_order",
                    models.PositiveSmallIntegerField(default=0, editable=False),
                ),
                (
                    "title_en",
                    models.CharField(max_length=60, verbose_name="name in English"),
                ),
                (
                    "title_zh",
                    models.CharField(max_length=60, verbose_name="name in Chinese"),
                ),
                (
                    "help_en",
                    models.CharField(
                        max_length=200, verbose_name="what to look at, in English"
                    ),
                ),
                (
                    "help_zh",
                    models.CharField(
                        max_length=200, verbose_name="what to look at, in Chinese"
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight, percent",
                    ),
                ),
                (
                    "is_critical",
                    models.BooleanField(default=False, verbose_name="critical"),
                ),
            ],
            options={
                "ordering": ["sort_order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeTerms",
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
                    "text_en",
                    models.TextField(max_length=20000, verbose_name="text in English"),
                ),
                (
                    "text_zh",
                    models.TextField(max_length=20000, verbose_name="text in Chinese"),
                ),
                (
                    "made_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="made at"),
                ),
            ],
            options={
                "verbose_name": "programme terms",
                "verbose_name_plural": "programme terms",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Scorecard",
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
                    "pass_percent",
                    models.PositiveSmallIntegerField(
                        default=70,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent needed for an invitation",
                    ),
                ),
                (
                    "critical_below",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MaxValueValidator(4)],
                        verbose_name="a critical criterion fails below this mark",
                    ),
                ),
                (
                    "critical_cap_percent",
                    models.PositiveSmallIntegerField(
                        default=59,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="most percent when a critical criterion fails",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="made at"),
                ),
            ],
            options={
                "verbose_name": "scorecard",
                "verbose_name_plural": "scorecards",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="TermsConsent",
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
                ("language", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TestTry",
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
                ("right_count", models.PositiveSmallIntegerField()),
                ("question_count", models.PositiveSmallIntegerField()),
                ("passed", models.BooleanField()),
                ("expires_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="agentterm",
            name="answer_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="agentterm",
            name="ask_again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="agentterm",
            name="paused_in",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="agentterm",
            name="state",
            field=models.CharField(
                choices=[
                    ("found", "found"),
                    ("evaluated", "evaluated"),
                    ("invited", "invited"),
                    ("accepted", "accepted"),
                    ("supported", "supported"),
                    ("rewarded", "rewarded"),
                    ("paused", "paused"),
                    ("ended", "ended"),
                ],
                default="found",
                max_length=10,
                verbose_name="step",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="agentterm",
            name="state_since",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="since"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="agentterm",
            name="started_at",
            field=models.DateTimeField(null=True),
        ),
        # Goes two migrations on; may be empty until then, also on the way back.
        migrations.AlterField(
            model_name="agentterm",
            name="appointed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="earnrule",
            name="event",
            field=models.CharField(
                choices=[
                    ("accepted", "an answer is accepted"),
                    ("upvote", "an answer is found helpful"),
                    ("rescue", "an accepted first answer after a day of silence"),
                    ("article_credit", "an answer becomes part of an article"),
                    ("agent_bonus", "a service agent's month, by its band"),
                ],
                max_length=20,
                unique=True,
                verbose_name="event",
            ),
        ),
        migrations.CreateModel(
            name="Ability",
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
                    "slug",
                    models.SlugField(
                        max_length=60, unique=True, verbose_name="address"
                    ),
                ),
                (
                    "title_en",
                    models.CharField(max_length=80, verbose_name="name in English"),
                ),
                (
                    "title_zh",
                    models.CharField(max_length=80, verbose_name="name in Chinese"),
                ),
                (
                    "lesson_en",
                    models.TextField(
                        blank=True, max_length=30000, verbose_name="lesson in English"
                    ),
                ),
                (
                    "lesson_zh",
                    models.TextField(
                        blank=True, max_length=30000, verbose_name="lesson in Chinese"
                    ),
                ),
                (
                    "pass_percent",
                    models.PositiveSmallIntegerField(
                        default=80,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent of right answers to pass",
                    ),
                ),
                (
                    "tries_a_day",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="tries a day",
                    ),
                ),
                (
                    "valid_months",
                    models.PositiveSmallIntegerField(
                        default=12,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="months a certificate is valid",
                    ),
                ),
                (
                    "needed_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no step; it is an offer"),
                            ("supported", "before the bench opens"),
                            ("rewarded", "before the first bonus"),
                        ],
                        max_length=10,
                        verbose_name="needed",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="position"
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="in force")),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="kb.articlepage",
                        verbose_name="official article to read",
                    ),
                ),
            ],
            options={
                "verbose_name": "ability",
                "verbose_name_plural": "abilities",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AbilityQuestion",
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
                    "sort_order",
                    models.PositiveSmallIntegerField(default=0, editable=False),
                ),
                (
                    "text_en",
                    models.CharField(
                        max_length=300, verbose_name="question in English"
                    ),
                ),
                (
                    "text_zh",
                    models.CharField(
                        max_length=300, verbose_name="question in Chinese"
                    ),
                ),
                (
                    "choices_en",
                    models.TextField(
                        max_length=1200, verbose_name="choices in English, one a line"
                    ),
                ),
                (
                    "choices_zh",
                    models.TextField(
                        max_length=1200, verbose_name="choices in Chinese, one a line"
                    ),
                ),
                (
                    "right",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="number of the right line",
                    ),
                ),
                (
                    "ability",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="rewards.ability",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AgentStep",
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
                ("number", models.PositiveSmallIntegerField()),
                ("from_state", models.CharField(blank=True, max_length=10)),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("found", "found"),
                            ("evaluated", "evaluated"),
                            ("invited", "invited"),
                            ("accepted", "accepted"),
                            ("supported", "supported"),
                            ("rewarded", "rewarded"),
                            ("paused", "paused"),
                            ("ended", "ended"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "who",
                    models.CharField(
                        choices=[
                            ("programme", "the programme"),
                            ("manager", "a manager"),
                            ("member", "the member"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("score", "near the top in the nightly scores"),
                            ("named", "named by a manager"),
                            ("scored", "scored by a manager"),
                            (
                                "off_list",
                                "no longer near the top in the nightly scores",
                            ),
                            ("asked", "invited"),
                            ("agreed", "agreed to the terms"),
                            ("declined", "said no"),
                            ("expired", "the invitation ran out"),
                            ("trained", "training passed"),
                            ("bonus", "first monthly bonus"),
                            ("break", "took a break"),
                            ("back", "came back"),
                            ("terms", "new terms not agreed to"),
                            ("left", "left"),
                            ("removed", "ended by a manager"),
                            ("erased", "account erased"),
                            ("before", "appointed before the programme had steps"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="rewards.agentterm",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="AgentTopic",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agent_topics",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="community.tag",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CannedReply",
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
                    "title_en",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="title in English"
                    ),
                ),
                (
                    "title_zh",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="title in Chinese"
                    ),
                ),
                (
                    "body_en",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="reply in English"
                    ),
                ),
                (
                    "body_zh",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="reply in Chinese"
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="canned_replies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "canned reply",
                "verbose_name_plural": "canned replies",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
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
                ("month", models.DateField(null=True)),
                ("marks", models.JSONField()),
                ("percent", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "answer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.answer",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="rewards.agentterm",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MonthlyBonus",
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
                ("month", models.DateField()),
                ("points", models.PositiveIntegerField()),
                ("percent", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "band",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rewards.bonusband",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agent_bonuses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bonuses",
                        to="rewards.agentterm",
                    ),
                ),
            ],
            options={
                "ordering": ["-month"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                    "title_en",
                    models.CharField(max_length=150, verbose_name="title in English"),
                ),
                (
                    "title_zh",
                    models.CharField(max_length=150, verbose_name="title in Chinese"),
                ),
                (
                    "body_en",
                    models.TextField(max_length=10000, verbose_name="text in English"),
                ),
                (
                    "body_zh",
                    models.TextField(max_length=10000, verbose_name="text in Chinese"),
                ),
                ("starts_at", models.DateTimeField(verbose_name="agents read it from")),
                (
                    "public_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then agents are asked to keep it to themselves.",
                        null=True,
                        verbose_name="customers hear of it",
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="withdrawn at"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "early notice",
                "verbose_name_plural": "early notices",
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LineMessage",
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
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
                ("hidden_at", models.DateTimeField(null=True)),
                ("hidden_reason", models.CharField(blank=True, max_length=200)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="line_messages",
                        to="rewards.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "message on the staff line",
                "verbose_name_plural": "messages on the staff line",
            },
        ),
        migrations.CreateModel(
            name="Programme",
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
                    "candidate_places",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="places that are looked at",
                    ),
                ),
                (
                    "runs_to_enter",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="scorings in a row to become a candidate",
                    ),
                ),
                (
                    "places_to_stay",
                    models.PositiveSmallIntegerField(
                        default=40,
                        help_text="More than the places looked at, or the list flickers.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="places within which a candidate stays one",
                    ),
                ),
                (
                    "runs_to_leave",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="scorings in a row outside them to leave the list",
                    ),
                ),
                (
                    "invitation_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days an invitation is open",
                    ),
                ),
                (
                    "ask_again_months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        verbose_name="months before somebody who said no is asked again",
                    ),
                ),
                (
                    "terms_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="days to agree to new terms"
                    ),
                ),
                (
                    "escalations_a_day",
                    models.PositiveSmallIntegerField(
                        default=5,
                        verbose_name="threads an agent may hand to our team a day",
                    ),
                ),
                (
                    "sample_size",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="answers read for a monthly bonus",
                    ),
                ),
                (
                    "remind_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        verbose_name="days before a certificate ends that its holder is told",
                    ),
                ),
            ],
            options={
                "verbose_name": "figures of the programme",
                "verbose_name_plural": "figures of the programme",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("places_to_stay__gte", models.F("candidate_places"))
                        ),
                        name="staying_is_easier_than_entering",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="agentterm",
            name="terms",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="rewards.programmeterms",
            ),
        ),
        migrations.AddIndex(
            model_name="agentterm",
            index=models.Index(
                fields=["state", "-state_since"], name="agent_terms_by_step"
            ),
        ),
        migrations.AddIndex(
            model_name="agentterm",
            index=models.Index(fields=["answer_by"], name="agent_terms_awaiting"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="scorecard",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rewards.scorecard",
            ),
        ),
        migrations.AddField(
            model_name="criterion",
            name="scorecard",
            field=modelcluster.fields.ParentalKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="criteria",
                to="rewards.scorecard",
            ),
        ),
        migrations.AddField(
            model_name="termsconsent",
            name="term",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="rewards.agentterm",
            ),
        ),
        migrations.AddField(
            model_name="termsconsent",
            name="terms",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rewards.programmeterms",
            ),
        ),
        migrations.AddField(
            model_name="testtry",
            name="ability",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tries",
                to="rewards.ability",
            ),
        ),
        migrations.AddField(
            model_name="testtry",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="test_tries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="abilityquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("right__gt", 0)), name="a_test_has_a_right_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="agentstep",
            constraint=models.UniqueConstraint(
                fields=("term", "number"), name="agent_steps_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="agentstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_state", ""), ("to_state", "found")),
                    models.Q(("from_state", "found"), ("to_state", "evaluated")),
                    models.Q(("from_state", "evaluated"), ("to_state", "invited")),
                    models.Q(("from_state", "invited"), ("to_state", "accepted")),
                    models.Q(("from_state", "accepted"), ("to_state", "supported")),
                    models.Q(("from_state", "supported"), ("to_state", "rewarded")),
                    models.Q(("from_state", "accepted"), ("to_state", "paused")),
                    models.Q(("from_state", "supported"), ("to_state", "paused")),
                    models.Q(("from_state", "rewarded"), ("to_state", "paused")),
                    models.Q(("from_state", "paused"), ("to_state", "accepted")),
                    models.Q(("from_state", "paused"), ("to_state", "supported")),
                    models.Q(("from_state", "paused"), ("to_state", "rewarded")),
                    models.Q(("from_state", "found"), ("to_state", "ended")),
                    models.Q(("from_state", "evaluated"), ("to_state", "ended")),
                    models.Q(("from_state", "invited"), ("to_state", "ended")),
                    models.Q(("from_state", "accepted"), ("to_state", "ended")),
                    models.Q(("from_state", "supported"), ("to_state", "ended")),
                    models.Q(("from_state", "rewarded"), ("to_state", "ended")),
                    models.Q(("from_state", "paused"), ("to_state", "ended")),
                    _connector="OR",
                ),
                name="no_agent_step_skipped",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("actor__isnull", True), ("who", "programme")),
                    models.Q(
                        ("actor__isnull", False), ("who__in", ["manager", "member"])
                    ),
                    _connector="OR",
                ),
                name="agent_steps_know_who_took_them",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_state", ""), ("number", 1)),
                    models.Q(
                        ("number__gt", 1), models.Q(("from_state", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="agent_steps_begin_at_the_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="agenttopic",
            constraint=models.UniqueConstraint(
                fields=("person", "tag"), name="an_agents_topic_once"
            ),
        ),
        migrations.AddIndex(
            model_name="cannedreply",
            index=models.Index(fields=["owner", "id"], name="canned_replies_of"),
        ),
        migrations.AddConstraint(
            model_name="cannedreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("title_en", ""), _negated=True),
                        models.Q(("body_en", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("title_zh", ""), _negated=True),
                        models.Q(("body_zh", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_canned_reply_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlybonus",
            constraint=models.UniqueConstraint(
                fields=("person", "month"), name="one_bonus_per_agent_and_month"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["-starts_at", "-id"], name="notices_newest"),
        ),
        migrations.AddIndex(
            model_name="linemessage",
            index=models.Index(fields=["agent", "-at", "-id"], name="line_of_an_agent"),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__lte", 100)), name="evaluation_in_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__isnull", True), ("month__isnull", True)),
                    models.Q(("answer__isnull", False), ("month__isnull", False)),
                    _connector="OR",
                ),
                name="answers_are_judged_for_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                fields=("answer", "by", "month"), name="one_judgement_per_reader"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0), ("weight__lte", 100)),
                name="criteria_weigh_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="termsconsent",
            constraint=models.UniqueConstraint(
                fields=("term", "terms"), name="one_consent_per_terms"
            ),
        ),
        migrations.AddIndex(
            model_name="testtry",
            index=models.Index(
                fields=["person", "ability", "-at"], name="test_tries_of"
            ),
        ),
        migrations.AddIndex(
            model_name="testtry",
            index=models.Index(
                condition=models.Q(("passed", True)),
                fields=["expires_at"],
                name="certificates_by_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="testtry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expires_at__isnull", False), ("passed", True)),
                    models.Q(("expires_at__isnull", True), ("passed", False)),
                    _connector="OR",
                ),
                name="certificates_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="testtry",
            constraint=models.CheckConstraint(
                condition=models.Q(("right_count__lte", models.F("question_count"))),
                name="no_more_right_than_asked",
            ),
        ),
    ]
