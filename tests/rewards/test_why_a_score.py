"""A score opens to the answers behind it; a new model is compared before it counts."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from common.errors import NotAllowed
from common.outbox import drain
from community import actions as community
from people import registries
from people.models import Person
from rewards import actions
from rewards.actions import previewing
from rewards.actions.adopting import adopt_score_model
from rewards.forms_scores import ScoreModelForm
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.queries.leaders import explained_score
from rewards.scoring.model import PARTS, Model

OTHERS = ["stranger", "helper", "moderator", "editor", "desk_agent"]


@pytest.fixture(autouse=True)
def _nothing_kept(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def five_parts(db):
    return ScoreModel.objects.create(full_from_answers=1)


@pytest.fixture
def helped(make_question, make_answer, accept, neighbours):
    """Let somebody help so many neighbours, each once; what they asked is returned."""

    def helped(who, times, *, tags=(), accepted=True):
        answers = []
        for neighbour in neighbours(times):
            question = make_question(by=neighbour, tags=list(tags))
            answers.append(make_answer(question=question, by=who))
            if accepted:
                accept(answers[-1])
        return answers

    return helped


def said(response):
    assert response.status_code == 200
    return response.content.decode()


def why(person, **asked):
    return reverse("rewards:leader", args=[person.handle]), asked


# Why somebody has a score


def test_every_part_names_its_answers_and_what_they_brought(
    client, helped, helper, five_parts, clock
):
    answers = helped(helper, 3)
    actions.score_leaders(at=clock.now)

    found = explained_score(helper)
    page = said(client.get(*why(helper)))

    assert sum(part.points for part in found.parts) == found.row.score
    shown = [part for part in found.parts if part.points]
    assert {part.name for part in shown} == {"help", "accepted", "response", "reach"}
    for part in shown:
        assert {post.answer.pk for post in part.posts} == {one.pk for one in answers}
        brought = sum(post.brought for post in part.posts) + part.rest
        assert abs(brought - part.points) <= len(part.posts)
    for answer in answers:
        assert answer.get_absolute_url() in page
    assert f"{found.row.score:,}" in page


def test_the_page_says_how_far_askers_are_trusted(
    client, helped, make_answer, make_question, helper, stranger, five_parts, clock
):
    helped(helper, 2)
    asker = helped(stranger, 1)[0].question.author
    make_answer(question=make_question(by=asker), by=helper)

    actions.score_leaders(at=clock.now)

    row = LeaderScore.objects.get(person=helper, tag=None)
    assert (row.asker_count, row.trusted_askers) == (3, 1)
    trust = {trust for _answer, _brought, trust in row.posts["help"]}
    assert trust == {30, 100}
    page = said(client.get(*why(helper)))
    assert "Of 3 people helped, 1 are known well" in page
    assert "30%" in page
    assert "100%" in page
    run = LeaderRun.objects.get()
    assert (run.people_count, run.trusted_count) == (5, 2)


def test_without_a_proven_address_nobody_is_known_well(
    helped, make_answer, make_question, helper, stranger, five_parts, clock
):
    from allauth.account.models import EmailAddress

    asker = helped(stranger, 1)[0].question.author
    make_answer(question=make_question(by=asker), by=helper)
    EmailAddress.objects.filter(user=asker).update(verified=False)

    actions.score_leaders(at=clock.now)

    assert LeaderScore.objects.get(person=helper, tag=None).trusted_askers == 0


def test_in_the_first_week_nobody_is_known_well(
    helped, make_answer, make_question, helper, stranger, five_parts, clock
):
    asker = helped(stranger, 1)[0].question.author
    make_answer(question=make_question(by=asker), by=helper)
    Person.objects.filter(pk=asker.pk).update(date_joined=clock.now)

    run = actions.score_leaders(at=clock.now)
    later = actions.score_leaders(at=clock.move(days=7))

    found = [
        one.scores.get(person=helper, tag=None).trusted_askers for one in (run, later)
    ]
    assert found == [0, 1]


def test_imported_askers_are_known_well(helped, helper, five_parts, clock):
    asker = helped(helper, 1)[0].question.author
    Person.objects.filter(pk=asker.pk).update(source="forum", source_id="7")

    actions.score_leaders(at=clock.now)

    assert LeaderScore.objects.get(person=helper, tag=None).trusted_askers == 1


def test_what_is_no_longer_public_is_counted_and_not_named(
    client, helped, helper, moderator, five_parts, clock
):
    gone, stays = helped(helper, 2)
    title = "Porting from a prepaid card fails"
    gone.question.title = title
    gone.question.save(update_fields=["title"])
    actions.score_leaders(at=clock.now)
    assert title in said(client.get(*why(helper)))

    community.delete(person=moderator, post=gone, at=clock.now)

    page = said(client.get(*why(helper)))
    assert title not in page
    assert "no longer public" in page
    assert stays.get_absolute_url() in page


def test_who_has_no_score_has_no_page(client, helped, helper, stranger, clock):
    assert client.get(*why(helper)).status_code == 404
    helped(helper, 1)
    actions.score_leaders(at=clock.now)

    assert client.get(*why(helper)).status_code == 200
    assert client.get(*why(stranger)).status_code == 404
    assert client.get(*why(helper, topic="no-such-thing")).status_code == 404
    assert client.get("/en/leaders/nobody-at-all/").status_code == 404
    assert client.post(why(helper)[0]).status_code == 405


def test_who_was_erased_has_no_page(client, helped, helper, clock):
    helped(helper, 1)
    actions.score_leaders(at=clock.now)
    Person.objects.filter(pk=helper.pk).update(erased_at=clock.now)

    assert client.get(*why(helper)).status_code == 404


def test_a_topic_has_its_own_reasons(client, helped, helper, five_parts, clock):
    helped(helper, 10, tags=["eSIM"])
    helped(helper, 2)
    actions.score_leaders(at=clock.now)

    page = said(client.get(*why(helper, topic="esim")))

    assert "with eSIM" in page
    assert "Other topics" in page
    row = LeaderScore.objects.get(tag__slug="esim")
    assert sum(row.parts.values()) == row.score
    assert row.answer_count == 10


def test_thin_history_is_said_and_counted(client, helped, helper, clock):
    helped(helper, 2)
    actions.score_leaders(at=clock.now)

    page = said(client.get(*why(helper)))

    assert "fewer than 200 answers" in page
    assert "last 90 days" in page
    chinese = said(client.get(f"/zh-hans/leaders/{helper.handle}/"))
    assert "的评分从何而来" in chinese


def test_more_answers_cost_no_more_queries(
    client, helped, helper, five_parts, clock, django_assert_num_queries
):
    helped(helper, 1)
    actions.score_leaders(at=clock.now)
    client.get(*why(helper))
    with django_assert_num_queries(40, exact=False) as few:
        client.get(*why(helper))
    helped(helper, 8, tags=["eSIM"])
    actions.score_leaders(at=clock.move(hours=1))

    with django_assert_num_queries(len(few)):
        client.get(*why(helper))


def test_only_newer_runs_say_which_posts(helped, helper, five_parts, clock):
    helped(helper, 1)
    first = actions.score_leaders(at=clock.now)
    assert first.scores.get().posts

    actions.score_leaders(at=clock.move(days=4))

    row = first.scores.get()
    assert row.posts == {}
    assert sum(row.parts.values()) == row.score


def test_people_can_have_their_scores_and_have_them_forgotten(
    helped, helper, stranger, five_parts, clock
):
    helped(helper, 1)
    helped(stranger, 1)
    actions.score_leaders(at=clock.now)

    (mine,) = registries.exports()["leader_scores"](helper)
    for forget in registries.erasures():
        if forget.__name__ == "forget_scores":
            forget(person=helper, at=clock.now)

    assert sum(mine["parts"].values()) == mine["score"] > 0
    assert mine["rank"] in (1, 2)
    assert registries.exports()["leader_scores"](helper) == []
    assert LeaderScore.objects.filter(person=stranger).exists()


# Another model


def figures(**changed):
    form = ScoreModelForm()
    names = form.fields
    return {name: str(form.initial[name]) for name in names} | changed


@pytest.fixture
def page(manager, client_of):
    """The managers' page of the score; gets it, or posts to it."""
    client, address = client_of(manager), reverse("rewards_score_model")

    def page(**fields):
        return client.post(address, fields) if fields else client.get(address)

    return page


