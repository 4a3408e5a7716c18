"""Errors have a page in the house's look, and headers keep browsers safe."""

import pytest
from django.test import Client


def test_an_unknown_address_is_404_with_a_way_on(site, client):
    response = client.get("/en/nowhere/")

    page = response.content.decode()
    assert response.status_code == 404
    assert "There is nothing at this address" in page
    assert "/en/search/" in page


def test_the_404_page_speaks_chinese_too(site, client):
    assert "这个网址下没有内容" in client.get("/zh-hans/nowhere/").content.decode()


def test_a_broken_page_says_so_in_both_languages(site, client, monkeypatch):
    from rewards.views import leaders

    def broken(*_args, **_kwargs):
        raise RuntimeError("a wire came loose")

    monkeypatch.setattr(leaders.queries, "leaderboard", broken)
    client.raise_request_exception = False

    response = client.get("/en/leaders/")

    assert response.status_code == 500
    page = response.content.decode()
    assert "Something broke on our side" in page
    assert "我们这边出了问题" in page
    assert "wire" not in page


@pytest.mark.parametrize("path", ["/en/", "/en/questions/", "/accounts/login/"])
def test_every_page_carries_the_strict_policy(site, client, path):
    response = client.get(path)

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


def test_a_public_page_may_be_kept_by_caches_a_member_s_may_not(
    site, client, asker, client_of
):
    public = client.get("/en/questions/")
    own = client_of(asker).get("/en/questions/")

    assert "public" in public["Cache-Control"]
    assert "no-store" in own["Cache-Control"]
    assert not public.cookies


def test_a_form_without_its_token_is_refused_and_its_text_kept(site, asker):
    member = Client(enforce_csrf_checks=True)
    member.force_login(asker, "django.contrib.auth.backends.ModelBackend")

    response = member.post("/en/questions/ask/", {"body": "three days of waiting"})

    assert response.status_code == 403
    assert "three days of waiting" in response.content.decode()


def test_health_is_told_without_internals(site, client):
    ready = client.get("/readyz")

    assert client.get("/healthz").content == b"ok\n"
    assert set(ready.json()) == {"database", "index", "queue"}


def test_uploaded_files_cannot_run_in_a_browser(site, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "a.html").write_text("<script>alert(1)</script>")

    picture = client.get("/media/a.png")

    assert "sandbox" in picture["Content-Security-Policy"]
    assert client.get("/media/a.html").status_code == 404
    assert client.get("/media/../../etc/passwd").status_code == 404
