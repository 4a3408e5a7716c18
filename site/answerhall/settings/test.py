"""Fast and closed in: memory database, no files outside a temporary folder."""

import tempfile
from pathlib import Path

from answerhall.settings.base import *

SECRET_KEY = "tests-only-key-tests-only-key-tests-only-key-0123456789"
ANSWERHALL_VOUCHER_KEYS = ["dGVzdHMtb25seS1rZXktdGVzdHMtb25seS1rZXktMDE="]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STATE = Path(tempfile.mkdtemp(prefix="answerhall-tests-"))
MEDIA_ROOT = STATE / "media"
STATIC_ROOT = STATE / "static"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests change and look again in one transaction; those of the cache turn it on.
ANSWERHALL_PAGE_CACHE_SECONDS = 0
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
HAYSTACK_CONNECTIONS = {
    "default": HAYSTACK_CONNECTIONS["default"] | {"PATH": str(STATE / "index")}
}
SHOW_SENT_MAIL = True
DEMO_LOGINS_ALLOWED = True
