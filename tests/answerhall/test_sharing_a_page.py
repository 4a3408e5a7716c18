"""Whoever shares a page shows a picture of it, and never one of what is hidden."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from answerhall import share
from common.sharing import SharePicture
from community import actions
from community.models import Circle
from kb.actions import add_topic, create_draft_article
from kb.models import HallSettings

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def thread(site, asker):
    return actions.ask(
        person=asker,
        title="携号转网审核了三天还没有结果",
        body="营业厅说要等,一直没有人给我打电话。",
        circle=Circle.objects.first(),
        tags=[],
        at=timezone.now(),
    )


@pytest.fixture
def drawn(monkeypatch):
    """The pictures that were drawn, not found."""
    titles = []
    real = share.draw

    def draw(wanted, *rest):
        titles.append(wanted.title)
        return real(wanted, *rest)

    monkeypatch.setattr(share, "draw", draw)
    return titles


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def metas(path):
    html = " ".join(Client().get(path).text.split())
    found = re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', html)
    return dict(found)


def picture_of(page):
    address = metas(page.get_absolute_url())["og:image"]
    assert address.startswith(BASE)
    return address.removeprefix(BASE)


def test_a_thread_is_shared_with_a_large_picture(thread):
    told = metas(thread.get_absolute_url())

    assert told["twitter:card"] == "summary_large_image"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["og:image:alt"] == thread.title
    response = Client().get(told["og:image"].removeprefix(BASE))
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "ETag" in response
    image = Image.open(io.BytesIO(response.content))
    assert image.size == (1200, 630)
    assert len(response.content) < 100_000


def test_a_picture_is_drawn_once(thread, drawn):
    first, second = (Client().get(picture_of(thread)) for _time in range(2))

    assert drawn == [thread.title]
    assert first.content == second.content


def test_another_title_has_another_picture(thread, asker):
    old = picture_of(thread)
    actions.edit_question(
        person=asker,
        question=thread,
        title="携号转网审核了五天还没有结果",
        body=thread.body,
        tags=[],
        at=timezone.now(),
    )
    thread.refresh_from_db()

    new = picture_of(thread)

    assert new != old
    moved = Client().get(old)
    assert (moved.status_code, moved["Location"]) == (302, new)


def test_the_operators_new_name_is_drawn_under_the_same_address(thread, drawn):
    address = picture_of(thread)
    before = Client().get(address).content
    hall = HallSettings.load()
    hall.hue = 25
    hall.save()

    after = Client().get(address).content

    assert before != after
    assert len(drawn) == 2


@pytest.mark.parametrize("gone", ["hidden", "deleted"])
def test_what_is_hidden_or_deleted_has_no_picture(thread, moderator, gone):
    address = picture_of(thread)
    assert Client().get(address).status_code == 200

    if gone == "hidden":
        actions.hide_post(post=thread, by=moderator, at=timezone.now())
    else:
        actions.delete(person=moderator, post=thread, at=timezone.now())

    assert Client().get(address).status_code == 404


def test_the_media_folder_does_not_tell_either(thread):
    address = picture_of(thread)
    Client().get(address)

    (folder,), _files = default_storage.listdir("share")
    _folders, (name,) = default_storage.listdir(f"share/{folder}")
    key = address.rpartition("-")[2].removesuffix(".png")

    assert key not in name
    assert folder + name.removesuffix(".png") not in address


def test_an_article_is_shared_with_its_title_until_it_is_taken_down(
    site, editor, drawn
):
    topic = add_topic(language="zh-hans", title="账单", slug="bills", tags=[])
    article = create_draft_article(
        title="看懂您的账单",
        summary="每一行是什么意思。",
        body_markdown="第一行是套餐。",
        language="zh-hans",
        topic=topic,
        by=editor,
        at=timezone.now(),
    )
    article.get_latest_revision().publish()
    article.refresh_from_db()
    address = picture_of(article)
    page = Client().get(article.get_absolute_url()).text

    assert Client().get(address).status_code == 200
    assert drawn == ["看懂您的账单"]
    assert f'"image": "{BASE}{address}"' in page

    article.unpublish()
    assert Client().get(address).status_code == 404


def test_lists_and_the_hall_have_a_picture_too(thread):
    for path in ("/en/", "/zh-hans/", "/en/questions/", "/zh-hans/questions/"):
        address = metas(path)["og:image"].removeprefix(BASE)
        assert Client().get(address).status_code == 200, path


@pytest.mark.parametrize(
    "path",
    [
        "/share/questions/1-short.png",
        "/share/people/1-0123456789abcdef.png",
        "/share/questions/999999-0123456789abcdef.png",
        "/share/questions/999999999999999999-0123456789abcdef.png",
        "/share/pages/1-0123456789abcdef.png",
        "/share/halls/1-0123456789abcdef.png",
    ],
)
def test_there_are_no_other_pictures(site, path):
    assert Client().get(path).status_code == 404


def test_old_pictures_are_forgotten_and_drawn_again(thread, drawn):
    address = picture_of(thread)
    Client().get(address)

    assert share.prune(timezone.now() + timedelta(days=59)) == "0 removed"
    assert share.prune(timezone.now() + timedelta(days=61)) == "1 removed"
    assert Client().get(address).status_code == 200
    assert drawn == [thread.title] * 2


@pytest.mark.parametrize(
    "title",
    [
        "x" * 150,
        "携" * 150,
        "🎉🎉🎉",
        "",
        "a " * 75,
        "(" * 150,
        "。" * 150,
        "mixed 中文 words and “quotes”,还有(括号)and no end " * 3,
    ],
)
def test_every_title_finds_room(title):
    size, lines = share._laid_out(share._shown(title))

    room = share.WIDTH - 2 * share.MARGIN
    assert all(share._width(line, size) <= room for line in lines)
    assert len(lines) * size * share.LINE <= share.TITLE_HEIGHT
    png = share.draw(SharePicture("questions", 1, title, "", "en"), "Hall", 218, 0.085)
    assert Image.open(io.BytesIO(png)).size == (1200, 630)


@pytest.mark.parametrize("comma", [",", "\uff0c"])
def test_no_line_of_chinese_begins_with_a_comma(comma):
    said = ["携号转网审核了三天", "还没有结果", "到底是", "哪里出了问题", "请帮忙"]
    title = comma.join(said * 4)

    _size, lines = share._laid_out(title)

    assert len(lines) > 2
    assert not any(line[0] in share.NOT_FIRST for line in lines)


def test_programs_are_told_what_is_here(site, thread):
    response = Client().get("/llms.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("# Answerhall\n")
    assert f"({BASE}/zh-hans/questions/)" in text
    assert f"({BASE}/sitemap.xml)" in text
