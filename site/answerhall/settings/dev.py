"""A working site from an empty environment: `make run`, and work on the code."""

from answerhall.settings.base import *

SECRET_KEY = SECRET_KEY or "development-only-key-never-used-in-production-0123456789"
# "development-only-key-never-used!"
ANSWERHALL_VOUCHER_KEYS = ANSWERHALL_VOUCHER_KEYS or [
    "ZGV2ZWxvcG1lbnQtb25seS1rZXktbmV2ZXItdXNlZCE="
]
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]", ".localhost"]
ANSWERHALL_STAFF_MFA = env("ANSWERHALL_STAFF_MFA", default="off")
ANSWERHALL_SIGNUPS_PER_ADDRESS = env.int("ANSWERHALL_SIGNUPS_PER_ADDRESS", default=0)
SHOW_SENT_MAIL = True
DEMO_LOGINS_ALLOWED = True
