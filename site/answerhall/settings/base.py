"""Settings every environment shares. The only module that reads ANSWERHALL_…"""

from datetime import timedelta
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from answerhall.settings.files import storage_at
from search.connection import connection

env = environ.Env()

CHECKOUT = Path(__file__).resolve().parents[3]
STATE = Path(env("ANSWERHALL_STATE", default=str(CHECKOUT / "var"))).resolve()

DEBUG = env.bool("ANSWERHALL_DEBUG", default=False)
SECRET_KEY = env("ANSWERHALL_SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ANSWERHALL_HOSTS", default=[])
BASE_URL = env("ANSWERHALL_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
TRUSTED_PROXIES = env.int("ANSWERHALL_TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "answerhall",
    "desk",
    "rewards",
    "community",
    "kb",
    "people",
    "search",
    "common",
    # Before wagtail.*: both ship `update_index`, and public search is Haystack's.
    "haystack",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.locales",
    "wagtail.sites",
    # wagtail.users with our screens: no passwords, no deletion.
    "people.wagtail_users.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.weibo",
    "allauth.socialaccount.providers.weixin",
    "allauth.usersessions",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "answerhall.middleware.security_headers",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.middleware.readable_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before the language is chosen: a key's person has one.
    "people.middleware.api_keys",
    "answerhall.middleware.tell_what_it_shows",
    "answerhall.middleware.language_of_the_reader",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "people.middleware.staff_second_factor",
    "people.middleware.terms_before_posting",
    "django_htmx.middleware.HtmxMiddleware",
    "common.middleware.refusals",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "answerhall.urls"
WSGI_APPLICATION = "answerhall.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "common.folding.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "answerhall.context.hall",
            ],
        },
    },
]

# One SQLite file (WAL, writers wait in line) until ANSWERHALL_DATABASE_URL says more.
DATABASES = {
    "default": env.db_url(
        "ANSWERHALL_DATABASE_URL", default=f"sqlite:///{STATE}/answerhall.sqlite3"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    STATE.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
# To connect costs as much as the queries of a small page.
DATABASES["default"]["CONN_MAX_AGE"] = 600

# Rate limits need one memory for all processes: the database unless Redis is there.
CACHE_URL = env("ANSWERHALL_CACHE_URL", default="")
if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            # A hung Redis is worse than a dead one: never wait for it twice.
            "OPTIONS": {
                "socket_timeout": 0.5,
                "socket_connect_timeout": 0.5,
                "retry_on_timeout": False,
            },
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "answerhall_cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

# Finished pages for visitors, in each web process. 0 seconds: pages are not kept.
ANSWERHALL_PAGE_CACHE_SECONDS = env.int("ANSWERHALL_PAGE_CACHE_SECONDS", default=60)
ANSWERHALL_PAGE_CACHE_MEGABYTES = env.int("ANSWERHALL_PAGE_CACHE_MEGABYTES", default=64)

# Time and language
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("zh-hans", "简体中文")]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
ANSWERHALL_TIME_ZONE = env("ANSWERHALL_TIME_ZONE", default="Asia/Shanghai")

# People
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation."
        "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["handle", "display_name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "people.passwords.SiteWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ANSWERHALL_STAFF_MFA = env("ANSWERHALL_STAFF_MFA", default="required")
# Accounts opened from one address in a day; 0: as many as they like.
ANSWERHALL_SIGNUPS_PER_ADDRESS = env.int("ANSWERHALL_SIGNUPS_PER_ADDRESS", default=3)
# A new version of terms, privacy policy or licence asks everybody again.
ANSWERHALL_TERMS_VERSION = env("ANSWERHALL_TERMS_VERSION", default="1")

ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
# Without a password one signs in with e-mailed codes.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "people.forms.SignupDetails"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USERNAME_VALIDATORS = None
ACCOUNT_RATE_LIMITS = {
    "login": "10/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/d/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "3/6h/key",
    # A mailbox is somebody's, whoever types its address: few mails a day.
    "request_login_code": "20/m/ip,3/m/key,10/d/key",
    "manage_email": "10/m/user,20/d/user",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
SOCIALACCOUNT_ADAPTER = "people.adapters.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = env.json("ANSWERHALL_SOCIAL_PROVIDERS", default={})
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "Answerhall"
USERSESSIONS_TRACK_ACTIVITY = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Signing in and up has no language in its addresses; all other pages have.
LANGUAGE_COOKIE_PATH = "/accounts/"
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "answerhall.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# answerhall.middleware sets that header, another one for staff pages.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# Files: those people upload lie in the media folder or in an S3-compatible store.
STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = STATE / "media"
STORAGES = {
    "default": storage_at(env("ANSWERHALL_MEDIA_URL", default="")),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail is written to files until a server is named.
MAIL_URL = env("ANSWERHALL_EMAIL_URL", default="")
if MAIL_URL:
    globals().update(env.email_url_config(MAIL_URL))
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = STATE / "mail"
DEFAULT_FROM_EMAIL = env("ANSWERHALL_MAIL_FROM", default="Answerhall <hall@localhost>")

# Search
SEARCH_URL = env("ANSWERHALL_SEARCH_URL", default=f"whoosh://{STATE}/index")
HAYSTACK_CONNECTIONS = {"default": connection(SEARCH_URL)}
HAYSTACK_SEARCH_RESULTS_PER_PAGE = 20
ANSWERHALL_SEARCH_MEANING = env.bool("ANSWERHALL_SEARCH_MEANING", default=False)

# Search engines that are told of every new page; none until these are filled in.
ANSWERHALL_INDEXNOW_KEY = env("ANSWERHALL_INDEXNOW_KEY", default="")
ANSWERHALL_BAIDU_TOKEN = env("ANSWERHALL_BAIDU_TOKEN", default="")

# Gifts: keys for codes at rest (Fernet; the first seals, all open), and the hosts of
# one's own network that delivery hooks may reach.
ANSWERHALL_VOUCHER_KEYS = env.list("ANSWERHALL_VOUCHER_KEYS", default=[])
ANSWERHALL_HOOK_HOSTS = env.list("ANSWERHALL_HOOK_HOSTS", default=[])

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Wagtail
WAGTAIL_SITE_NAME = "Answerhall"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
# A password many share would be a second door, without limits.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "kb.ArticleImage"
WAGTAILDOCS_DOCUMENT_MODEL = "kb.ArticleDocument"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 4 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 20_000_000
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "kb.forms.EditorsPictureForm"
# Never a redirect to where the file lies: this view knows who may read it.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "pdf", "txt", "xlsx", "zip"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# The queue answers while its oldest due row is younger than this.
ANSWERHALL_QUEUE_ALARM_SECONDS = env.int("ANSWERHALL_QUEUE_ALARM_SECONDS", default=600)
