import pytest
from django.test import Client
from django.utils import timezone

from community import actions
from community.models import Attachment, Question
from community.views import asking

pytestmark = pytest.mark.django_db

ASK = "/en/questions/ask/"
GOOD = {
    "title": "Port-in stuck in review for three days",
    "body": "I sent the request on Saturday and nothing has moved since.",
    "tags": "port-in, app",
    "circle": "general",
}


@pytest.fixture
def mine(client_of, asker, circle):
    return client_of(asker)


def test_a_question_is_asked_and_stands_at_its_address(mine, asker):
    page = mine.post(ASK, GOOD)

    question = Question.objects.get()
    assert page.status_code == 302
    assert page["Location"] == question.get_absolute_url()
    assert question.author == asker
    assert sorted(tag.slug for tag in question.tags.all()) == ["app", "port-in"]


def test_the_title_decides_the_language_wherever_it_was_asked(mine):
    chinese = GOOD | {
        "title": "携号转网三天了还在审核怎么办",
        "body": "上周六提交的申请，到现在还没有任何进展。",
        "tags": "携入，App、授权码;eSIM",
    }

    page = mine.post(ASK, chinese)

    question = Question.objects.get()
    assert page["Location"].startswith(f"/zh-hans/questions/{question.pk}/")
    assert {tag.name for tag in question.tags.all()} == {
        "携入",
        "App",
        "授权码",
        "eSIM",
    }


def test_a_post_under_either_prefix_is_taken(mine):
    assert mine.post("/zh-hans/questions/ask/", GOOD).status_code == 302
    assert Question.objects.get().language == "en"


def test_visitors_sign_in_first_and_come_back(circle):
    page = Client().get(ASK, {"title": "no signal"})
    sent = Client().post(ASK, GOOD)

    assert page.status_code == sent.status_code == 302
    assert page["Location"].startswith("/accounts/login/?next=%2Fen%2Fquestions%2Fask")
    assert (
        "no+signal" in page["Location"]
        or "no%2520signal" in page["Location"]
        or ("no%2Bsignal" in page["Location"])
    )
    assert not Question.objects.exists()


