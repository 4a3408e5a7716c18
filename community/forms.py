"""What people fill in here. What was refused stays in the form as it was typed."""

import re
from typing import Any, Self, cast

from django import forms
from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import Refused, TooMany
from common.forms import BodyField, LineField
from common.text import clean_line, excerpt
from community import actions, errors, numbers
from community.actions.tagging import tag_key
from community.actions.writing import clean_title
from community.models import Answer, Circle, Flag, Question, Tag, Voice
from kb.models import TopicPage

# Refusals that are shown above the form, with everything that was typed.
_KEEP_THE_FORM = (400, 409, 413, 429)
# People separate tags with what their keyboard offers.
_BETWEEN_TAGS = re.compile(r"[,，、;；\n]")
_TAGS_TYPED_MOST = 400
ANSWER_SHOWN_CHARS = 120

_FIELD_OF: dict[type[Refused], str] = {
    errors.TitleTooShort: "title",
    errors.BodyTooShort: "body",
    errors.TooManyLinks: "body",
    errors.TooManyImages: "body",
    errors.CircleClosed: "circle",
    errors.TooManyTags: "tags",
    errors.TagNotUsable: "tags",
    errors.NotAReason: "reason",
}


class HallField(forms.BoundField):
    """A field in the house's look; a wrong one says so by class as well."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        if self.widget_type not in ("radioselect", "checkboxselectmultiple"):
            built["class"] = "input is-wrong" if self.errors else "input"
        return built


class HallForm(forms.Form):
    bound_field_class = HallField
    use_required_attribute = True

    def refuse(self, refusal: Refused) -> int:
        """Show a refusal beside the field it is about; returns the status to answer."""
        field = _FIELD_OF.get(type(refusal))
        self.add_error(field if field in self.fields else None, str(refusal))
        return refusal.status

    @property
    def status(self) -> int:
        return 400 if self.errors else 200


def stays_in_form(refusal: Refused) -> None:
    """Pass on what no other wording of the form would change."""
    if refusal.status not in _KEEP_THE_FORM:
        raise refusal


def retry_headers(refusal: Refused | None) -> dict[str, str]:
    if isinstance(refusal, TooMany) and refusal.retry_after:
        return {"Retry-After": str(refusal.retry_after)}
    return {}


class TagsField(LineField):
    """Names between commas, Latin or Chinese ones."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_chars=_TAGS_TYPED_MOST, **kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        line = super().to_python(value)
        names = (name.strip() for name in _BETWEEN_TAGS.split(line))
        return [name for name in names if name]


