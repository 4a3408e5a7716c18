"""import_stackexchange: a folder of XML comes in whole, once, and stirs nobody."""

import gc
import gzip
import io
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from common.models import OutboxRow
from community import actions, numbers
from community.importers import bulk, stackexchange
from community.models import (
    Answer,
    Circle,
    Comment,
    Question,
    QuestionEvent,
    ReputationChange,
    Tag,
    Vote,
)
from desk.models import Ticket
from people.models import Notification, Person
from rewards.models import Transfer
from search import queries

WRITTEN = Path(__file__).parent.parent / "data" / "stackexchange"
FILES = ("Users", "Posts", "Votes", "Comments")

Run = Callable[..., str]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _an_index_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(queries.engine(), "path", tmp_path / "index")


@pytest.fixture
def dump(tmp_path) -> Path:
    """The written dump, free to be broken."""
    return Path(shutil.copytree(WRITTEN, tmp_path / "phones.example.com_2020-06"))


@pytest.fixture
def run(db, dump) -> Run:
    def run(folder: Path = dump, **options: object) -> str:
        said = io.StringIO()
        options = {"language": "en", "quiet": True} | options
        call_command("import_stackexchange", folder, stdout=said, **options)
        return said.getvalue()

    return run


@pytest.fixture
def posts(dump) -> Callable[..., None]:
    """Put other rows into Posts.xml."""

    def write(*rows: str, before: str = "") -> None:
        text = f"<posts>{''.join(rows)}</posts>"
        (dump / "Posts.xml").write_text(before + text, encoding="utf-8")

    return write


def question_row(number: int = 1, body: str = "Text", more: str = "") -> str:
    return (
        f'<row Id="{number}" PostTypeId="1" CreationDate="2020-03-01T09:00:00.000" '
        f'Title="Question {number}" Body="{body}" OwnerUserId="11" {more}/>'
    )