def test_a_change_is_compared_and_nothing_is_stored(
    page, helped, helper, stranger, five_parts, clock
):
    """One answers many, the other's few answers are accepted."""
    helped(helper, 4, accepted=False)
    helped(stranger, 3)
    actions.score_leaders(at=clock.now)
    before = page().content.decode()
    assert "What would change" not in before

    response = page(**figures(help_percent="0", accepted_percent="50"))

    moves = {
        person.handle: (move.old_rank, move.new_rank)
        for move, person in response.context["moves"]
    }
    assert moves["laoxu"] == (1, 1)
    swapped = page(**figures(help_percent="50", accepted_percent="0"))
    assert {
        person.handle: move.new_rank for move, person in swapped.context["moves"]
    }.keys() == {"laoxu", "xiaoman"}
    assert ScoreModel.objects.count() == 1
    assert LeaderRun.objects.count() == 1
    assert "Nothing has been stored yet" in response.content.decode()


def test_every_figure_but_the_unit_is_the_managers_to_change(page, clock):
    """Halved where that is allowed; percentages of parts still add up."""
    other = {
        "half_life_days": "15",
        "pair_cap": "1.00",
        "voter_pair_cap": "0.75",
        "quick_hours": "6.00",
        "rescue_after_hours": "12.00",
        "trust_percent": "15",
        "email_days": "3",
        "partners_for_trust": "3",
        "known_askers_percent": "25",
        "unvouched_base": "0.05",
        "unvouched_percent": "50",
        "bad_percent": "25",
        "bad_prior": "2.50",
        "topic_prior": "1.50",
        "topic_overall_percent": "25",
        "full_from_answers": "100",
        "count_days": "45",
        "count_pair_cap": "2.50",
        "help_percent": "30",
        "accepted_percent": "5",
        "response_percent": "30",
        "reach_percent": "30",
        "votes_percent": "5",
    }

    assert page(**other, apply="1").status_code == 302

    first, now = Model().as_dict(), ScoreModel.objects.get().as_model().as_dict()
    assert {name for name in first if first[name] == now[name]} == {"reference_top"}
    assert all(now["weights"][part] != first["weights"][part] for part in PARTS)


