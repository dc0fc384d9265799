"""All settings, all from the environment; README.md has the table of variables.

Without DATABASE_URL the portal runs on its own embedded PostgreSQL with secrets of its own making: demo, development,
tests. With it, and without DEBUG, everything that safety depends on must be given.
"""

import os
import sys
import zoneinfo
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured

from . import env
from .embedded.cluster import DATABASE as EMBEDDED_DATABASE
from .embedded.cluster import socket_folder

# Lets ModelAdmin[Customer] and the like be written where Django's own classes are generic for the type checker only.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
CX_LOCAL = Path(env.text("CX_LOCAL", str(BASE_DIR / ".local"))).resolve()

# CX_TESTING: a server that a browser test starts.
TESTING = "pytest" in sys.modules or env.flag("CX_TESTING", False)
DEBUG = env.flag("DEBUG", False)
EMBEDDED = not os.environ.get("DATABASE_URL", "").strip()
PRODUCTION = not (EMBEDDED or DEBUG or TESTING)


def _secret(name: str) -> str:
    if PRODUCTION or os.environ.get(name):
        return env.text(name)
    return env.kept_secret(name, CX_LOCAL / "secrets.json")


# --- Secrets ---------------------------------------------------------------------------------------------------------

SECRET_KEY = _secret("SECRET_KEY")
# Keyed hashes of phone numbers, e-mail addresses and loyalty numbers: whoever changes it re-hashes them.
LOOKUP_KEY = _secret("LOOKUP_KEY")
# Keyed hashes of the suppression list. Never changed: the addresses behind it are no longer known.
SUPPRESSION_KEY = _secret("SUPPRESSION_KEY")

# --- Database: two logins, one alias (docs/architecture.md, "The vault") ---------------------------------------------

VAULT_ROLE = env.text("VAULT_ROLE", "cx_vault")
CONN_MAX_AGE = env.number("CONN_MAX_AGE", 600)

if EMBEDDED:
    _root = CX_LOCAL / ("pg-test" if TESTING else "pg")
    _serving: dict[str, Any] = {
        "ENGINE": "cxportal.embedded",
        "NAME": EMBEDDED_DATABASE,
        "USER": "cx_app",
        "PASSWORD": "",
        "HOST": str(socket_folder(_root)),
        "PORT": "",
        "OPTIONS": {},
        "EMBEDDED_ROOT": str(_root),
        "EMBEDDED_FAST": TESTING,
    }
    _owner = {**_serving, "USER": "cx_owner"}
else:
    _serving = {"ENGINE": "django.db.backends.postgresql", **env.database("DATABASE_URL")}
    # Set only where migrate, bootstrap_database and tests run, never in a process that serves.
    _owner = env.database("DATABASE_OWNER_URL") if os.environ.get("DATABASE_OWNER_URL") else {}

SERVING_USER: str = _serving["USER"]
# HOST and PORT too: the owner goes round a pooler.
DATABASE_OWNER: dict[str, Any] = (
    {key: _owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} if _owner else {}
)
# LISTEN needs a session of its own, which a pooler in transaction mode does not give; empty: the serving connection's.
LISTEN_DATABASE = env.database("LISTEN_DATABASE_URL") if os.environ.get("LISTEN_DATABASE_URL") else {}

# Two letters wrong in a short word still find it: "haala" is 0.5 like "halla".
_likeness = "-c pg_trgm.word_similarity_threshold=0.45"
# A page that waits longer than this has failed already; long jobs set their own limits.
_limits = "-c statement_timeout=30s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
DATABASES = {
    "default": {
        **_serving,
        "OPTIONS": {"options": f"{_limits} {_likeness}", **_serving["OPTIONS"]},
        "CONN_MAX_AGE": CONN_MAX_AGE,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The chain -------------------------------------------------------------------------------------------------------

CHAIN_NAME = env.text("CHAIN_NAME", "CX Portal")
# How a phone number without a country code is read, such as US or DE.
DEFAULT_REGION = env.text("DEFAULT_REGION", "US").upper()
# Where shoppers find the portal, such as https://shop.example: links in messages begin with it; empty: no links.
PUBLIC_URL = env.text("PUBLIC_URL", "").rstrip("/")
if PUBLIC_URL and not PUBLIC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(f"PUBLIC_URL must begin with https:// or http://: {PUBLIC_URL!r}.")
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.text("TIME_ZONE", "UTC")
if TIME_ZONE not in zoneinfo.available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE {TIME_ZONE!r} is unknown.")
FORMAT_MODULE_PATH = "cxportal.formats"
USE_I18N = True
USE_TZ = True

# --- Apps, floor by floor --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "cxportal.apps.PortalConfig",  # first: its templates win over the back office's own
    "surveys.apps.SurveysConfig",
    "journeys.apps.JourneysConfig",
    "inventory.apps.InventoryConfig",
    "customers.apps.CustomersConfig",
    "cxportal.apps.BackOfficeConfig",  # django.contrib.admin, with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cxportal.brake.ScrapeBrake",
]

ROOT_URLCONF = "cxportal.urls"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cxportal.context.shell",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
MESSAGE_TAGS = {message_levels.ERROR: "danger", message_levels.DEBUG: "secondary"}

# --- Static files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = CX_LOCAL / "static"
# Only the files that pages use are copied there from npm's packages (cxportal/setup/assets.py): /static/vendor/...
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static", CX_LOCAL / "assets") if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "cxportal.storage.ModuleStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Looked up one by one: a scan of all static files at each start of a test client would cost more than the test.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
MEDIA_ROOT = CX_LOCAL / "media"

# --- Who may come in -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cxportal.StaffMember"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 60 * 60

_host = env.text("HOST", "127.0.0.1")
_everywhere = _host in {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to
if PRODUCTION:
    ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
else:
    ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "*" if _everywhere else f"localhost,127.0.0.1,[::1],{_host}")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")
if _wrong := [origin for origin in CSRF_TRUSTED_ORIGINS if "://" not in origin]:
    raise ImproperlyConfigured(f"CSRF_TRUSTED_ORIGINS must begin with https:// or http://: {_wrong[0]!r}.")

SESSION_COOKIE_NAME = "cx_session"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a shift
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A demo runs on plain http.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", False)
# Both bind hosts that are not the portal's, for years: a chain may choose them, no check may press for them.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_self = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _self,
        "style-src": _self,
        "font-src": _self,
        "img-src": _self,
        "connect-src": _self,
        "form-action": _self,
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# Looks at stock that strangers may take from one address, for each web process; 0: as many as they like.
LOOKS_PER_MINUTE = env.number("LOOKS_PER_MINUTE", 0 if TESTING else 120)

# Plan a promise once for each connection. Not behind a pooler that gives each transaction another one.
PREPARED_STATEMENTS = env.flag("PREPARED_STATEMENTS", True)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cxportal.api.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CX Portal API",
    "DESCRIPTION": "For tills, web shops, telephony and imports.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- Messages --------------------------------------------------------------------------------------------------------

# Where the file channel and, without a mail server, e-mail to staff are written.
MESSAGE_DIR = Path(env.text("MESSAGE_DIR", str(CX_LOCAL / "messages")))
EMAIL_HOST = env.text("EMAIL_HOST") if PRODUCTION else env.text("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = env.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "portal@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = MESSAGE_DIR / "mail"

# --- Logs ------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        **{name: {"level": "INFO"} for name in ("customers", "inventory", "journeys", "surveys", "cxportal")},
    },
}

if TESTING:
    # The tests' passwords protect nothing, and the real hasher would cost a third of a second each.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
