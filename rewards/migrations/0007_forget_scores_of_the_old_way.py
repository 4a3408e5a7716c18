"""Scores made the old way cannot be explained by the new one; the night makes new."""

from django.db import migrations


def forget_scores(apps, _schema_editor):
    run = apps.get_model("rewards", "LeaderRun")
    score = apps.get_model("rewards", "LeaderScore")
    for pk in run.objects.values_list("pk", flat=True):
        score.objects.filter(run=pk).delete()
        run.objects.filter(pk=pk).delete()


class Migration(migrations.Migration):
    dependencies = [("rewards", "0006_agent_terms_are_in_a_state")]

    operations = [migrations.RunPython(forget_scores, migrations.RunPython.noop)]
