"""The result page: what visitors see, for any text they type."""

import json
import re
from datetime import timedelta

import pytest
from defusedxml import ElementTree
from django.urls import reverse
from django.utils import timezone

from search import actions, registries
from search.models import QueryLog

pytestmark = pytest.mark.django_db


def page(client, text, prefix="en", **parameters):
    return client.get(f"/{prefix}/search/", {"q": text, **parameters})


def test_hits_are_listed_with_marks_counts_and_links(client, put):
    put(1, "Port-in stuck in review", status="solved", accepted="Take the photo again.")
    put(2, "Port-in steps", kind="article", summary="Porting takes two days.")

    response = page(client, "port-in")
    html = response.content.decode()

    assert response.status_code == 200
    assert "<mark>Port-in</mark> stuck in review" in html
    assert 'href="/en/question/1/"' in html
    assert re.search(r"Articles\s*<small class=\"num\">1</small>", html)
    assert re.search(r"Questions\s*<small class=\"num\">1</small>", html)
    assert 'name="robots" content="noindex' in html


def test_the_kind_filter_keeps_the_counts(client, put):
    put(1, "Port-in stuck")
    put(2, "Port-in steps", kind="article")

    html = page(client, "port-in", type="article").content.decode()

    assert "/en/article/2/" in html
    assert "/en/question/1/" not in html
    assert re.search(r"Questions\s*<small class=\"num\">1</small>", html)


def test_a_page_of_hits_costs_the_same_as_one(
    client, put, django_assert_max_num_queries
):
    put(0, "Roaming")
    page(client, "roaming")
    with django_assert_max_num_queries(30) as one:
        page(client, "roaming")
    for number in range(1, 10):
        put(number, "Roaming")

    with django_assert_max_num_queries(len(one)):
        assert page(client, "roaming").content.count(b"question-row") == 10


def test_nothing_found_leads_to_asking_with_the_title_filled_in(client, put):
    put(1, "Broadband offline")

    html = page(client, "doorbell & chime intercom").content.decode()

    assert "Nobody has asked this yet" in html
    ask = reverse("community:ask")
    assert f'href="{ask}?title=doorbell%20%26%20chime%20intercom"' in html


def test_fewer_words_are_offered_where_they_find_something(client, put):
    put(1, "Broadband offline")

    html = page(client, "doorbell smart offline intercom chime").content.decode()

    assert "Fewer words: “offline”" in html


def test_the_page_speaks_chinese(client, put):
    put(1, "积分兑换规则", kind="article", language="zh-hans")

    found = page(client, "積分", "zh-hans").content.decode()
    nothing = page(client, "门铃", "zh-hans").content.decode()

    assert "<mark>积分</mark>" in found
    assert "全部" in found
    assert "还没有人问过这个问题" in nothing


def test_without_words_there_is_just_the_box(client):
    html = client.get("/en/search/").content.decode()

    assert 'role="search"' in html
    assert "Nobody has asked" not in html


def test_a_page_that_cannot_be_is_not_found(client, put, subtests):
    put(1, "Roaming")

    for number in ("0", "-1", "x", "1e3", "51", "99999999999", "２", "1 ", "2"):
        with subtests.test(number=number):
            assert page(client, "roaming", page=number).status_code == 404


def test_a_long_search_is_cut_and_says_so(client, put):
    put(1, "Roaming")

    html = page(client, "roaming " + "x" * 300).content.decode()

    assert "the first 200 were used" in html


HOSTILE = [
    '"><script>alert(1)</script>',
    "kind:article OR *:*",
    "title:(((((",
    "NOT roaming",
    "roaming~9999 *roam* [a TO z]",
    "%' OR 1=1 --",
    "\\" * 200,
    "a" * 5_000,
    "(" * 200,
    "-" * 200,
    "a-" * 100,
    "'a" * 100,
    "\ufdfa" * 200,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢" * 10,
    "👨‍👩‍👧‍👦" * 60,
    "\u202e\u2066",
    "网" * 200,
    "{{ 7*7 }} {% now %}",
    "../../etc/passwd",
]


def test_no_text_breaks_the_page_or_means_more_than_its_words(client, put, subtests):
    put(1, "Roaming")

    for text in HOSTILE:
        everywhere = dict.fromkeys(
            ("type", "language", "status", "circle", "age"), text
        )
        for response in (
            page(client, text),
            page(client, text, **everywhere),
            client.get("/en/search/suggest/", {"q": text}),
        ):
            with subtests.test(text=text):
                assert response.status_code == 200
                assert b"<script>alert" not in response.content
                found = b"/en/question/1/" in response.content
                assert not found or "roaming" in text.lower()


