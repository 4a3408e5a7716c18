"""import_discourse: topics in a file, a folder or a tar come in once, and are inert."""

import io
import json
import lzma
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from community.importers import discourse
from community.models import Answer, Circle, Question, ReputationChange, Vote
from desk.models import Ticket
from people.models import Notification, Person
from rewards.models import Transfer
from search import queries

WRITTEN = Path(__file__).parent.parent / "data" / "discourse"
IMPORTED = "Imported 2 people, 2 questions, 2 answers, 0 comments, 4 votes, 1 accept"

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _an_index_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(queries.engine(), "path", tmp_path / "index")


@pytest.fixture
def folder(tmp_path) -> Path:
    """The written topics, free to be broken."""
    return Path(shutil.copytree(WRITTEN, tmp_path / "fibre.example.com"))


@pytest.fixture
def run(db, folder) -> Run:
    def run(path: Path = folder, **options: object) -> str:
        said = io.StringIO()
        options = {"language": "en", "quiet": True} | options
        call_command("import_discourse", path, stdout=said, **options)
        return said.getvalue()

    return run


@pytest.fixture
def topics() -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(WRITTEN.glob("*.json"))]


@pytest.fixture
def packed(tmp_path, topics) -> Callable[..., Path]:
    """The topics in a tar, under these names."""

    def pack(*names: str, suffix: str = ".tar.xz") -> Path:
        path = tmp_path / f"fibre.example.com_2021{suffix}"
        mode = "w:" + suffix.removeprefix(".tar").removeprefix(".")
        with tarfile.open(path, mode) as tar:
            for name, topic in zip(names, topics, strict=False):
                data = json.dumps(topic).encode()
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        return path

    return pack


def thread() -> Question:
    return Question.objects.get(source_id="1001")


def everything() -> dict[str, list[dict]]:
    rooms = ("people", "community", "rewards", "desk", "kb")
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for room in rooms
        for model in apps.get_app_config(room).get_models()
    }


# What comes in


def test_the_summary_counts_topics_and_says_what_it_left_out(run):
    said = run()

    assert said.startswith(IMPORTED)
    assert "1 authors without a profile" in said
    for skipped in (
        "1 posts (hidden or deleted)",
        "1 posts (moderators' notes)",
        "1 posts (named by their topic but not in the file)",
        "1 posts (small actions)",
        "1 topics (private messages or banners)",
    ):
        assert skipped in said


def test_the_first_post_asks_and_the_others_answer(run, trace_of):
    run()

    asked = thread()
    assert asked.title == "Router keeps losing the fibre signal"
    assert asked.body == "Every evening the **LOS** lamp turns red."
    assert asked.author.display_name == "meilan"
    assert asked.created_at == datetime(2021, 6, 1, 18, tzinfo=UTC)
    assert asked.edited_at == datetime(2021, 6, 1, 18, 30, tzinfo=UTC)
    assert asked.view_count == 40
    assert {tag.name for tag in asked.tags.all()} == {"fibre", "router"}
    answers = asked.answers.order_by("created_at")
    assert [answer.author.display_name for answer in answers] == ["bo", "departed"]
    assert answers[0].body == "Clean the connector :broom:"
    assert answers[0].edited_at is None
    assert trace_of(asked) == ["asked", "answered", "accepted", "solved"]


def test_likes_become_votes_without_a_voter(run):
    run()

    answer = Answer.objects.get(source_id="1003")
    assert (answer.vote_score, answer.up_count) == (3, 3)
    assert thread().vote_score == 1
    assert set(Vote.objects.values_list("voter", flat=True)) == {None}
    assert {vote.at for vote in answer.votes.all()} == {answer.created_at}


def test_the_solution_is_the_accepted_answer(run):
    run()

    answer = Answer.objects.get(source_id="1003")
    assert thread().accepted_answer == answer
    assert thread().accepted_at == thread().solved_at == answer.created_at
    assert answer.author.tally.accepted_count == 1


def test_private_topics_stay_private(run):
    run()

    assert not Question.objects.filter(title="Between us").exists()


