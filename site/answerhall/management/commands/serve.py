"""Run the whole site from one terminal: web server, task worker, timers."""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from answerhall.demo.loading import hello
from answerhall.parts import Broken, Part, stop

STARTS_WITHIN_SECONDS = 60


class Command(BaseCommand):
    help = "Serve the site with its background work until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--demo", action="store_true", help="print demo logins")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        _refuse_taken_port(host, port)
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(
                [str(settings.CHECKOUT), str(settings.CHECKOUT / "site")]
            ),
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "ANSWERHALL_BASE_URL": os.environ.get(
                "ANSWERHALL_BASE_URL", f"http://{host}:{port}"
            ),
        }
        web = [sys.executable, "-m", "granian", "--interface", "wsgi"]
        web += ["--host", host, "--port", str(port), "--no-ws"]
        web += ["--workers", str(options["workers"])]
        # They only wait for what visitors send: see answerhall.taking_in.
        web += ["--blocking-threads", "64"]
        web += ["--log-level", "error", "answerhall.wsgi:application"]
        manage = [sys.executable, str(settings.CHECKOUT / "manage.py")]
        commands = [web, [*manage, "db_worker", "-v0"], [*manage, "run_timers"]]

        # Ctrl-C, too: who is started in the background of a script ignores it.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _as_keyboard_interrupt)
        parts = [Part(command, environment) for command in commands]
        try:
            _wait_until_it_answers(f"http://{host}:{port}/healthz", parts)
            url = f"http://{host}:{port}/"
            self.stdout.write(hello(url) if options["demo"] else f"Answerhall: {url}")
            self.stdout.flush()
            while True:
                for part in parts:
                    part.look_after()
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        except Broken as broken:
            raise CommandError(
                "A part of the site ends whenever it is started; see the lines above."
            ) from broken
        finally:
            _ignore_second_ctrl_c()
            stop(parts)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} is taken ({error.strerror}). "
                f"Choose another port: make run PORT={port + 1}"
            ) from error


def _as_keyboard_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _wait_until_it_answers(url: str, parts: list[Part]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if not all(part.runs for part in parts):
            raise CommandError("A part of the site did not start; see the lines above.")
        try:
            urllib.request.urlopen(url, timeout=1)  # noqa: S310  our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise CommandError(f"{url} did not answer in {STARTS_WITHIN_SECONDS} seconds.")


def _ignore_second_ctrl_c() -> None:
    """It must not leave anybody behind."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
