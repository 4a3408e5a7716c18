"""What the community puts into pages of the rooms below. Never reads who is looking."""

from datetime import timedelta

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail import hooks

from common.freshness import kept_part, named, shows
from common.site_day import start_of_site_day
from common.structured import as_script
from community import indexing, queries, structured
from community.freshness import questions_in
from community.models import MemberTally
from kb.models import ArticlePage, HallPage
from people.models import Person

ROWS_IN_THE_HALL = 3
RECENT_QUESTIONS = 5
THREADS_BY_AN_ARTICLE = 5
NOT_TO_BE_KEPT = SafeString('<meta name="robots" content="noindex">')


@hooks.register("profile_head", order=10)
def profile_for_machines(request: HttpRequest, person: Person) -> SafeString:
    """Who helped is introduced to search engines; a thin profile is kept from them."""
    shows(named(MemberTally, person.pk))
    tally = queries.tally_of(person)
    if not indexing.is_worth_indexing(person, tally):
        return NOT_TO_BE_KEPT
    return as_script(structured.profile_page(person, tally))


@hooks.register("profile_parts", order=20)
def help_given(person: Person, **_subject: object) -> SafeString:
    """Reputation, counts, best answers, questions, topics of strength."""
    key = ("help given", named(Person, person.pk))
    return kept_part(key, lambda: _help_given(person))


def _help_given(person: Person) -> SafeString:
    shows(named(MemberTally, person.pk))
    questions = list(queries.questions_of(person, RECENT_QUESTIONS).only("pk"))
    summary = queries.member_summary(person)
    shows(*(answer.question for answer in summary.best_answers))
    context = {
        "person": person,
        "chart": reputation_chart(person),
        "summary": summary,
        "questions": questions,
    }
    return render_to_string("community/slots/profile.html", context)


def reputation_chart(person: Person) -> list[dict[str, object]]:
    """Bars in percent of the picture, so that it fits any width without script."""
    ends = queries.reputation_by_month(person, timezone.now())
    highest = max((end.reputation for end in ends), default=1)
    width = 100 / len(ends) if ends else 0
    bars = []
    for place, end in enumerate(ends):
        height = 100 * end.reputation / highest
        bars.append(
            {
                "month": end.month,
                "reputation": end.reputation,
                "x": f"{place * width:.2f}%",
                "width": f"{width * 0.8:.2f}%",
                "y": f"{100 - height:.2f}%",
                "height": f"{height:.2f}%",
            }
        )
    return bars


@hooks.register("hall_sections", order=10)
def hall_sections(page: HallPage, **_subject: object) -> SafeString:
    """Solved today, how a question travels, who still waits, what is hot."""
    language = page.content_language
    key = ("hall sections", language)
    return kept_part(key, lambda: _hall_sections(language))


def _hall_sections(language: str) -> SafeString:
    now = timezone.now()
    a_week_ago = now - timedelta(days=7)
    solved = queries.recently_solved(language, a_week_ago, ROWS_IN_THE_HALL)
    midnight = start_of_site_day(now)
    today = [one for one in solved if one.solved_at >= midnight]
    shows(questions_in(language))
    shows(*(named(Person, one.solver_id) for one in solved if one.solver_id))
    context = {
        "solved_today": bool(today),
        "solved": today or solved,
        "unanswered": queries.question_list(language=language, sort="unanswered")[
            :ROWS_IN_THE_HALL
        ],
        "hot": queries.hot_questions(language, a_week_ago, ROWS_IN_THE_HALL),
    }
    return render_to_string("community/slots/hall.html", context)


@hooks.register("article_below", order=10)
def article_credits(article: ArticlePage, **_subject: object) -> SafeString | str:
    """Thanks to the members whose answers an article uses, and the way to them."""
    sources = queries.sources_of(article)
    if not sources:
        return ""
    shows(*(source.question for source in sources))
    shows(*(source.person for source in sources))
    context = {
        "people": list(
            {source.person_id: source.person for source in sources}.values()
        ),
        "threads": list(
            {source.question_id: source.question for source in sources}.values()
        ),
    }
    return render_to_string("community/slots/article_credits.html", context)


@hooks.register("article_side", order=20)
def threads_about_it(article: ArticlePage, **_subject: object) -> SafeString | str:
    language = article.content_language
    alike = article.similar["question"][:THREADS_BY_AN_ARTICLE]
    threads = queries.threads_in_order(alike, language) or queries.threads_tagged(
        list(article.tags), language
    )
    if not threads:
        return ""
    shows(*threads)
    context = {"threads": threads}
    return render_to_string("community/slots/article_threads.html", context)