def test_history_is_no_news(run, site, clock):
    run()

    call_command("run_escalations", at=clock.move(days=30).isoformat())

    assert Question.objects.filter(answer_count=0).exists()
    assert not Ticket.objects.exists()
    assert not Transfer.objects.exists()
    assert not Notification.objects.exists()
    assert not ReputationChange.objects.exists()


def test_search_finds_what_was_imported(run):
    run()

    found = queries.search("router fibre signal")
    assert not found.degraded
    assert found.hits[0].title == "Router keeps losing the fibre signal"


def test_a_second_run_changes_nothing(run):
    run()
    before = everything()

    said = run()

    assert everything() == before
    assert said.startswith("Imported 0 people, 0 questions, 0 answers, 0 comments, 0")
    assert "Already here: 2 questions, 2 answers, 4 votes, 1 acceptances" in said


def test_a_newer_copy_of_a_topic_brings_what_is_new(run, folder, topics):
    run()
    posts = topics[0]["post_stream"]["posts"]
    liked = next(post for post in posts if post["id"] == 1003)
    liked["actions_summary"] = [{"id": 2, "count": 5}]
    posts.append(liked | {"id": 1008, "post_number": 8, "accepted_answer": False})
    (folder / "101.json").write_text(json.dumps(topics[0]))

    said = run()

    assert "0 people, 0 questions, 1 answers, 0 comments, 7 votes, 0 accept" in said
    assert Answer.objects.get(source_id="1003").vote_score == 5
    assert thread().answer_count == 3


# Files of every kind


def test_a_list_in_one_file(run, tmp_path, topics):
    path = tmp_path / "topics.json"
    path.write_text(json.dumps(topics))

    assert run(path).startswith(IMPORTED)


def test_a_packed_list(run, tmp_path, topics):
    path = tmp_path / "topics.json.xz"
    path.write_bytes(lzma.compress(json.dumps(topics).encode()))

    assert run(path).startswith(IMPORTED)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.bz2", ".tar.xz"])
def test_a_tar(run, packed, suffix):
    path = packed("t/101.json", "t/102.json", "t/103.json", suffix=suffix)

    assert run(path).startswith(IMPORTED)
    assert thread().source == "fibre.example.com"


def test_names_in_a_tar_lead_nowhere(run, packed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = packed("../../escaped.json", f"{tmp_path}/absolute.json", "..\\x.json")
    before = sorted(tmp_path.rglob("*"))

    assert run(path).startswith(IMPORTED)

    after = sorted(tmp_path.rglob("*"))
    index = tmp_path / "index"
    assert [one for one in after if index not in (one, *one.parents)] == before


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_tar_member_that_is_no_file_is_left_alone(run, tmp_path, topics, kind):
    path = tmp_path / "topics.tar"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = kind, "/etc/passwd"
        tar.addfile(link)
        data = json.dumps(topics).encode()
        member = tarfile.TarInfo("topics.json")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))

    assert run(path).startswith(IMPORTED)


# Broken files


def test_broken_json_is_named_and_what_stood_before_it_is_kept(run, folder):
    whole = (folder / "102.json").read_text()
    (folder / "102.json").write_text(whole[: len(whole) // 2])

    with pytest.raises(CommandError, match=r"fibre\.example\.com, 102\.json: .*line"):
        run()
    assert (thread().answer_count, thread().vote_score) == (2, 1)
    assert thread().event_count == 4

    (folder / "102.json").write_text(whole)
    assert "0 people, 1 questions, 0 answers, 0 comments, 0 votes" in run()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": 7}, "title is no text"),
        ({"title": None}, "title is no text"),
        ({"views": -1}, "-1 is no number"),
        ({"views": 10**12}, "is no number up to"),
        ({"views": "many"}, "is no number up to"),
        ({"tags": 5}, "TypeError"),
        ({"tags": [{"id": 1}]}, "KeyError"),
        ({"post_stream": {}}, "KeyError: 'posts'"),
        ({"post_stream": {"posts": [{"id": 1}]}}, "KeyError: 'post_number'"),
        ({"post_stream": []}, "TypeError"),
    ],
)
def test_a_malformed_topic_is_named(run, folder, topics, change, why):
    (folder / "102.json").write_text(json.dumps(topics[1] | change))

    with pytest.raises(CommandError, match=r"102\.json: ") as stopped:
        run()

    assert why in str(stopped.value)
    assert list(Question.objects.all()) == [thread()]


