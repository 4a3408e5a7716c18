import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from answerhall.urls import urlpatterns as house
from common.errors import NotAllowed, Refused, TooMany
from common.http import is_htmx, post_only, safe_next, see_other
from common.middleware import readable_cookies

ADDRESS = "/en/refuse/"
FORM = "application/x-www-form-urlencoded"


class NotEnoughPoints(Refused):
    status = 409
    sentence = "You lack %(missing)d points."


REFUSALS = {
    "points": NotEnoughPoints(missing=40),
    "rights": NotAllowed(),
    "limit": TooMany(retry_after=90),
}
reached: list[str] = []


def view(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    reached.append(request.method or "")
    assert not request.user.is_authenticated
    if why := request.GET.get("why"):
        raise REFUSALS[why]
    return HttpResponse("done")


urlpatterns = [
    path("en/refuse/", view),
    path("zh-hans/refuse/", view),
    path("en/named/<str:name>/", view),
    path("en/form/", post_only(view)),
    *house,
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _nothing_reached() -> None:
    reached.clear()


def test_a_refusal_is_a_page_that_says_what_happened(client):
    response = client.get(ADDRESS + "?why=points")

    assert response.status_code == 409
    page = response.content.decode()
    assert "You lack 40 points." in page
    assert "<h1>This was not done</h1>" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "no-store" in response["Cache-Control"]


def test_it_says_so_in_the_readers_language(client):
    response = client.get("/zh-hans/refuse/?why=rights")

    assert response.status_code == 403
    assert "您没有此项权限" in response.content.decode()


def test_too_many_tries_say_when_to_come_back(client):
    response = client.post(ADDRESS + "?why=limit", {"value": "1"})

    assert response.status_code == 429
    assert response["Retry-After"] == "90"
    assert "try again in 2 minutes" in response.content.decode()


@pytest.mark.parametrize("field", ["title", "subject", "body", "bio", "note"])
def test_whatever_people_write_sentences_in_is_kept(client, field):
    response = client.post(ADDRESS, {field: "three days\0 of waiting"})

    assert response.status_code == 400
    assert "three days of waiting" in response.content.decode()


def test_a_password_is_never_shown_again(client):
    response = client.post(ADDRESS, {"body": "a\0b", "password": "tell-nobody"})

    assert "tell-nobody" not in response.content.decode()


def test_what_was_typed_is_kept_on_the_page(client):
    typed = {"title": "我的 <b>SIM</b>", "body": "</textarea><script>alert(1)</script>"}

    page = client.post(ADDRESS + "?why=limit", typed).content.decode()

    assert "我的 &lt;b&gt;SIM&lt;/b&gt;" in page
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_htmx_gets_a_notice_and_leaves_the_page_as_it_is(client):
    response = client.post(ADDRESS + "?why=points", headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert response["HX-Retarget"] == "#toasts"
    assert response["HX-Reswap"] == "beforeend"
    assert "You lack 40 points." in response.content.decode()
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_an_address_that_changes_something_only_takes_posts(client, method):
    response = getattr(client, method)("/en/form/")

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert not reached
    if method == "get":
        assert "only takes forms" in response.content.decode()


def test_a_post_reaches_the_form(client):
    assert client.post("/en/form/").content == b"done"


def test_a_broken_program_is_not_dressed_up_as_a_refusal(client):
    with pytest.raises(KeyError):
        client.get(ADDRESS + "?why=unheard-of")


def test_the_way_back_leads_to_the_page_before(client):
    here = client.get(
        ADDRESS + "?why=points", headers={"Referer": "http://testserver/en/questions/"}
    )
    elsewhere = client.get(
        ADDRESS + "?why=points", headers={"Referer": "http://evil.example/"}
    )

    assert 'href="http://testserver/en/questions/"' in here.content.decode()
    assert "evil.example" not in elsewhere.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/en/refuse/?q=a%00b",
        "/en/refuse/?q=%ED%A0%80",
        "/en/refuse/?q=%FF",
        "/en/refuse/?%00=1",
        "/en/named/a%00b/",
    ],
)
def test_an_address_nobody_can_read_is_refused(client, address):
    response = client.get(address)

    assert response.status_code == 400
    assert "damaged on its way" in response.content.decode()
    assert not reached


@pytest.mark.parametrize(
    "body", ["title=a%00b", "title=%ED%A0%80", "title=%C3", "%00=a"]
)
def test_a_form_nobody_can_read_is_refused_and_kept(client, body):
    response = client.post(ADDRESS, f"{body}&body=kept+words", content_type=FORM)

    assert response.status_code == 400
    assert "damaged on its way" in response.content.decode()
    assert "kept words" in response.content.decode()
    assert not reached


def test_a_nul_in_a_form_with_files_is_refused(client):
    response = client.post(ADDRESS, {"title": "a\0b", "body": "kept"})

    assert response.status_code == 400
    assert not reached


def test_a_torn_form_is_refused(client):
    response = client.post(
        ADDRESS, b"--x\r\nContent-Disp", content_type="multipart/form-data; boundary="
    )

    assert response.status_code == 400
    assert not reached


def test_a_title_of_two_megabytes_is_refused_with_a_page(client):
    encoded = client.post(ADDRESS, "title=" + "x" * 2_000_000, content_type=FORM)
    multipart = client.post(ADDRESS, {"title": "转" * 700_000})

    for response in (encoded, multipart):
        assert response.status_code == 413
        assert "too large" in response.content.decode()
    assert not reached


def test_a_form_of_countless_fields_is_refused(client):
    fields = "&".join(f"f{n}=1" for n in range(500))

    assert client.post(ADDRESS, fields, content_type=FORM).status_code == 413
    assert not reached


def test_words_of_every_script_reach_the_page(client):
    text = "携号转网 👩🏽‍🚒 é % + & = � %00"

    assert client.get(ADDRESS, {"q": text}).status_code == 200
    assert client.post(ADDRESS, {"body": text}).status_code == 200
    assert client.post(ADDRESS, {"body": text}, content_type="application/json")
    assert reached == ["GET", "POST", "POST"]


def test_a_cookie_nobody_can_read_is_forgotten():
    request = RequestFactory().get("/")
    request.META["HTTP_COOKIE"] = r'sessionid="aaaa\000bbbb"; theme=dark'
    seen = {}

    def page(request: HttpRequest) -> HttpResponse:
        seen.update(request.COOKIES)
        return HttpResponse()

    readable_cookies(page)(request)

    assert seen == {"theme": "dark"}


def test_a_session_that_cannot_be_read_is_no_session(every_database, client):
    client.cookies.load({"sessionid": "aaaa\0bbbb"})

    assert client.get(ADDRESS).status_code == 200


def request_with(target: str | None, method: str = "get") -> HttpRequest:
    parameters = {} if target is None else {"next": target}
    return getattr(RequestFactory(), method)("/", parameters)


@pytest.mark.parametrize(
    "target", ["/en/questions/1/?page=2#answer-3", "/", "/zh-hans/"]
)
def test_after_signing_in_one_comes_back_to_the_page(target):
    assert safe_next(request_with(target), "/home/") == target
    assert safe_next(request_with(target, "post"), "/home/") == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "people",
        "evil.example/a",
        "http:evil.example",
        " /en/",
        "\x08//evil.example",
        "http://testserver@evil.example/",
        "http://[evil.example/",
    ],
)
def test_nobody_is_sent_to_another_site(target):
    assert safe_next(request_with(target), "/home/") == "/home/"


def test_a_browser_is_sent_on_and_htmx_loads_the_page():
    plain = RequestFactory().post("/")
    htmx = RequestFactory().post("/", headers={"HX-Request": "true"})

    assert not is_htmx(plain)
    response = see_other(plain, "/en/questions/1/#answer-2")
    assert (response.status_code, response["Location"]) == (
        302,
        "/en/questions/1/#answer-2",
    )
    assert is_htmx(htmx)
    response = see_other(htmx, "/en/questions/1/#answer-2")
    assert response["HX-Redirect"] == "/en/questions/1/#answer-2"
    assert "Location" not in response
