"""Let the score be made another way from the next night on."""

from datetime import datetime
from typing import Any

from django.db import transaction

from common.errors import NotAllowed
from people.models import Person
from rewards.models import ScoreModel


@transaction.atomic
def adopt_score_model(
    *, by: Person, values: dict[str, Any], at: datetime
) -> ScoreModel:
    """Add a version with these values; older ones stay as they were.

    Raises ValidationError where the values make no model.
    """
    if not by.has_perm("rewards.manage_agents"):
        raise NotAllowed
    model = ScoreModel(**values, made_by=by, made_at=at)
    model.full_clean()
    model.save()
    return model
