"""What the community does when another room announces a fact."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from community.actions import credit_helpers
from kb.models import ArticlePage
from kb.signals import article_published
from people.models import Person


@receiver(article_published)
def thank_the_helpers(
    article: ArticlePage,
    at: datetime,
    by: Person | None = None,
    **_unused: Any,
) -> None:
    credit_helpers(article=article, by=by, at=at)
