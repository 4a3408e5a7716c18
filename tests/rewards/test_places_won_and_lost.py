"""The picture of who moved on the leaderboard, and its table."""

from datetime import timedelta

import pytest

from rewards.models import LeaderRun, LeaderScore
from rewards.movement import bumps_of
from rewards.queries.movement import movement
from rewards.scoring.model import Model


@pytest.fixture
def run(clock):
    """One run a day, with these people in this order."""
    days = iter(range(100))

    def make(*people):
        at = clock.now + timedelta(days=next(days))
        made = LeaderRun.objects.create(
            at=at, finished_at=at, config=Model().as_dict(), code_version=1
        )
        for place, person in enumerate(people, start=1):
            LeaderScore.objects.create(
                run=made,
                person=person,
                score=1000 - place,
                rank=place,
                parts={"help": 1000 - place},
                conduct=1.0,
                answer_count=3,
            )
        return made

    return make


def test_two_runs_show_who_passed_whom(run, helper, asker, stranger):
    run(helper, asker)
    run(asker, helper, stranger)

    found = movement([asker, helper, stranger])
    bumps = bumps_of(found)

    assert [path.ranks for path in found.paths] == [[2, 1], [1, 2], [None, 3]]
    assert bumps is not None
    assert len(bumps.steps) == 2
    assert len(bumps.stands) == 5
    assert [word.text for word in bumps.names] == ["Linjian", "Xiaoman", "Laoxu"]


def test_one_run_is_no_movement(run, helper):
    run(helper)

    assert bumps_of(movement([helper])) is None
    assert bumps_of(movement([])) is None


def test_the_leaderboard_and_ones_own_page_draw_it(run, helper, asker, client):
    run(helper, asker)
    run(asker, helper)

    board = client.get("/en/leaders/").content.decode()
    own = client.get(f"/en/leaders/{helper.handle}/").content.decode()

    assert 'class="bumps"' in board
    assert board.count('<text class="bumps-name"') == 2
    assert own.count('<text class="bumps-name"') == 1


def test_only_the_newest_runs_count_in_two_queries(
    run, helper, asker, django_assert_num_queries
):
    for _day in range(12):
        run(helper, asker)

    with django_assert_num_queries(2):
        found = movement([helper, asker])

    assert len(found.runs) == 8


@pytest.mark.django_db
def test_a_kept_picture_has_a_members_new_name_at_once(
    run, helper, asker, client, settings, django_capture_on_commit_callbacks
):
    settings.ANSWERHALL_PAGE_CACHE_SECONDS = 60
    run(helper, asker)
    run(asker, helper)
    assert ">Xiaoman</text>" in client.get("/en/leaders/").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        helper.display_name = "Manman"
        helper.save()

    page = client.get("/en/leaders/").content.decode()
    assert ">Manman</text>" in page
    assert "Xiaoman" not in page