def test_the_title_of_a_search_is_filled_in(mine):
    page = mine.get(ASK, {"title": 'no "signal" <b>today</b>', "circle": "general"})

    assert 'value="no &quot;signal&quot; &lt;b&gt;today&lt;/b&gt;"' in page.text
    assert '<option value="general" selected>' in page.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Say in one sentence what you want to know."),
        ("title", "help me", "at least 15 characters"),
        ("title", "t" * 151, "1 character too long"),
        ("title", "a \x07 bell in the title", "cannot be shown"),
        ("title", "turned \u202earound in the title", "reading direction"),
        ("body", "", "Describe what you tried"),
        ("body", "too short", "at least 20 characters"),
        ("body", "b" * 30_001, "1 character too long"),
        ("body", "stacked " + "a" + "\u0301" * 40 + " accents", "too many accents"),
        ("circle", "", "Choose the circle"),
        ("circle", "nowhere", "There is no such circle"),
        ("tags", "a,b,c,d,e,f", "at most 5 tags"),
        ("tags", "fine, <script>", "can&#x27;t be a tag"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_all_is_kept(
    mine, field, value, sentence
):
    page = mine.post(ASK, GOOD | {field: value})

    assert page.status_code == 400
    assert not Question.objects.exists()
    error = page.text.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert sentence in error
    assert f"id_{field}_error" in page.text.split(f'name="{field}"')[1].split(">")[0]
    for other, typed in GOOD.items():
        if other not in (field, "circle"):
            assert typed in page.text


def test_everything_that_is_wrong_is_said_at_once(mine):
    page = mine.post(
        ASK, {"title": "help me", "body": "", "circle": "", "tags": "a,b,c,d,e,f"}
    )

    for field in ("title", "body", "circle", "tags"):
        assert f'id="id_{field}_error"' in page.text


def test_the_title_and_the_details_are_watched_for_personal_data(mine):
    page = mine.get(ASK)

    for field, place in (("title", "title-personal"), ("body", "id_body_personal")):
        tag = page.text.split(f'name="{field}"')[1].split(">")[0]
        assert f'data-warn-personal="#{place}"' in tag
        notice = page.text.split(f'id="{place}"')[1].split("</div>")[0]
        assert f'data-mask="#id_{field}"' in notice


def test_a_lone_surrogate_and_a_nul_are_refused_and_the_text_is_kept(mine):
    typed = (
        "title=Port-in+stuck+in+review+for+days&circle=general&body=Long+enough+text+"
    )

    for damage in ("%00", "%ed%a0%80", "%ff"):
        page = mine.post(
            ASK, typed + damage, content_type="application/x-www-form-urlencoded"
        )

        assert page.status_code == 400
        assert "Nothing was changed" in page.text
        assert "Port-in stuck in review for days" in page.text
    assert not Question.objects.exists()


def test_a_title_of_two_megabytes_is_refused(mine):
    page = mine.post(ASK, GOOD | {"title": "t" * 2_000_000})

    assert page.status_code == 413
    assert "too large" in page.text
    assert not Question.objects.exists()


def test_a_question_sent_twice_is_there_once(mine):
    mine.post(ASK, GOOD)
    again = mine.post(ASK, GOOD)

    question = Question.objects.get()
    assert again.status_code == 409
    assert question.get_absolute_url() in again.text
    assert GOOD["body"] in again.text


def test_too_many_questions_a_day_are_refused_with_the_time_to_wait(mine):
    for number in range(5):
        mine.post(ASK, GOOD | {"body": f"{GOOD['body']} And the number is {number}."})
    page = mine.post(ASK, GOOD | {"body": f"{GOOD['body']} One more then."})

    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "One more then." in page.text
    assert Question.objects.count() == 5


def test_more_than_the_form_asks_for_changes_nothing(mine, stranger):
    mine.post(
        ASK,
        GOOD
        | {
            "author": stranger.pk,
            "state": "hidden",
            "vote_score": 99,
            "source": "elsewhere",
            "solved_at": "2020-01-01",
            "language": "zh-hans",
        },
    )

    question = Question.objects.get()
    assert question.author != stranger
    assert question.vote_score == 0
    assert (question.state, question.source, question.language) == ("visible", "", "en")
    assert question.solved_at is None


def test_script_in_every_field_is_shown_as_text(mine):
    script = "<script>alert(1)</script>"
    mine.post(
        ASK,
        GOOD
        | {
            "title": f"{script} in the title of it",
            "body": f"{script} [a](javascript:alert(1)) <img src=x onerror=alert(1)>",
            "tags": "",
        },
    )

    question = Question.objects.get()
    for url in (question.get_absolute_url(), "/en/questions/"):
        html = Client().get(url).text
        assert script not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html


def test_a_preview_shows_clean_html_and_stores_nothing(mine):
    typed = "**bold** <script>alert(1)</script>"

    fragment = mine.post(
        "/en/questions/preview/", {"body": typed}, headers={"HX-Request": "true"}
    )
    page = mine.post("/en/questions/preview/", {"body": typed})
    in_form = mine.post(ASK, GOOD | {"body": typed, "preview": "1"})

    for shown in (fragment, page, in_form):
        assert shown.status_code == 200
        assert "<strong>bold</strong>" in shown.text
        assert "<script>alert" not in shown.text
    assert "<html" not in fragment.text
    assert GOOD["title"] in in_form.text
    assert not Question.objects.exists()


def test_similar_threads_are_offered_before_asking(mine, make_question, stranger):
    known = make_question(by=stranger, title="Port-in still in review after two days")
    ask = {"title": "port-in review"}

    fragment = mine.get("/en/questions/similar/", ask, headers={"HX-Request": "true"})
    page = mine.get("/en/questions/similar/", ask)
    form = mine.get(ASK, ask)

    for shown in (fragment, page, form):
        assert known.get_absolute_url() in shown.text
        assert "Is it one of these?" in shown.text
    assert "<html" not in fragment.text
    assert "/en/questions/ask/?title=port-in%20review" in page.text


def test_similar_threads_are_looked_up_once_and_leave_at_once(
    mine,
    make_question,
    stranger,
    settings,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    settings.ANSWERHALL_PAGE_CACHE_SECONDS = 60
    known = make_question(by=stranger, title="Port-in still in review after two days")
    looked_up = []
    search = asking.titles
    monkeypatch.setattr(
        asking, "titles", lambda *a, **k: looked_up.append(a) or search(*a, **k)
    )
    similar = "/en/questions/similar/"

    for title in ("port-in review", "Port-in  review"):
        assert known.get_absolute_url() in mine.get(similar, {"title": title}).text
    assert len(looked_up) == 1

    with django_capture_on_commit_callbacks(execute=True):
        actions.delete(person=stranger, post=known, at=timezone.now())
    gone = mine.get(similar, {"title": "port-in review"})
    assert known.get_absolute_url() not in gone.text
    assert len(looked_up) == 2


def test_similar_takes_any_text(mine):
    for typed in ("", "x", "?" * 5_000, "AND OR NOT ((", "\u202e\u0301" * 50):
        assert mine.get("/en/questions/similar/", {"title": typed}).status_code == 200


# Pictures


@pytest.fixture
def picture():
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    raw = BytesIO()
    Image.new("RGB", (8, 6), "teal").save(raw, "PNG")
    return SimpleUploadedFile("../../<script>.png", raw.getvalue(), "image/png")


def test_a_picture_is_uploaded_and_its_markdown_given(mine, asker, picture):
    page = mine.post(
        "/en/uploads/", {"picture": picture}, headers={"Accept": "application/json"}
    )

    kept = Attachment.objects.get()
    assert page.status_code == 201
    assert page.json() == {"url": kept.file.url, "markdown": f"![]({kept.file.url})"}
    assert (kept.owner, kept.width, kept.height) == (asker, 8, 6)
    assert "script" not in kept.file.name


def test_a_picture_is_uploaded_without_script(mine, picture):
    page = mine.post("/en/uploads/", {"picture": picture})

    assert page.status_code == 200
    assert f"![]({Attachment.objects.get().file.url})" in page.text


def test_what_is_no_picture_is_refused_with_a_sentence(mine, client_of):
    from django.core.files.uploadedfile import SimpleUploadedFile

    svg = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")

    page = mine.post("/en/uploads/", {"picture": svg})
    json = mine.post("/en/uploads/", {}, headers={"Accept": "application/json"})
    visitor = Client().post("/en/uploads/", {"picture": svg})

    assert page.status_code == json.status_code == 400
    assert "not a picture we can read" in page.text
    assert json.json()["error"] == "Choose a picture first."
    assert visitor.status_code == 302
    assert not Attachment.objects.exists()


def test_an_uploaded_picture_shows_in_the_post(mine, picture, helper, client_of):
    mine.post("/en/uploads/", {"picture": picture})
    url = Attachment.objects.get().file.url
    mine.post(ASK, GOOD | {"body": f"This is what it says: ![the screen]({url})"})

    html = Client().get(Question.objects.get().get_absolute_url()).text

    assert f'src="{url}" alt="the screen"' in html
    assert 'width="8" height="6"' in html
    assert Client().get(url).status_code == 200
