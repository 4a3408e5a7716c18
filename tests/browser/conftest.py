"""A real site in its own folder, and a real Chromium that visits it.

Nothing here is skipped: without Debian's chromium these tests fail.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
STARTS_WITHIN_SECONDS = 240
INDEXED_WITHIN_SECONDS = 90


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """A running site: its address, and its commands."""

    url: str
    environment: dict[str, str]
    # Who signed in before, by name: nobody may sign in ten times a minute.
    sessions: dict[str, StorageState] = field(default_factory=dict)

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def later(self, **delta: float) -> str:
        """A moment from now, as the commands' --at wants it."""
        return (datetime.now(UTC) + timedelta(**delta)).isoformat()


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo site, served as `make run` serves it: web, worker and timers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "ANSWERHALL_STATE": str(tmp_path_factory.mktemp("state")),
        "ANSWERHALL_BASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "answerhall.settings.dev",
    }
    environment.pop("ANSWERHALL_DATABASE_URL", None)
    site = Site(url, environment)
    site.command("migrate", "--verbosity", "0")
    site.command("setup_site")
    site.command("collectstatic", "--noinput", "--verbosity", "0")
    site.command("demo")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=CHECKOUT,
        env=environment,
    )
    try:
        _wait_for(url + "/healthz")
        yield site
    finally:
        server.terminate()
        server.wait(timeout=30)


def sign_in(page: Page, name: str, language: str) -> None:
    page.goto(f"/accounts/login/?next=/{language}/")
    page.fill("input[name=login]", f"{name}@demo.example")
    page.fill("input[name=password]", "answerhall-demo")
    page.locator("form:has(input[name=password]) button").first.click()
    # The address of the form itself has the language in its `next`.
    page.wait_for_url(re.compile(rf"^[a-z]+://[^/]+/{language}/"))


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"{url} did not answer")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "Install Debian's chromium to run browser tests."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(hall: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """visit("asker"): a page in a browser of their own, signed in; visit(): nobody.

    The test fails if any page it opened broke a script or the content policy.
    """
    errors: list[str] = []
    contexts = []

    def open_page(name: str = "", language: str = "en", **options: object) -> Page:
        options["storage_state"] = hall.sessions.get(name)
        context = chromium.new_context(base_url=hall.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                errors.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        if name in hall.sessions:
            page.goto(f"/{language}/")
        elif name:
            sign_in(page, name, language)
            hall.sessions[name] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
