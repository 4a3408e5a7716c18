"""The picture of a thread where somebody shares it."""

from django.utils import translation

from common.sharing import SharePicture
from community.models import Question

KIND = "questions"


def picture_of(question: Question) -> SharePicture:
    with translation.override(question.language):
        circle = question.circle.name
    return SharePicture(KIND, question.pk, question.title, circle, question.language)