def cut(path: Path, after: str) -> None:
    """Let the file end in the middle of the row that follows `after`."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(after) + len(after)], encoding="utf-8")


def thread(source_id: object) -> Question:
    return Question.objects.get(source_id=str(source_id))


def reply(source_id: object) -> Answer:
    return Answer.objects.get(source_id=str(source_id))


def everything() -> dict[str, list[dict]]:
    """All rows of all rooms; what waits to be done is no content."""
    rooms = ("people", "community", "rewards", "desk", "kb")
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for room in rooms
        for model in apps.get_app_config(room).get_models()
    }


def is_counted_right(question: Question) -> bool:
    question.refresh_from_db()
    answers = Answer.objects.filter(question=question)
    kinds = list(question.events.values_list("kind", flat=True))
    return (
        question.answer_count == answers.count()
        and question.event_count == len(kinds)
        and ("answered" in kinds) == answers.exists()
        and ("solved" in kinds) == (question.solved_at is not None)
    )


# What comes in


def test_the_summary_counts_what_the_files_hold(run):
    said = run()

    assert (
        "Imported 4 people, 3 questions, 3 answers, 2 comments, 4 votes, "
        "1 acceptances, 2 authors without a profile. Already here: nothing."
    ) in said
    for skipped in (
        "1 answers (their question is not here)",
        "1 comments (their post is not here)",
        "1 posts (tag wiki excerpts)",
        "1 posts (tag wikis)",
        "1 votes (favourites)",
        "1 votes (their post is not here)",
    ):
        assert skipped in said


def test_people_come_with_name_date_and_words_about_themselves(run):
    run()

    lin = Person.objects.get(source_id="11")
    assert lin.source == "phones.example.com"
    assert lin.display_name == "Lin Jian"
    assert lin.bio == "Two phones, one number."
    assert lin.date_joined == moment("2019-02-03T08:00:00")
    assert lin.email is None
    assert not lin.has_usable_password()
    assert Person.objects.get(source_id="12").display_name == "小满"


def test_a_thread_comes_with_dates_author_tags_and_views(run):
    run()

    asked = thread(1)
    assert asked.title == "No data on my eSIM abroad"
    assert asked.slug == "no-data-on-my-esim-abroad"
    assert asked.language == "en"
    assert asked.author.source_id == "11"
    assert asked.created_at == moment("2020-03-01T09:00:00")
    assert asked.edited_at == moment("2020-03-01T09:20:00")
    assert asked.view_count == 120
    assert {tag.name for tag in asked.tags.all()} == {"esim", "roaming"}
    assert {tag.name for tag in thread(4).tags.all()} == {"roaming", "billing"}


def test_an_answer_before_its_question_finds_it(run):
    run()

    assert reply(2).question == thread(1)
    assert reply(2).author.display_name == "小满"


def test_counters_add_up(run):
    run()

    asked = thread(1)
    assert (asked.answer_count, asked.comment_count, asked.vote_score) == (2, 1, 1)
    assert asked.first_answer_at == reply(2).created_at
    assert asked.last_answer_at == asked.last_activity_at == reply(3).created_at
    assert asked.last_actor == reply(3).author
    helped, scorned = reply(2), reply(3)
    assert (helped.vote_score, helped.up_count, helped.down_count) == (2, 2, 0)
    assert (scorned.vote_score, scorned.up_count, scorned.down_count) == (-1, 0, 1)
    assert helped.comment_count == 1
    tally = Person.objects.get(source_id="12").tally
    assert (tally.answer_count, tally.accepted_count) == (1, 1)
    assert Person.objects.get(source_id="11").tally.question_count == 1
    assert Tag.objects.get(name="roaming").question_count == 2


def test_votes_keep_their_day_and_have_no_voter(run):
    run()

    vote = Vote.objects.get(source_id="3")
    assert vote.answer == reply(2)
    assert (vote.value, vote.voter) == (1, None)
    assert vote.at == moment("2020-03-03T00:00:00")


def test_acceptance_is_dated_by_its_vote(run):
    run()

    asked = thread(1)
    assert asked.accepted_answer == reply(2)
    assert asked.accepted_by == asked.author
    assert asked.accepted_at == asked.solved_at == moment("2020-03-05T00:00:00")
    assert asked.status == "solved"


def test_acceptance_on_the_day_of_the_answer_is_not_before_it(run, dump):
    votes = dump / "Votes.xml"
    votes.write_text(votes.read_text().replace("2020-03-05", "2020-03-02"))

    run()

    assert thread(1).accepted_at == reply(2).created_at


def test_the_trace_tells_the_past(run, trace_of):
    run()

    assert trace_of(thread(1)) == ["asked", "answered", "accepted", "solved"]
    assert trace_of(thread(4)) == ["asked"]
    assert trace_of(thread(7)) == ["asked", "answered"]
    days = [event.at.date().isoformat() for event in thread(1).events.all()]
    assert days == ["2020-03-01", "2020-03-02", "2020-03-05", "2020-03-05"]
    assert thread(1).event_count == 4


def test_who_left_stays_under_the_name_they_had(run):
    run()

    assert reply(3).author.display_name == "gone-fishing"
    assert Comment.objects.get(source_id="2").author == reply(3).author
    assert thread(4).author.display_name == "Somebody"


def test_comments_stand_where_they_were_written(run):
    run()

    below_question = Comment.objects.get(source_id="1")
    assert below_question.question == thread(1)
    assert below_question.created_at == moment("2020-03-01T09:10:00")
    assert '<a href="https://example.com/list"' in below_question.body_html
    assert Comment.objects.get(source_id="2").answer == reply(2)


def test_threads_stand_in_a_circle_closed_for_new_ones(run):
    run()

    assert thread(1).circle.name_en == "phones.example.com"
    assert not thread(1).circle.is_open


def test_threads_may_go_into_a_circle_of_our_own(run, circle):
    run(circle="general", source="phones")

    assert thread(1).circle == circle
    assert thread(1).source == "phones"
    assert not Circle.objects.filter(is_open=False).exists()


def test_the_dump_may_be_packed(run, dump):
    for name in FILES:
        path = dump / f"{name}.xml"
        path.with_suffix(".xml.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()

    assert "3 questions, 3 answers, 2 comments, 4 votes" in run()


def test_without_users_authors_are_numbers_and_without_votes_scores_stay(run, dump):
    for name in ("Users", "Votes", "Comments"):
        (dump / f"{name}.xml").unlink()

    said = run()

    assert "0 people, 3 questions, 3 answers, 0 comments, 0 votes, 1 accept" in said
    assert thread(1).author.display_name == "user 11"
    assert (thread(1).vote_score, reply(2).vote_score) == (1, 2)
    assert reply(3).down_count == 1
    assert thread(1).accepted_at == reply(2).created_at


def test_votes_that_come_later_are_counted(run, dump):
    kept = (dump / "Votes.xml").rename(dump / "later")
    run()

    kept.rename(dump / "Votes.xml")
    said = run()

    assert "0 people, 0 questions, 0 answers, 0 comments, 4 votes" in said
    assert (thread(1).vote_score, reply(2).vote_score) == (1, 2)


def test_a_question_keeps_as_many_tags_as_one_may_have(run, posts):
    names = "|".join(f"tag-{n}" for n in range(8))
    posts(question_row(more=f'Tags="|{names}|"'))

    said = run()

    assert thread(1).tags.count() == numbers.TAGS_MOST
    assert "3 tags (more than 5)" in said


def test_tags_spelled_in_two_ways_are_one_and_lookalikes_two(run, posts, circle):
    posts(
        question_row(1, more='Tags="|eSIM|C|"'),
        question_row(2, more='Tags="|ＥＳＩＭ|C++|"'),
    )

    run()

    assert Tag.objects.get(name_key="esim").question_count == 2
    assert Tag.objects.get(name="C").slug != Tag.objects.get(name="C++").slug


def test_a_post_over_the_limit_is_kept_whole(run, posts):
    words = "".join(f"&lt;p&gt;Line {n} of it.&lt;/p&gt;" for n in range(3000))
    posts(question_row(body=words))

    run()

    assert len(thread(1).body) > numbers.BODY_MOST
    assert thread(1).body_text.splitlines() == [f"Line {n} of it." for n in range(3000)]
    assert "<p>Line 2999 of it.</p>" in thread(1).body_html


# What stays out


def test_script_is_words_or_nothing(run, client):
    run()

    page = client.get(thread(7).get_absolute_url()).content.decode()
    assert "Turn VoLTE on." in page
    assert "<script>alert" not in page
    assert "onerror" not in page
    assert "onclick" not in page
    assert "javascript:" not in page
    assert "alert(1)" in thread(7).title
    assert "alert(5)" in Comment.objects.get(source_id="1").body_text


def test_nothing_hidden_comes_in(run, posts):
    posts(
        question_row(body="a&#x202e;b &amp;#x202e;c &amp;#0;d &#x85;e").replace(
            "Question 1", "Que&#x202e;stion&#x200b; 1"
        )
    )

    run()

    assert thread(1).body == "ab c \ufffdd e"
    assert thread(1).title == "Question 1"


def test_history_is_no_news(run, site, clock):
    run()

    call_command("run_escalations", at=clock.move(days=30).isoformat())

    assert not Ticket.objects.exists()
    assert not Transfer.objects.exists()
    assert not Notification.objects.exists()
    assert not ReputationChange.objects.exists()
    kinds = set(OutboxRow.objects.values_list("kind", flat=True))
    assert kinds <= {"search.index"}


def test_a_native_thread_of_the_same_age_does_escalate(site, make_question, clock):
    make_question(at=clock.now)

    call_command("run_escalations", at=clock.move(days=30).isoformat())

    assert Ticket.objects.count() == 1


def test_search_engines_may_keep_what_has_a_helpful_answer(run):
    run()

    kept = Question.objects.filter(is_indexable=True)
    helped = Answer.objects.filter(body_text__regex="(?s).{60}").values("question")
    assert kept
    assert set(kept) >= set(Question.objects.visible().filter(pk__in=helped))
    assert all(thread.answer_count for thread in kept)
    assert all(thread.said_at == thread.last_activity_at for thread in kept)


def test_search_finds_what_was_imported(run):
    run()

    found = queries.search("esim abroad data")
    assert not found.degraded
    assert found.hits[0].title == "No data on my eSIM abroad"


# Again


def test_a_second_run_changes_nothing(run):
    run()
    before = everything()

    said = run()

    assert everything() == before
    assert said.startswith("Imported 0 people, 0 questions, 0 answers, 0 comments")
    assert (
        "Already here: 4 people, 3 questions, 3 answers, 2 comments, 4 votes, "
        "1 acceptances"
    ) in said


def test_only_what_is_new_is_indexed_again(run, dump):
    run()
    OutboxRow.objects.all().delete()

    run()
    assert not OutboxRow.objects.exists()

    posts = (dump / "Posts.xml").read_text()
    new = '<row Id="10" PostTypeId="2" ParentId="4" CreationDate="2020-06-01" />'
    (dump / "Posts.xml").write_text(posts.replace("</posts>", f"{new}</posts>"))
    run()
    rows = OutboxRow.objects.filter(kind="search.index")
    assert [row.payload["pks"] for row in rows] == [[thread(4).pk]]


def test_a_run_that_was_killed_is_completed_by_the_next(run, monkeypatch):
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(bulk.Store, "finish", _stop)
        run()
    assert thread(1).answer_count == 0

    run()

    assert thread(1).answer_count == 2
    assert thread(1).event_count == 4
    assert not queries.search("esim abroad data").degraded
    assert queries.search("esim abroad data").hits


def _stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_what_people_did_here_since_survives_a_second_run(
    run, helper, stranger, moderator, clock
):
    run()
    actions.answer(
        person=helper,
        question=thread(4),
        body="The app counts without tax, the bill with it.",
        at=clock.now,
    )
    actions.comment(
        person=stranger, post=thread(7), body="Same here, since May.", at=clock.now
    )
    actions.vote(person=stranger, post=reply(8), value=1, at=clock.now)
    actions.unaccept(person=moderator, question=thread(1), at=clock.now)
    actions.delete(person=moderator, post=reply(3), at=clock.now, reason="Unkind")
    before = everything()

    said = run()

    assert everything() == before
    assert "1 acceptances (taken back here)" in said
    assert thread(7).last_actor == stranger


def test_an_erased_person_stays_erased(run):
    from people.actions import erase_person

    run()
    lin = Person.objects.get(source_id="11")
    erase_person(person=lin, at=lin.date_joined + timedelta(days=900))

    run()

    lin.refresh_from_db()
    assert (lin.display_name, lin.bio) == ("", "")
    assert not Person.objects.filter(display_name="Lin Jian").exists()


def test_a_thread_that_gained_an_answer_gains_its_step(run, dump, trace_of):
    whole = (dump / "Posts.xml").read_text()
    cut(dump / "Posts.xml", '<row Id="4"')
    with pytest.raises(CommandError):
        run()
    assert trace_of(thread(1)) == ["asked"]

    (dump / "Posts.xml").write_text(whole)
    run()

    assert trace_of(thread(1)) == ["asked", "answered", "accepted", "solved"]
    assert [event.seq for event in thread(1).events.order_by("seq")] == [1, 2, 3, 4]


# Broken files


@pytest.mark.parametrize(
    ("name", "after", "packed"),
    [
        ("Users", '<row Id="12"', False),
        ("Posts", '<row Id="4" PostTypeId="1"', False),
        ("Posts", '<row Id="8"', True),
        ("Votes", '<row Id="3"', False),
        ("Comments", '<row Id="2" PostId="2"', True),
    ],
)
def test_a_truncated_file_is_named_and_a_whole_one_completes(
    run, dump, name, after, packed
):
    path = dump / f"{name}.xml"
    whole = path.read_text()
    cut(path, after)
    if packed:
        path.with_suffix(".xml.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()

    with pytest.raises(CommandError, match=rf"{name}\.xml.*after row \d"):
        run()
    assert all(is_counted_right(question) for question in Question.objects.all())

    path.write_text(whole)
    run()
    assert thread(1).vote_score == 1
    assert thread(1).status == "solved"
    assert Comment.objects.count() == 2
    assert all(is_counted_right(question) for question in Question.objects.all())
    before = everything()
    run()
    assert everything() == before


def test_a_packed_file_cut_off_is_named(run, dump):
    path = dump / "Posts.xml"
    packed = gzip.compress(path.read_bytes())
    path.unlink()
    (dump / "Posts.xml.gz").write_bytes(packed[: len(packed) // 2])

    with pytest.raises(
        CommandError, match=r"Posts\.xml\.gz, after row \d+: Compressed"
    ):
        run()


def test_what_only_says_it_is_packed_is_named(run, dump):
    (dump / "Posts.xml").rename(dump / "Posts.xml.gz")

    with pytest.raises(CommandError, match=r"Posts\.xml\.gz, after row 0: Not a gzip"):
        run()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('<row PostTypeId="1"/>', "row 2: it has no Id"),
        ('<row Id="9"/>', "row 2: it has no PostTypeId"),
        ('<row Id="x" PostTypeId="1"/>', "row 2: Id='x' is no number"),
        ('<row Id="9" PostTypeId="1"/>', "row 2: it has no CreationDate"),
        (
            '<row Id="9" PostTypeId="1" CreationDate="yesterday"/>',
            "row 2: Invalid isoformat string: 'yesterday'",
        ),
        (question_row(9, more='ViewCount="many"'), "row 2: invalid literal"),
        (question_row(9, more='Score="99999999999"'), "row 2: Score is out of range"),
        ("<rows/>", "after row 1: <rows> where a <row> belongs"),
        ("<row><row/></row>", "after row 1: <row> where a <row> belongs"),
        ("<row Id=9/>", "after row 1: not well-formed"),
        ('<row Id="&nbsp;"/>', "after row 1: undefined entity"),
    ],
)
def test_a_malformed_row_is_named_and_what_stood_before_it_is_kept(
    run, posts, row, why
):
    posts(question_row(), row, question_row(3))

    place = rf"Posts\.xml, (line 1, column \d+, )?{re.escape(why)}"
    with pytest.raises(CommandError, match=place):
        run()
    assert [question.title for question in Question.objects.all()] == ["Question 1"]
    assert is_counted_right(thread(1))


LAUGHS = (
    '<!DOCTYPE posts [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE posts [<!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("before", [LAUGHS, OUTSIDE, "<!DOCTYPE posts>"])
def test_a_document_type_is_refused(run, posts, before):
    posts(question_row(body="&c;" if "ENTITY" in before else "Text"), before=before)

    with pytest.raises(CommandError, match=r"Posts\.xml, after row 0: DTDForbidden"):
        run()
    assert not Question.objects.exists()


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_dump_leaves_nothing_behind(run, tmp_path, name):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CommandError):
        run(tmp_path / name)

    assert not Circle.objects.filter(is_open=False).exists()


def test_an_unknown_circle_is_named(run):
    with pytest.raises(CommandError, match="There is no circle nowhere"):
        run(circle="nowhere")


def test_ids_twice_in_a_file_count_once(run, posts):
    posts(question_row(), question_row())

    assert "1 questions (twice in the file)" in run()
    assert Question.objects.count() == 1


# Room


def test_reading_keeps_no_rows(dump):
    (dump / "Posts.xml").write_text(
        "<posts>" + "".join(question_row(n) for n in range(3000)) + "</posts>"
    )

    kept = []
    for number, row in enumerate(stackexchange.rows_of(dump / "Posts.xml", quiet=True)):
        assert row["Id"] == str(number)
        if number % 1000 == 999:
            kept.append(sum(type(one) is Element for one in gc.get_objects()))

    # The parser reads 64 kB ahead, some hundred rows of this kind.
    assert max(kept) < 600


def test_many_threads_take_few_queries(run, posts, django_assert_max_num_queries):
    posts(*(question_row(n, more='Tags="|a|b|"') for n in range(150)))

    with django_assert_max_num_queries(110):
        run()

    assert QuestionEvent.objects.count() == 150
