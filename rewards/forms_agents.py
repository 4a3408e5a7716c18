"""What agents and managers fill in about the programme."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import Refused
from common.forms import BodyField, LineField
from common.text import clean_body, clean_line
from community.forms import HallForm
from community.models import Tag
from rewards.actions import announce
from rewards.models import Ability, Notice, Scorecard
from rewards.models.bench import LINE_MOST_CHARS, REPLY_MOST_CHARS
from rewards.models.scorecards import BEST_MARK, check_weights

LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]


class LineForm(HallForm):
    body = BodyField(
        label=_("Your message"),
        max_chars=LINE_MOST_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReplyForm(HallForm):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    title = LineField(label=_("Name, for you"), max_chars=80)
    body = BodyField(
        label=_("Reply"),
        max_chars=REPLY_MOST_CHARS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("It is put into your answer, where you can still change it."),
    )


class NoteForm(HallForm):
    note = LineField(label=_("Why (optional)"), max_chars=300, required=False)


class TopicsForm(HallForm):
    topics = forms.ModelMultipleChoiceField(
        Tag.objects.none(),
        label=_("Your topics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, offered: Iterable[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The rows are known already: one query for the page, none a choice.
        tags = list(offered)
        field: Any = self.fields["topics"]
        field.queryset = Tag.objects.filter(pk__in=[tag.pk for tag in tags])
        field.choices = [(tag.pk, tag.name) for tag in tags]


class TestForm(HallForm):
    """A test's questions as radio buttons; what is chosen comes by question's pk."""

    __test__ = False

    def __init__(self, *args: Any, ability: Ability, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in ability.questions.all():
            self.fields[f"q{question.pk}"] = forms.TypedChoiceField(
                label=question.text,
                choices=question.choices,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one.")},
            )

    @property
    def chosen(self) -> dict[int, int]:
        return {int(name[1:]): value for name, value in self.cleaned_data.items()}


class MarksForm(forms.Form):
    """A mark of 0-4 for each criterion of a scorecard, and a note."""

    def __init__(self, *args: Any, scorecard: Scorecard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks = [(str(mark), str(mark)) for mark in range(BEST_MARK + 1)]
        for one in scorecard.criteria.all():
            self.fields[f"c{one.pk}"] = forms.TypedChoiceField(
                label=one.title,
                help_text=one.help,
                choices=marks,
                coerce=int,
                widget=forms.RadioSelect,
            )
        self.fields["note"] = LineField(label=_("Note"), max_chars=300, required=False)

    @property
    def marks(self) -> dict[int, int]:
        return {
            int(name[1:]): value
            for name, value in self.cleaned_data.items()
            if name.startswith("c")
        }


class ScorecardForm(WagtailAdminModelForm):
    """Criteria stand in the page's second part; together they make 100 percent."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        rows = self.formsets["criteria"]
        if rows.is_valid():
            kept = [row for row in rows.forms if row not in rows.deleted_forms]
            check_weights([row.cleaned_data.get("weight", 0) for row in kept])
        return cleaned


class CleanTextForm(WagtailAdminModelForm):
    """Text that people read is cleaned as posts are."""

    lines: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in (*self.lines, *self.bodies):
            if cleaned.get(name):
                most = self._meta.model._meta.get_field(name).max_length
                clean = clean_line if name in self.lines else clean_body
                try:
                    cleaned[name] = clean(cleaned[name], most)
                except Refused as refusal:
                    self.add_error(name, ValidationError(str(refusal)))
        return cleaned


class NoticeForm(CleanTextForm):
    lines = ("title_en", "title_zh")
    bodies = ("body_en", "body_zh")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, public = cleaned.get("starts_at"), cleaned.get("public_at")
        if starts and public and public < starts:
            self.add_error(
                "public_at", _("Customers cannot hear of it before agents do.")
            )
        return cleaned

    def save(self, commit: bool = True) -> Notice:
        if self.instance.made_by is None:
            self.instance.made_by = self.for_user
        notice: Notice = super().save(commit=commit)
        if commit:
            announce(notice, at=timezone.now())
        return notice


class CannedReplyForm(CleanTextForm):
    lines = ("title_en", "title_zh")
    bodies = ("body_en", "body_zh")
