"""What every page shows around its content."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext as _, gettext_noop

from answerhall.languages import path_in
from common.freshness import KeptUntilChanged
from kb.models import HallSettings
from people.queries import unread_notifications

DOCUMENTS = [
    ("rules_page", gettext_noop("How this hall works")),
    ("privacy_page", gettext_noop("Privacy policy")),
    ("terms_page", gettext_noop("Terms of use")),
    ("licence_page", gettext_noop("Licence of contributions")),
]


@dataclass(frozen=True)
class HallFacts:
    """The operator's settings as one reader sees them; small enough to keep."""

    name: str
    operator: str
    description: str
    footer: str
    logo_url: str
    links: list[tuple[str, str]]
    icp_number: str
    public_security_number: str
    public_security_code: str


def hall(request: HttpRequest) -> dict:
    language = get_language() or settings.LANGUAGE_CODE
    is_chinese = language.startswith("zh")
    other = "en" if is_chinese else "zh-hans"
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "hall": SimpleLazyObject(lambda: hall_facts(language)),
        "base_url": settings.BASE_URL,
        "other_language": other,
        "other_language_url": path_in(request.path, other),
        "html_lang": "zh-Hans" if is_chinese else "en",
        "shows_sent_mail": settings.SHOW_SENT_MAIL,
        "unread": SimpleLazyObject(
            lambda: unread_notifications(user) if user and signed_in else 0
        ),
    }


# Every page shows them; they change with the site (common.freshness.SITE).
_facts = KeptUntilChanged(most=len(settings.LANGUAGES))


def hall_facts(language: str) -> HallFacts:
    return _facts(language, _read_facts)


def _read_facts() -> HallFacts:
    stored = HallSettings.load()
    operator = stored.operator or stored.name
    return HallFacts(
        name=stored.name,
        operator=operator,
        description=_("Official answers and members' help for %(operator)s customers.")
        % {"operator": operator},
        footer=" · ".join(filter(None, (stored.footer, stored.hotline, stored.hours))),
        logo_url=stored.logo.get_rendition("max-160x168").url if stored.logo else "",
        links=[
            (page.localized.url, _(label))
            for field, label in DOCUMENTS
            if (page := getattr(stored, field)) is not None
        ],
        icp_number=stored.icp_number,
        public_security_number=stored.public_security_number,
        public_security_code="".join(
            filter(str.isdigit, stored.public_security_number)
        ),
    )
