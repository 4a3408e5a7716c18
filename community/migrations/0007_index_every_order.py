"""The lists of a circle, somebody's best answers, a post's comments and what was removed
in their order, however many there are."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("community", "0006_judge_what_is_there")]

    operations = [
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["circle", "language", "state", "-created_at", "-id"],
                name="question_newest_here",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["circle", "language", "state", "-last_activity_at", "-id"],
                name="question_active_here",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["circle", "language", "state", "-vote_score", "-id"],
                name="question_votes_here",
            ),
        ),
        migrations.RemoveIndex(model_name="question", name="question_in_circle"),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["-deleted_at", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="question_removed",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["author", "state", "-vote_score", "-created_at", "-id"],
                name="best_answers_of_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["question", "created_at"],
                condition=Q(question__isnull=False),
                name="comment_of_a_question",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["answer", "created_at"],
                condition=Q(answer__isnull=False),
                name="comment_of_an_answer",
            ),
        ),
        migrations.RemoveIndex(model_name="comment", name="comment_of_question"),
        migrations.RemoveIndex(model_name="comment", name="comment_of_answer"),
    ]