def test_each_version_says_what_it_changed(page):
    page(**figures(email_days="14"), apply="1")
    page(**figures(help_percent="30", votes_percent="20"), apply="1")

    newest, first = page().context["versions"]

    assert [change[1:] for change in newest.changes] == [(40, 30), (10, 20)]
    assert [change[1:] for change in first.changes] == [(7, 14)]
    assert "older than days: 7 → 14" in page().content.decode()


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("partners_for_trust", "1"),
        ("known_askers_percent", "101"),
        ("bad_percent", "-1"),
        ("bad_prior", "0"),
        ("topic_prior", "0"),
        ("topic_overall_percent", "101"),
    ],
)
def test_figures_that_make_no_score_are_refused(page, figure, value):
    response = page(**figures(**{figure: value}), apply="1")

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {figure}
    assert not ScoreModel.objects.exists()


def test_old_and_new_ranks_are_those_of_the_two_models(
    helped, helper, stranger, five_parts, clock
):
    helped(helper, 6, accepted=False)
    helped(stranger, 3)
    weights = dict.fromkeys(PARTS, 0.0)
    by_answers = Model(full_from_answers=1, weights=weights | {"help": 1.0})
    by_accepted = Model(full_from_answers=1, weights=weights | {"accepted": 1.0})

    many = previewing.compare(model=by_answers, at=clock.now)
    accepted = previewing.compare(model=by_accepted, at=clock.now)

    def new(comparison):
        return {move.person: move.new_rank for move in comparison.moves}

    assert new(many) == {helper.pk: 1, stranger.pk: 2}
    assert new(accepted) == {helper.pk: None, stranger.pk: 1}
    old = {move.person: move.old_rank for move in many.moves}
    assert old == {move.person: move.old_rank for move in accepted.moves}
    assert accepted.people == 2
    # Whoever loses their place is counted, too.
    assert accepted.moved == 2 - (old[stranger.pk] == 1)


def test_applying_makes_a_version_that_says_who_and_when(
    page, helped, helper, manager, five_parts, clock
):
    helped(helper, 1)

    response = page(**figures(help_percent="30", votes_percent="20"), apply="1")

    assert response.status_code == 302
    made = ScoreModel.objects.first()
    assert (made.help_percent, made.made_by) == (30, manager)
    five_parts.refresh_from_db()
    assert five_parts.help_percent == 40
    listed = page().content.decode()
    assert manager.name in listed
    assert "Helping, percent: 40 → 30" in listed
    run = actions.score_leaders(at=clock.now)
    assert run.config["weights"]["votes"] == 0.2


def test_figures_that_make_no_model_are_refused_and_kept(page, five_parts):
    for wrong in (
        {"help_percent": "41"},
        {"half_life_days": "0"},
        {"pair_cap": "0"},
        {"trust_percent": "101"},
        {"help_percent": "nothing"},
    ):
        response = page(**figures(**wrong), apply="1")

        assert response.status_code == 422
        (name, value), *_rest = wrong.items()
        assert response.context["form"][name].value() == value
        assert response.context["form"].errors.keys() == {name}
        assert "Constraint" not in response.content.decode()
    assert ScoreModel.objects.count() == 1


@pytest.mark.parametrize("role", OTHERS)
def test_only_managers_change_or_see_the_figures(role, client_of, request, clock):
    person = request.getfixturevalue(role)
    client, address = client_of(person), reverse("rewards_score_model")

    for response in (client.get(address), client.post(address, figures(apply="1"))):
        assert response.status_code in (302, 403, 404)
    with pytest.raises(NotAllowed):
        adopt_score_model(by=person, values={}, at=clock.now)
    assert not ScoreModel.objects.exists()


def test_a_long_history_is_compared_by_a_worker(
    page, helped, helper, five_parts, clock, monkeypatch
):
    helped(helper, 2)
    actions.score_leaders(at=clock.now)
    monkeypatch.setattr(previewing, "AT_ONCE_ANSWERS", 1)
    asked = figures(half_life_days="60")

    waiting = page(**asked)
    drain(at=timezone.now())
    ready = page(**asked)

    assert waiting.context["is_waiting"]
    assert "takes a minute" in waiting.content.decode()
    assert ready.context["comparison"].people == 1
    assert [person for _move, person in ready.context["moves"]] == [helper]
