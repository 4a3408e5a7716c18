"""What the web server calls: the page cache, and Django behind it.

The web server's threads read what visitors send; Django has threads of its own.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.production")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  apps come first

from answerhall.page_cache import PageCache  # noqa: E402
from answerhall.starting import refuse_demo_passwords  # noqa: E402
from answerhall.taking_in import TakesInFirst  # noqa: E402
from answerhall.view_counter import ViewCounter  # noqa: E402
from common.freshness import marks  # noqa: E402

refuse_demo_passwords()

# Per process; each thread keeps a connection to the database open.
DJANGO_THREADS = 2

application = PageCache(
    TakesInFirst(django_application, at_once=DJANGO_THREADS),
    marks=marks(),
    seconds=settings.ANSWERHALL_PAGE_CACHE_SECONDS,
    most_bytes=settings.ANSWERHALL_PAGE_CACHE_MEGABYTES * 1_000_000,
    viewed=ViewCounter().viewed,
)
