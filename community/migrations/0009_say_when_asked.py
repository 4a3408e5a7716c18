"""When the questions of the taggings that are there were asked. In batches, and able
to run twice."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

ROWS = 5_000


def say(apps, schema_editor):
    tagging_model = apps.get_model("community", "Tagging")
    question_model = apps.get_model("community", "Question")
    asked = question_model.objects.filter(pk=OuterRef("question"))
    after = 0
    while True:
        waiting = tagging_model.objects.filter(pk__gt=after).order_by("pk")
        ids = list(waiting.values_list("pk", flat=True)[:ROWS])
        if not ids:
            return
        after = ids[-1]
        chunk = tagging_model.objects.filter(pk__range=(ids[0], after), asked_at=None)
        chunk.update(asked_at=Subquery(asked.values("created_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [("community", "0008_taggings_know_when_asked")]

    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
