"""Which threads search engines may keep, for those that were here before they were
asked about it. In batches, and able to run twice."""

from django.db import migrations
from django.db.models import F

ROWS = 2_000
WORTH_BYTES = 60


def judge(apps, schema_editor):
    question_model = apps.get_model("community", "Question")
    answer_model = apps.get_model("community", "Answer")
    after = 0
    while True:
        waiting = question_model.objects.filter(pk__gt=after).order_by("pk")
        ids = list(waiting.values_list("pk", flat=True)[:ROWS])
        if not ids:
            return
        after = ids[-1]
        chunk = question_model.objects.filter(pk__range=(ids[0], after))
        chunk.filter(words_changed_at=None).update(
            words_changed_at=F("last_activity_at")
        )
        answers = answer_model.objects.filter(
            question__in=ids, question__state="visible", state="visible"
        ).values_list(
            "question_id", "pk", "voice", "question__accepted_answer_id", "body_text"
        )
        worth = {
            question
            for question, pk, voice, accepted, text in answers
            if voice == "official" or pk == accepted or len(text.encode()) >= WORTH_BYTES
        }
        chunk.filter(pk__in=worth, listing_changed_at=None).update(
            is_indexable=True, listing_changed_at=F("last_activity_at")
        )


class Migration(migrations.Migration):
    dependencies = [("community", "0005_know_what_is_indexable")]

    operations = [migrations.RunPython(judge, migrations.RunPython.noop)]