def test_bytes_that_are_no_text_are_refused_kindly(client, subtests):
    for typed in ("%00", "a%00b", "%FF%FE%80", "%ED%A0%80"):
        for address in ("/en/search/", "/en/search/suggest/"):
            with subtests.test(typed=typed):
                assert client.get(f"{address}?q={typed}").status_code == 400


def test_only_reading_is_allowed(client):
    assert client.post("/en/search/", {"q": "x"}).status_code in (403, 405)
    assert client.get("/en/search/opened/").status_code == 405


def test_without_an_index_the_database_answers_and_staff_are_told(
    client, client_of, manager, asker
):
    from django.utils.safestring import mark_safe

    from search.documents import Hit

    @registries.fallback("question")
    def find(text, language, limit):
        title = mark_safe("Found elsewhere")
        return [Hit("q.1", "1", "question", title, title, title, "/en/x/", "en")]

    for_staff = page(client_of(manager), "roaming").content.decode()
    for_members = page(client_of(asker), "roaming").content.decode()

    assert "Found elsewhere" in for_staff
    assert "Found elsewhere" in for_members
    assert "rebuild_index" in for_staff
    assert "rebuild_index" not in for_members


def test_browsers_get_suggestions(client, put):
    put(1, "International roaming")

    response = client.get("/en/search/suggest/", {"q": "internat"})

    assert response.headers["Content-Type"] == "application/x-suggestions+json"
    typed, titles, _texts, addresses = json.loads(response.content)
    assert typed == "internat"
    assert titles == ["International roaming"]
    assert addresses == ["http://testserver/en/question/1/"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_browsers_get_a_description(client, language):
    response = client.get("/opensearch.xml", headers={"Accept-Language": language})

    root = ElementTree.fromstring(response.content)
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert len(root.findtext("o:ShortName", namespaces=space)) <= 16
    page_url = root.find("o:Url[@type='text/html']", space).attrib["template"]
    assert page_url.endswith(f"/{language}/search/?q={{searchTerms}}")


# The log


def test_a_search_is_logged_without_the_person(client, put):
    put(1, "Roaming")

    page(client, "Roaming  １３８ 0013 8000 a@b.example")
    page(client, "ROAMING")
    actions.write_log()

    masked, row = QueryLog.objects.order_by("pk")
    assert masked.text == "roaming # @"
    assert row.text == "roaming"
    assert row.results == 1
    assert row.language == "en"
    assert "127.0.0.1" not in row.visitor


def test_the_same_visitor_has_another_name_tomorrow(put):
    facts = {
        "text": "roaming",
        "language": "en",
        "results": 1,
        "is_relaxed": False,
        "agent": "Browser",
    }
    now = timezone.now()
    for address, at in [
        ("1.2.3.4", now),
        ("1.2.3.4", now),
        ("1.2.3.5", now),
        ("1.2.3.4", now + timedelta(days=1)),
    ]:
        actions.log_search(address=address, at=at, **facts)
    actions.write_log()

    names = list(QueryLog.objects.order_by("pk").values_list("visitor", flat=True))
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_further_pages_and_prefetches_are_not_searches(client, put):
    for number in range(12):
        put(number, "Roaming")

    page(client, "roaming", page=2)
    client.get("/en/search/?q=roaming", headers={"Sec-Purpose": "prefetch"})
    actions.write_log()

    assert not QueryLog.objects.exists()


def test_a_crowd_of_searches_is_written_together(
    client, put, django_assert_num_queries
):
    for _ in range(5):
        page(client, "roaming")

    assert QueryLog.objects.count() == 1
    actions.write_log()
    assert QueryLog.objects.count() == 5


def test_the_hit_opened_first_is_noted_once(client, put):
    put(1, "Roaming")
    html = page(client, "roaming").content.decode()
    address = re.search('ping="([^"]+)"', html)[1].replace("&amp;", "&")

    first = client.post(address, data="PING", content_type="text/ping")
    client.post(address.replace("place=1", "place=9"))

    assert first.status_code == 204
    assert QueryLog.objects.get().opened == 1


def test_a_made_up_key_changes_nothing(client, put):
    page(client, "roaming")

    assert client.post("/en/search/opened/?search=x&place=1").status_code == 404
    client.post("/en/search/opened/?search=0123456789abcdef&place=1")

    assert QueryLog.objects.get().opened is None


def test_old_searches_are_forgotten(client, put):
    page(client, "roaming")
    now = timezone.now()

    assert actions.prune_log(now + timedelta(days=89)) == 0
    assert actions.prune_log(now + timedelta(days=92)) == 1
