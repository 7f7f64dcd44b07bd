"""The settings of the test suite: the real ones, read from an environment that points at a temporary folder.

Nothing else belongs here: a test that needs another setting uses pytest-django's `settings` fixture.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_PARENT = os.environ.get("ANNOTATOR_TEST_ROOT") or tempfile.gettempdir()
# One folder a process: bytes, database file, queue.
TEST_ROOT = Path(
    tempfile.mkdtemp(prefix=f"annotator-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-", dir=_PARENT)
)
(TEST_ROOT / "static").mkdir()
atexit.register(shutil.rmtree, TEST_ROOT, ignore_errors=True)

# One more for all processes of a run, the first one's own: what is made once (see servers.migrated).
os.environ.setdefault("ANNOTATOR_TEST_SHARED", str(TEST_ROOT))
_KEPT = {"ANNOTATOR_DATABASE_URL", "ANNOTATOR_REDIS_URL", "ANNOTATOR_TEST_ROOT", "ANNOTATOR_TEST_SHARED"}
for _name in [name for name in os.environ if name.startswith("ANNOTATOR_")]:
    if _name not in _KEPT:
        del os.environ[_name]
os.environ["ANNOTATOR_DATA_DIR"] = str(TEST_ROOT)
_BUCKETS = Path(tempfile.mkdtemp(prefix="annotator-test-buckets-", dir=_PARENT))
atexit.register(shutil.rmtree, _BUCKETS, ignore_errors=True)
os.environ["ANNOTATOR_BUCKET_ROOT"] = str(_BUCKETS)
os.environ["ANNOTATOR_SECRET_KEY"] = "only for the tests, long enough to be taken for a secret"
os.environ["ANNOTATOR_ALLOWED_HOSTS"] = "localhost,127.0.0.1,[::1],testserver"
for _name in ("ANNOTATOR_RATE_SIGN_IN", "ANNOTATOR_RATE_API", "ANNOTATOR_RATE_INVALID"):
    os.environ[_name] = "0"

from annotator.settings import *  # noqa: E402, F403

# A cheap hash: signing people in must not cost the suite minutes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test client loads the middleware again: it need not look through all static files each time.
WHITENOISE_AUTOREFRESH = True
# The renewer of leases has a connection of its own, which does not see the jobs of a test's transaction: it sleeps through.
JOB_LEASE_SECONDS = 3600
