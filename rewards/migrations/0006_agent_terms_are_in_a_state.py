from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rewards", "0005_carry_over_the_agents")]

    operations = [
        migrations.RemoveField(
            model_name="agentterm",
            name="appointed_by",
        ),
        migrations.RemoveField(
            model_name="agentterm",
            name="ended_by",
        ),
        migrations.RemoveField(
            model_name="agentterm",
            name="note",
        ),
        migrations.AddConstraint(
            model_name="agentterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state", "ended")),
                    models.Q(
                        models.Q(("state", "ended"), _negated=True),
                        ("ended_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="ended_terms_have_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "found",
                            "evaluated",
                            "invited",
                            "accepted",
                            "supported",
                            "rewarded",
                            "paused",
                            "ended",
                        ],
                    )
                ),
                name="agent_term_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paused_in__in", ["accepted", "supported", "rewarded"]),
                        ("state", "paused"),
                    ),
                    models.Q(
                        models.Q(("state", "paused"), _negated=True), ("paused_in", "")
                    ),
                    _connector="OR",
                ),
                name="a_break_knows_where_it_goes_back_to",
            ),
        ),
    ]
