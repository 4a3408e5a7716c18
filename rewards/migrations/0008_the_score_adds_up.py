from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0007_forget_scores_of_the_old_way"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="leaderscore",
            name="leader_score_not_negative",
        ),
        migrations.RemoveConstraint(
            model_name="scoremodel",
            name="score_weights_add_up",
        ),
        # With a default, so that the way back works where there are scores.
        migrations.AlterField(
            model_name="leaderscore",
            name="lift",
            field=models.FloatField(default=0),
        ),
        migrations.RemoveField(
            model_name="leaderscore",
            name="lift",
        ),
        # The weight stays whoever's it was, so that the five still add up.
        migrations.RenameField(
            model_name="scoremodel",
            old_name="authority_percent",
            new_name="accepted_percent",
        ),
        migrations.AddField(
            model_name="leaderrun",
            name="people_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="leaderrun",
            name="trusted_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="leaderscore",
            name="asker_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="leaderscore",
            name="posts",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="leaderscore",
            name="trusted_askers",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="accepted_percent",
            field=models.PositiveSmallIntegerField(
                default=10,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="accepted, percent",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="count_days",
            field=models.PositiveSmallIntegerField(
                default=90,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
                verbose_name="plain count of the last days",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="count_pair_cap",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("5.00"),
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal("1000")),
                ],
                verbose_name="most answers to one asker in that count",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="email_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
                verbose_name="account with verified e-mail older than days",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="made_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="pair_cap",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("2.00"),
                help_text="Help for the same person counts less each time, up to this.",
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal("1000")),
                ],
                verbose_name="most for one asker, in answers",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="quick_hours",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("12.00"),
                help_text="A first answer after this long counts half of one at once.",
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal("1000")),
                ],
                verbose_name="speed halves after hours",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="rescue_after_hours",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("24.00"),
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal("1000")),
                ],
                verbose_name="rescue after hours of silence",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="trust_percent",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text=(
                    "Known well are imported people, and those with a verified e-mail "
                    "who dealt with more than one other person."
                ),
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="trust in people not known well, percent",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="unvouched_base",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("0.10"),
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal("1000")),
                ],
                verbose_name="most from people not known well alone, in answers",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="unvouched_percent",
            field=models.PositiveSmallIntegerField(
                default=100,
                validators=[django.core.validators.MaxValueValidator(1000)],
                verbose_name="and for each answer to people known well, percent of one",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="voter_pair_cap",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("1.50"),
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal("1000")),
                ],
                verbose_name="most from one voter, in votes",
            ),
        ),
        migrations.AlterField(
            model_name="leaderscore",
            name="score",
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="full_from_answers",
            field=models.PositiveIntegerField(
                default=200,
                help_text="Below it, a plain count of recent answers predicts as well.",
                verbose_name="five parts from this many answers",
            ),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="half_life_days",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="After this many days an answer counts half.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
                verbose_name="half-life in days",
            ),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="help_percent",
            field=models.PositiveSmallIntegerField(
                default=40,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="helping, percent",
            ),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="reach_percent",
            field=models.PositiveSmallIntegerField(
                default=20,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="reach, percent",
            ),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="response_percent",
            field=models.PositiveSmallIntegerField(
                default=20,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="speed, percent",
            ),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="votes_percent",
            field=models.PositiveSmallIntegerField(
                default=10,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="votes, percent",
            ),
        ),
        migrations.AlterField(
            model_name="scoremodel",
            name="made_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="made at"
            ),
        ),
        migrations.AddConstraint(
            model_name="scoremodel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "help_percent",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(100),
                                        "-",
                                        models.F("accepted_percent"),
                                    ),
                                    "-",
                                    models.F("response_percent"),
                                ),
                                "-",
                                models.F("reach_percent"),
                            ),
                            "-",
                            models.F("votes_percent"),
                        ),
                    )
                ),
                name="score_weights_add_up",
            ),
        ),
    ]
