"""Which answers staff read for a month's bonus."""

from datetime import date
from random import Random

from community.models import Answer
from people.models import Person
from rewards.models import Programme
from rewards.months import month_bounds


def sample_of(person: Person, month: date) -> list[Answer]:
    """Answers of the month to read, the same ones whenever they are drawn again.

    Drawn at random, so that nobody can tell beforehand which ones will count. What
    is posted, deleted or restored after the month cannot push another answer out.
    """
    start, end = month_bounds(month)
    written = Answer.objects.filter(
        author=person, created_at__gte=start, created_at__lt=end, source=""
    )
    pks = list(written.order_by("pk").values_list("pk", flat=True))
    draw = Random(f"{person.pk}:{month}")  # noqa: S311  a lot, not a secret
    drawn = sorted(pks, key=lambda pk: (draw.random(), pk))
    size = Programme.figures().sample_size
    read = Answer.objects.visible().filter(pk__in=pks).select_related("question")
    by_pk = {answer.pk: answer for answer in read if answer.question.is_visible}
    return [by_pk[pk] for pk in drawn if pk in by_pk][:size]
