"""Every setting of the server, each read through env.py; the defaults are the embedded mode."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from annotator import __version__, data_folder
from annotator.db import sqlite
from annotator.env import (
    BadSetting,
    env_bool,
    env_database,
    env_email,
    env_int,
    env_list,
    env_path,
    env_secret,
    env_text,
    env_umask,
)
from annotator.limits import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env_path("ANNOTATOR_DATA_DIR", BASE_DIR / "data")
MEDIA_DIR = env_path("ANNOTATOR_MEDIA_DIR", DATA_DIR / "media")
HOST = env_text("ANNOTATOR_HOST", "127.0.0.1")
PORT = env_int("ANNOTATOR_PORT", 8000, low=0, high=65535)


# Database, images, keys and backups belong to the user of the server; 027 lets its group read them.
UMASK = env_umask("ANNOTATOR_UMASK", "077")
data_folder.set_umask(UMASK)


def _kept_secret() -> str:
    """Return the secret of this installation: from the environment, else a file that is made once."""
    if value := env_secret("ANNOTATOR_SECRET_KEY"):
        return value
    file = DATA_DIR / "secret-key"
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    value = secrets.token_urlsafe(48)
    part = file.with_name(f"secret-key.{secrets.token_hex(4)}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as stream:
        stream.write(value)
        stream.flush()
        os.fsync(stream.fileno())  # else a power cut may leave an empty secret
    try:
        file.hardlink_to(part)  # fails when another process was first: then its secret counts
    except FileExistsError:
        value = file.read_text(encoding="ascii")
    part.unlink()
    return value


try:
    data_folder.prepare(DATA_DIR, umask=UMASK)
    SECRET_KEY = _kept_secret()
except OSError as error:  # the first that is read and written there
    raise BadSetting(
        f"The data folder {DATA_DIR} cannot be used: {error.strerror}. ANNOTATOR_DATA_DIR names it."
    ) from error
# Shows the details of /readyz to whoever sends it as a bearer token.
STATUS_TOKEN = env_secret("ANNOTATOR_STATUS_TOKEN")
SECRET_KEY_FALLBACKS = env_list("ANNOTATOR_SECRET_KEY_FALLBACKS")
DEBUG = env_bool("ANNOTATOR_DEBUG")
DEBUG_EDITOR = env_bool("ANNOTATOR_DEBUG_EDITOR")
_OWN_NAMES = "localhost,127.0.0.1,[::1]" + ("" if HOST in {"0.0.0.0", "::"} else f",{HOST}")  # noqa: S104
ALLOWED_HOSTS = env_list("ANNOTATOR_ALLOWED_HOSTS", _OWN_NAMES)
CSRF_TRUSTED_ORIGINS = env_list("ANNOTATOR_TRUSTED_ORIGINS")
TRUSTED_PROXIES = env_list("ANNOTATOR_TRUSTED_PROXIES")
# The address that people type, for links printed by commands; made from host and port when empty.
PUBLIC_URL = env_text("ANNOTATOR_PUBLIC_URL").rstrip("/")
# Views run in this many threads; they are held only while a view works (see server/bridge.py).
HTTP_THREADS = env_int("ANNOTATOR_THREADS", 8, low=1, high=256)
# Requests that hash a password run in threads of their own: each takes a core for a quarter of a second.
HASHING_THREADS = env_int("ANNOTATOR_HASHING_THREADS", 1, low=1, high=64)
# Connections of one address (0 is no limit) and live sockets of one person, in each server process.
CONNECTIONS_PER_ADDRESS = env_int("ANNOTATOR_CONNECTIONS_PER_ADDRESS", 200)
SOCKETS_PER_PERSON = env_int("ANNOTATOR_SOCKETS_PER_PERSON", 50)
# How long the headers of a request may take, and how long a connection may be idle between two requests.
HEADER_SECONDS = env_int("ANNOTATOR_HEADER_SECONDS", 20, low=1, high=3600)
KEEP_ALIVE_SECONDS = env_int("ANNOTATOR_KEEP_ALIVE_SECONDS", 5, low=1, high=3600)

INSTALLED_APPS = [
    "annotator.apps.AnnotatorConfig",
    "annotator.apps.AnnotatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "django_tasks",
    "csp",
]
MIDDLEWARE = [
    "annotator.web.middleware.RequestIdMiddleware",
    "annotator.web.middleware.ClientMiddleware",
    "annotator.web.middleware.NoStoreMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "annotator.web.languages.LanguageMiddleware",
    "annotator.web.middleware.SessionUseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "annotator.web.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "annotator.urls"
ASGI_APPLICATION = "annotator.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"pages": "annotator.web.templatetags.pages", "ui": "annotator.web.templatetags.ui"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "annotator.web.context.shell",
            ],
        },
    }
]

DATABASES = {"default": env_database("ANNOTATOR_DATABASE_URL", DATA_DIR / "annotator.sqlite3")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
IS_SQLITE = DATABASES["default"]["ENGINE"] == "annotator.db.sqlite"
if IS_SQLITE:
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = sqlite.OPTIONS
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "annotator.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

# Sessions: cookie lasts two weeks of use, never readable by script, sent on same-site navigation only.
SESSION_COOKIE_AGE = env_int("ANNOTATOR_SESSION_HOURS", 336, low=1) * 3600
SESSION_ENGINE = "annotator.services.accounts.session_store"
# A session that is not used for this long ends; 0 is never. Last uses are written once a minute.
SESSION_IDLE_SECONDS = env_int("ANNOTATOR_SESSION_IDLE_MINUTES", 0) * 60
if 0 < SESSION_IDLE_SECONDS < 300:
    raise BadSetting("ANNOTATOR_SESSION_IDLE_MINUTES must be 0 (never) or at least 5.")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
IS_HTTPS = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_bool("ANNOTATOR_HTTPS")
if IS_HTTPS:
    # Browsers take cookies of these names from HTTPS only, for this host only: no neighbor can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = env_int("ANNOTATOR_HSTS_DAYS", 365) * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What no page of ours uses, no script on it may use.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking",
    )
}  # fmt: skip
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# E-mail: nothing is sent without a server to send it through.
_EMAIL = env_email("ANNOTATOR_EMAIL_URL")
SENDS_EMAIL = bool(_EMAIL)
globals().update(_EMAIL)
DEFAULT_FROM_EMAIL = env_text("ANNOTATOR_EMAIL_FROM", "annotator@localhost")

# APIs, jobs and commands speak the default language; pages one of these (annotator.web.languages).
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = IS_HTTPS
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
# The bundle may be built after this module is read (by `manage.py run`), so the folder is always named.
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist")]
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600


def WHITENOISE_IMMUTABLE_FILE_TEST(path: str, url: str) -> bool:  # noqa: N802 (whitenoise's name)
    """Hashed files of our own build never change under their name."""
    return url.startswith("/static/dist/") and not url.endswith("manifest.json")


# Bodies: JSON and forms (the labeling page sends up to 8 MB); images that an API takes in its own body. Uploads go through annotator.files and never through here.
MAX_JSON_BYTES = env_int("ANNOTATOR_MAX_JSON_MB", 8, low=8, high=1024) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = env_int("ANNOTATOR_MAX_BODY_MB", 64, low=1, high=1024) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["api.common.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.common.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.common.schema.DialectSchema",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Annotator",
    "DESCRIPTION": "Vendors' APIs at their native paths, on one domain model.",
    "VERSION": __version__,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": "",
    "SCHEMA_COERCE_PATH_PK": False,
}

# Live updates: Redis carries presence and the wake between servers; events themselves travel through the database.
REDIS_URL = env_secret("ANNOTATOR_REDIS_URL")
# Nothing that a request needs is there, so one that does not answer is soon given up.
REDIS_TIMEOUTS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL} | REDIS_TIMEOUTS]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
LIVE_POLL_SECONDS = 0.25
_LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
_SHARED = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": REDIS_TIMEOUTS,
}
CACHES = {"default": _SHARED if REDIS_URL else _LOCAL}

# Jobs: the Job row is the truth; huey carries ids.
TASKS = {"default": {"BACKEND": "annotator.jobs.backend.QueueBackend"}}
HUEY = (
    {
        "huey_class": "huey.RedisHuey",
        "name": "annotator",
        "url": REDIS_URL,
        "immediate": False,
        "results": False,
    }
    if REDIS_URL
    else {
        "huey_class": "huey.SqliteHuey",
        "name": "annotator",
        "filename": str(DATA_DIR / "queue.sqlite3"),
        "immediate": False,
        "results": False,
    }
)
JOB_SWEEPER = "annotator.jobs.engine.sweep"
JOB_RUNNER = "annotator.jobs.engine.enqueue"
JOB_RUN_HERE = "annotator.jobs.engine.run"
WORKER_THREADS = env_int("ANNOTATOR_WORKERS", 1, low=1, high=64)
# A running job whose worker has not renewed its lease for this long is given to another worker.
JOB_LEASE_SECONDS = env_int("ANNOTATOR_JOB_LEASE_SECONDS", 60, low=2)
# So many jobs of a workspace may wait or run; 0 = no limit.
QUOTA_JOBS = env_int("ANNOTATOR_QUOTA_JOBS", 200)
# Whether /readyz asks for a worker: no for a server that is run alone on purpose.
EXPECT_WORKER = env_bool("ANNOTATOR_EXPECT_WORKER", default=True)
# Housekeeping, once an hour by the worker that holds the lease; each is a function without arguments.
PERIODIC = [
    "annotator.services.jobs.runs.forget_old",
    "annotator.services.operations.health.forget_old_beats",
    "annotator.services.accounts.sign_in.forget_old",
    "annotator.services.workspaces.invitations.forget_old",
    "annotator.services.accounts.sessions.forget_old",
    "annotator.services.accounts.guesses.forget_old",
    "annotator.services.security_log.forget_old",
    "annotator.services.operations.purge.purge_trash",
    "annotator.services.operations.purge.forget_exports",
    "annotator.services.operations.purge.forget_uploads",
    "annotator.services.insight.augmentation_samples.forget_old",
    "annotator.services.operations.purge.collect_blobs",
    "annotator.services.operations.scrub.scrub_share",
    "annotator.services.workspaces.quotas.recount",
    "annotator.services.buckets.buckets.encrypt_again",
]

# Storage: local files, or S3 when a bucket is named.
S3_BUCKET = env_text("ANNOTATOR_S3_BUCKET")
S3_ENDPOINT = env_text("ANNOTATOR_S3_ENDPOINT")
S3_REGION = env_text("ANNOTATOR_S3_REGION", "us-east-1")
S3_PREFIX = env_text("ANNOTATOR_S3_PREFIX")
S3_ACCESS_KEY = env_secret("ANNOTATOR_S3_ACCESS_KEY")
S3_SECRET_KEY = env_secret("ANNOTATOR_S3_SECRET_KEY")
# Folders below this one may be used as buckets, by the admins of every workspace; empty = none.
BUCKET_ROOT = env_path("ANNOTATOR_BUCKET_ROOT", Path())
HAS_BUCKET_ROOT = bool(env_text("ANNOTATOR_BUCKET_ROOT"))
if HAS_BUCKET_ROOT and (DATA_DIR.is_relative_to(BUCKET_ROOT) or BUCKET_ROOT.is_relative_to(DATA_DIR)):
    raise BadSetting("ANNOTATOR_BUCKET_ROOT and the data folder must not lie in each other.")
# Whether buckets may name roles that this server's own AWS identity assumes.
BUCKET_ROLES = env_bool("ANNOTATOR_BUCKET_ROLES")
MEDIA_REDIRECT = env_bool("ANNOTATOR_MEDIA_REDIRECT")
MEDIA_SIGNING_KEYS = env_list("ANNOTATOR_MEDIA_KEYS") or [SECRET_KEY, *SECRET_KEY_FALLBACKS]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_traceback": {"()": "annotator.server.logs.WithoutTraceback"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "refusals": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_traceback"]},
    },
    "root": {"handlers": ["console"], "level": env_text("ANNOTATOR_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Unknown hosts, too many fields and the like: one line each.
        "django.security": {"handlers": ["refusals"], "propagate": False},
        "huey": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
        "uvicorn": {"level": "WARNING"},
    },
}
