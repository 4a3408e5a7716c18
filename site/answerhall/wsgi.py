"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.production")

application = get_wsgi_application()

from answerhall.starting import refuse_demo_passwords  # noqa: E402  apps come first

refuse_demo_passwords()
