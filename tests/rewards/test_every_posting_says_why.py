"""Whatever moved somebody's points, their history says why, in their language."""

import pytest
from django.utils import translation

from rewards import actions, queries
from rewards.models import Transfer
from rewards.wording import why

pytestmark = pytest.mark.django_db


def lines(person, language):
    with translation.override(language):
        return [why(row) for row in queries.history_page(person, 1).object_list]


@pytest.fixture
def given_for_a_reason_of_the_site_s_own(helper, clock, rules):
    return actions.grant(
        person=helper,
        points=30,
        reason="shop_opening",
        source_type="shop",
        source_id="9" * 40,
        key="shop:1",
        at=clock.now,
    )


def test_points_given_for_a_reason_we_have_no_sentence_for(
    given_for_a_reason_of_the_site_s_own, helper, client_of
):
    page = client_of(helper).get("/en/rewards/history/")

    assert "You were given points" in page.content.decode()
    assert lines(helper, "zh-hans") == ["您获得了积分"]


def test_they_are_taken_back_and_say_so(
    given_for_a_reason_of_the_site_s_own, helper, client_of, clock
):
    actions.take_back_grant(key="shop:1", at=clock.now)

    assert lines(helper, "en")[0] == "Points given to you were taken back"
    assert lines(helper, "zh-hans")[0] == "给您的积分已收回"
    assert client_of(helper).get("/en/rewards/statements/", follow=True).status_code


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", Transfer.Kind.values)
def test_no_kind_of_posting_is_without_a_sentence(kind, language, helper, clock):
    posting = Transfer(kind=kind, reason="unheard_of", person=helper, at=clock.now)

    with translation.override(language):
        sentence = why(queries.points.Row(posting))

    assert sentence.strip()
    assert "unheard_of" not in sentence
