"""What managers fill in about the leader score."""

from typing import Any, ClassVar

from django import forms

from rewards.models import ScoreModel


class ScoreModelForm(forms.ModelForm):
    """Begins with the figures in force."""

    class Meta:
        model = ScoreModel
        fields: ClassVar = [
            "help_percent",
            "accepted_percent",
            "response_percent",
            "reach_percent",
            "votes_percent",
            "half_life_days",
            "pair_cap",
            "voter_pair_cap",
            "quick_hours",
            "rescue_after_hours",
            "trust_percent",
            "email_days",
            "partners_for_trust",
            "known_askers_percent",
            "unvouched_base",
            "unvouched_percent",
            "bad_percent",
            "bad_prior",
            "topic_prior",
            "topic_overall_percent",
            "full_from_answers",
            "count_days",
            "count_pair_cap",
        ]

    def __init__(self, data: Any = None) -> None:
        in_force = ScoreModel.objects.first() or ScoreModel()
        names = self._meta.fields or ()
        initial = {name: getattr(in_force, name) for name in names}
        super().__init__(data, initial=initial)
        for field in self.fields.values():
            field.widget.attrs["class"] = "staff-field"
