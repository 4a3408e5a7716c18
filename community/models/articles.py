"""Which answers an official article grew out of, and whom it thanks."""

from django.conf import settings
from django.db import models


class ArticleSource(models.Model):
    article = models.ForeignKey(
        "kb.ArticlePage", models.CASCADE, related_name="community_sources"
    )
    question = models.ForeignKey(
        "community.Question", models.PROTECT, related_name="articles"
    )
    answer = models.ForeignKey(
        "community.Answer", models.PROTECT, null=True, related_name="articles"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    # Set when the article is first published: the credit is paid once.
    credited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "answer"], name="answer_credited_once_per_article"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} <- {self.answer_id}"