@pytest.mark.parametrize(
    "change",
    [
        {"cooked": None},
        {"cooked": ["<p>"]},
        {"id": "1'; --"},
        {"id": True},
        {"user_id": "nobody"},
        {"created_at": "yesterday"},
        {"created_at": None},
        {"actions_summary": [{"id": 2, "count": 10**9}]},
        {"actions_summary": [2]},
    ],
)
def test_a_malformed_post_is_named(run, folder, topics, change):
    topics[1]["post_stream"]["posts"][0] |= change
    (folder / "102.json").write_text(json.dumps(topics[1]))

    with pytest.raises(CommandError, match=r"102\.json: \w+Error"):
        run()


def test_the_place_in_a_list_is_named(run, tmp_path, topics):
    path = tmp_path / "topics.json"
    path.write_text(json.dumps([*topics, {"id": 5}]))

    with pytest.raises(CommandError, match="topic 4: it has no post_stream"):
        run(path)
    assert Question.objects.count() == 2


@pytest.mark.parametrize("content", ["", "[" * 100_000, '"\\ud800', "\x00", "NaN"])
def test_what_is_no_json_is_named(run, tmp_path, content):
    path = tmp_path / "topics.json"
    path.write_text(content)

    with pytest.raises(CommandError, match=r"topics\.json, its content"):
        run(path)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.xz"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_tar_cut_off_is_named(run, packed, suffix, part):
    path = packed("101.json", "102.json", "103.json", suffix=suffix)
    whole = path.read_bytes()
    # A tar is padded with zeros up to 10,240 bytes.
    length = len(whole.rstrip(b"\0")) if suffix == ".tar" else len(whole)
    path.write_bytes(whole[: int(length * part)])

    with pytest.raises(CommandError, match=r"fibre\.example\.com_2021\.tar.*, in or"):
        run(path)

    path.write_bytes(whole)
    run(path)
    assert Question.objects.count() == 2


def test_a_tar_cut_off_between_two_topics_is_not_taken_for_whole(run, packed):
    path = packed("101.json", "102.json", "103.json", suffix=".tar")
    with tarfile.open(path) as tar:
        second = tar.getmembers()[1].offset
    path.write_bytes(path.read_bytes()[:second])

    with pytest.raises(CommandError, match=r"after 101\.json: the archive is broken"):
        run(path)
    assert Question.objects.count() == 1


def test_what_only_says_it_is_packed_is_named(run, tmp_path):
    for name in ("topics.tar.xz", "topics.json.xz", "topics.json.gz"):
        (tmp_path / name).write_text("no archive")

        with pytest.raises(CommandError, match=name):
            run(tmp_path / name)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(run, packed, monkeypatch):
    monkeypatch.setattr(discourse, "MOST_BYTES", 1000)

    with pytest.raises(CommandError, match=r"101\.json: it holds more than 1000 bytes"):
        run(packed("101.json"))
    assert not Question.objects.exists()


def test_a_folder_without_topics_leaves_nothing_behind(run, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CommandError, match="Nothing was imported"):
        run(tmp_path / "empty")

    assert not Circle.objects.filter(is_open=False).exists()


def test_nothing_hidden_or_running_comes_in(run, folder, topics, client):
    topics[0]["title"] = "Rou\x00ter \ud800\u202e<script>alert(1)</script>"
    post = topics[0]["post_stream"]["posts"][0]
    post["cooked"] = "<p>a\x00b\ud800</p><script>alert(2)</script>"
    post["username"] = "mei\x00lan\ud800"
    topics[0]["tags"] = ["fi\x00bre", "\x00", ""]
    (folder / "101.json").write_text(json.dumps(topics[0]))

    run()

    assert thread().title == "Router <script>alert(1)</script>"
    assert thread().body == "ab"
    assert [tag.name for tag in thread().tags.all()] == ["fibre"]
    assert Person.objects.get(source_id="21").display_name == "meilan"
    page = client.get(thread().get_absolute_url()).content.decode()
    assert "<script>alert" not in page