class QuestionForm(HallForm):
    """What asking and editing a question have in common."""

    title = LineField(
        label=_("Your question in one sentence"),
        max_chars=numbers.TITLE_MOST,
        help_text=_("What happens, on which phone or service, since when."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say in one sentence what you want to know.")},
    )
    body = BodyField(
        label=_("Details"),
        max_chars=numbers.BODY_MOST,
        help_text=_("What you tried, what you saw. Paste a screenshot if it helps."),
        error_messages={
            "required": _("Describe what you tried and what you saw instead.")
        },
    )
    circle = forms.ModelChoiceField(
        Circle.objects.none(),
        to_field_name="slug",
        label=_("Circle"),
        empty_label=_("Please choose"),
        error_messages={
            "required": _("Choose the circle that fits best; staff can move it."),
            "invalid_choice": _("There is no such circle. Please choose another."),
        },
    )
    tags = TagsField(
        label=_("Tags, up to five"),
        required=False,
        help_text=_("Between commas: port-in, app"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        circles = Circle.objects.order_by("position", "slug")
        here = self.initial.get("circle")
        choices = cast("forms.ModelChoiceField", self.fields["circle"])
        choices.queryset = circles.filter(is_open=True) | circles.filter(
            slug=here or ""
        )

    # The action asks these too; here, so that one look shows all there is to mend.
    def clean_title(self) -> str:
        try:
            return clean_title(self.cleaned_data["title"])
        except errors.TitleTooShort as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_tags(self) -> list[str]:
        names: list[str] = self.cleaned_data["tags"]
        if len({tag_key(name) for name in names}) > numbers.TAGS_MOST:
            raise forms.ValidationError(str(errors.TooManyTags(most=numbers.TAGS_MOST)))
        return names


class NoteMixin(forms.Form):
    note = LineField(
        label=_("What you changed (optional)"),
        max_chars=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class EditQuestionForm(NoteMixin, QuestionForm):
    def __init__(self, typed: QueryDict | None, *, question: Question) -> None:
        initial = {
            "title": question.title,
            "body": question.body,
            "circle": question.circle.slug,
            "tags": ", ".join(question.tags.values_list("name", flat=True)),
        }
        super().__init__(typed, initial=initial)


class AnswerForm(HallForm):
    body = BodyField(
        label=_("Your answer"),
        max_chars=numbers.BODY_MOST,
        error_messages={"required": _("Write your answer first.")},
    )


class EditAnswerForm(NoteMixin, AnswerForm):
    def __init__(self, typed: QueryDict | None, *, answer: Answer) -> None:
        super().__init__(typed, initial={"body": answer.body})


class CommentForm(HallForm):
    body = BodyField(
        label=_("Your comment"),
        max_chars=numbers.COMMENT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your comment first.")},
    )


class FlagForm(HallForm):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one of the reasons."),
            "invalid_choice": _("Please choose one of the reasons."),
        },
    )
    note = LineField(
        label=_("Anything the moderators should know? (optional)"),
        max_chars=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RemoveForm(HallForm):
    reason = LineField(
        label=_("Why? (optional)"),
        max_chars=200,
        required=False,
        help_text=_("Everybody can read the reason where the post was."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PictureForm(HallForm):
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, GIF or WebP, at most 4 MB."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty. Choose another picture."),
        },
    )


class MergeForm(HallForm):
    into = forms.CharField(
        label=_("The other question"),
        max_length=300,
        help_text=_("Its number or its address. Everything said here moves there."),
        error_messages={"required": _("Name the question that stays.")},
    )

    def clean_into(self) -> Question:
        numbers_typed = re.findall(r"\d{1,18}", self.cleaned_data["into"])
        found = None
        if numbers_typed:
            rows = Question.objects.visible()
            found = rows.filter(pk=int(numbers_typed[0])).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no visible question with this number.")
            )
        return found


class PlaceForm(HallForm):
    """Where a question belongs: staff put right what was guessed at asking."""

    circle = forms.ModelChoiceField(
        Circle.objects.all(), to_field_name="slug", label=_("Circle"), empty_label=None
    )
    language = forms.ChoiceField(
        label=_("Language of the thread"),
        choices=settings.LANGUAGES,
        help_text=_("The address of the thread goes with it."),
    )


class AnswersField(forms.ModelMultipleChoiceField):
    """Answers to choose from, each by who gave it and how it begins."""

    def label_from_instance(self, obj: Model) -> str:
        assert isinstance(obj, Answer)  # noqa: S101  the queryset holds nothing else
        return f"{obj.author.name}: {excerpt(obj.body_text, ANSWER_SHOWN_CHARS)}"


class DraftArticleForm(HallForm):
    """Which answers an article is made of, and where it will stand."""

    answers = AnswersField(
        Answer.objects.none(),
        label=_("Answers the article is made of"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one answer.")},
    )
    topic = forms.ModelChoiceField(
        TopicPage.objects.none(),
        label=_("Topic"),
        empty_label=None,
        error_messages={"required": _("Choose the topic it will stand in.")},
    )

    def __init__(
        self, typed: QueryDict | dict[str, Any] | None, *, question: Question
    ) -> None:
        super().__init__(typed)
        answers = Answer.objects.visible().filter(question=question)
        chosen = cast("AnswersField", self.fields["answers"])
        chosen.queryset = answers.select_related("author")
        accepted = question.accepted_answer_id
        # What our staff settled themselves has no accepted answer.
        helped = {"pk": accepted} if accepted else {"voice": Voice.OFFICIAL}
        chosen.initial = list(answers.filter(**helped).values_list("pk", flat=True))
        topics = TopicPage.objects.live().filter(
            locale__language_code=question.language
        )
        topic = cast("forms.ModelChoiceField", self.fields["topic"])
        topic.queryset = topics.order_by("title")
        topic.initial = _topic_about(question, topic.queryset)

    @classmethod
    def as_suggested(cls, question: Question) -> Self:
        """Filled in with what it suggests: one click is enough for most threads."""
        fields = cls(None, question=question).fields
        return cls(
            {name: field.initial for name, field in fields.items()}, question=question
        )


def _topic_about(question: Question, topics: QuerySet[TopicPage]) -> int | None:
    """The topic that shares most tags with the thread; the first one else."""
    tags = set(question.tags.values_list("slug", flat=True))
    shared = [(-len(tags & set(topic.tags)), topic.title, topic.pk) for topic in topics]
    return min(shared)[2] if shared else None


class TagForm(WagtailAdminModelForm):
    """A tag on the staff's screen. Joining two tags moves the questions of one."""

    class Meta:
        model = Tag
        fields = ["name", "slug", "language", "synonym_of", "translation_of"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the tag")
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=settings.LANGUAGES
        )
        # There are thousands of tags, so one is named by its address, not picked.
        for name, label, help_text in (
            (
                "synonym_of",
                _("synonym of"),
                _(
                    "Address of the tag that stays. The questions move there, and this"
                    " tag's address leads there."
                ),
            ),
            (
                "translation_of",
                _("translation of"),
                _("Address of the same tag in the other language."),
            ),
        ):
            self.fields[name] = forms.ModelChoiceField(
                Tag.objects.filter(synonym_of=None).exclude(pk=self.instance.pk),
                to_field_name="slug",
                label=label,
                required=False,
                widget=forms.TextInput,
                help_text=help_text,
                error_messages={
                    "invalid_choice": _("There is no such tag, or it is a synonym.")
                },
            )
            self.initial[name] = getattr(self.instance, name)
        self.was_synonym_of_id = self.instance.synonym_of_id

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], numbers.TAG_NAME_MOST, nfkc=True)
        twins = Tag.objects.filter(name_key=tag_key(name)).exclude(pk=self.instance.pk)
        if twins.exists():
            raise forms.ValidationError(_("There is a tag of this name already."))
        return name

    def save(self, commit: bool = True) -> Tag:
        """The synonym goes through the action that moves the questions."""
        canonical = self.cleaned_data["synonym_of"]
        self.instance.name_key = tag_key(self.cleaned_data["name"])
        if canonical is not None:
            self.instance.synonym_of_id = self.was_synonym_of_id
        tag = super().save(commit)
        if canonical is not None and canonical.pk != self.was_synonym_of_id:
            actions.make_synonym(tag=tag, canonical=canonical, by=self.for_user)
            tag.refresh_from_db()
        return tag
