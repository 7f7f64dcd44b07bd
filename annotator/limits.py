"""The settings that say what may come in and how much one may use; settings.py takes all of them."""

from __future__ import annotations

from annotator.env import BadSetting, env_hosts, env_int, env_text
from annotator.storage import decode_memory

MAX_UPLOAD_BYTES = env_int("ANNOTATOR_MAX_UPLOAD_MB", 2048, low=1) * 1024 * 1024
# A sender that is silent for this long is taken to be gone.
UPLOAD_IDLE_SECONDS = env_int("ANNOTATOR_UPLOAD_IDLE_SECONDS", 60, low=1)
MAX_IMAGE_BYTES = env_int("ANNOTATOR_MAX_IMAGE_MB", 512, low=1) * 1024 * 1024
MAX_IMAGE_PIXELS = env_int("ANNOTATOR_MAX_IMAGE_MPIXELS", 250, low=1) * 1_000_000
# Memory follows from the number of pixels; where it is set lower, fewer pixels are accepted, so that both always agree.
DECODE_MEMORY_MB = env_int("ANNOTATOR_DECODE_MEMORY_MB", decode_memory.needed_mb(MAX_IMAGE_PIXELS), low=512)
MAX_IMAGE_PIXELS = min(MAX_IMAGE_PIXELS, decode_memory.pixels_within(DECODE_MEMORY_MB))
MAX_ARCHIVE_FILES = env_int("ANNOTATOR_MAX_ARCHIVE_FILES", 100_000, low=1)
MAX_ARCHIVE_BYTES = env_int("ANNOTATOR_MAX_ARCHIVE_GB", 50, low=1) * 1024**3
MAX_ARCHIVE_RATIO = env_int("ANNOTATOR_MAX_ARCHIVE_RATIO", 200, low=2)
# Room on the disk that uploads never take, so that labels can still be saved.
MIN_FREE_BYTES = env_int("ANNOTATOR_MIN_FREE_MB", 512) * 1024 * 1024
DECODE_PROCESSES = env_int("ANNOTATOR_DECODE_PROCESSES", 2, low=1, high=16)
DECODE_SECONDS = env_int("ANNOTATOR_DECODE_SECONDS", 30, low=1)
# Requests that decode or fetch images have threads of their own, so many in all and so many for a workspace; in these they
# store, fetch and wait for a decoder. Those beyond wait without a thread.
DECODING_REQUESTS, DECODING_REQUESTS_EACH = 8 * DECODE_PROCESSES, 2 * DECODE_PROCESSES
DECODING_WAITING, DECODING_WAITING_EACH = 2000, 500
# Making the tiles of one large image may take so long; its process may use as much memory as decoding.
TILE_SECONDS = env_int("ANNOTATOR_TILE_SECONDS", 1800, low=10)
MAX_VIDEO_BYTES = env_int("ANNOTATOR_MAX_VIDEO_MB", 2048, low=1) * 1024 * 1024
MAX_VIDEO_SECONDS = env_int("ANNOTATOR_MAX_VIDEO_HOURS", 24, low=1) * 3600
MAX_VIDEO_PIXELS = env_int("ANNOTATOR_MAX_VIDEO_MPIXELS", 36, low=1) * 1_000_000
MAX_VIDEO_FRAMES = env_int("ANNOTATOR_MAX_VIDEO_FRAMES", 5_000_000, low=1)
# A decoding process reads one video and has so much memory, so much time for each of its steps, and may be silent for so long.
VIDEO_MEMORY_MB = env_int("ANNOTATOR_VIDEO_MEMORY_MB", 3072, low=512)
VIDEO_SECONDS = env_int("ANNOTATOR_VIDEO_HOURS", 12, low=1) * 3600
VIDEO_STALL_SECONDS = env_int("ANNOTATOR_VIDEO_STALL_SECONDS", 60, low=1)
URL_IMPORT_HOSTS = env_hosts("ANNOTATOR_URL_IMPORT_HOSTS")
# Addresses of one request are fetched by so many threads, and all of them in so many seconds.
URL_BATCH_THREADS, URL_BATCH_SECONDS = 8, 60
# So long a token names a project that is to be copied.
PROJECT_TOKEN_SECONDS = 24 * 3600
RATE_SIGN_IN_PER_MINUTE = env_int("ANNOTATOR_RATE_SIGN_IN", 10)
RATE_INVALID_PER_MINUTE = env_int("ANNOTATOR_RATE_INVALID", 120)
# Failed passwords in an hour: of an account, from an address, altogether; 0 = no limit.
GUESSES_PER_ACCOUNT = env_int("ANNOTATOR_GUESSES_ACCOUNT", 100)
GUESSES_PER_ADDRESS = env_int("ANNOTATOR_GUESSES_ADDRESS", 300)
GUESSES_OVERALL = env_int("ANNOTATOR_GUESSES_OVERALL", 5000)
RATE_API_PER_SECOND = env_int("ANNOTATOR_RATE_API", 200)
RATE_API_BURST = env_int("ANNOTATOR_RATE_API_BURST", 2000)
# What a workspace may use unless the admin site says otherwise; 0 = no limit. Sockets are counted by server process.
QUOTA_GB = env_int("ANNOTATOR_QUOTA_GB", 0)
QUOTA_SOCKETS = env_int("ANNOTATOR_QUOTA_SOCKETS", 500)
# Who makes workspaces (everyone, staff) and accounts (admins of workspaces by invitation, staff in the admin site).
WORKSPACE_CREATORS = env_text("ANNOTATOR_WORKSPACE_CREATORS", "everyone")
if WORKSPACE_CREATORS not in ("everyone", "staff"):
    raise BadSetting("ANNOTATOR_WORKSPACE_CREATORS must be everyone or staff.")
ACCOUNT_CREATORS = env_text("ANNOTATOR_ACCOUNT_CREATORS", "admins")
if ACCOUNT_CREATORS not in ("admins", "staff"):
    raise BadSetting("ANNOTATOR_ACCOUNT_CREATORS must be admins or staff.")
TRASH_DAYS = env_int("ANNOTATOR_TRASH_DAYS", 7, low=1)
SECURITY_LOG_DAYS = env_int("ANNOTATOR_SECURITY_LOG_DAYS", 180, low=1)
# Every stored file is compared with its hash once in so many days; 0 = never.
SCRUB_DAYS = env_int("ANNOTATOR_SCRUB_DAYS", 30)
EXPORT_DAYS = env_int("ANNOTATOR_EXPORT_DAYS", 14, low=7)
