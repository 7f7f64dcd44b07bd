"""The child process that makes the tiles of one image. Never imports Django."""

from __future__ import annotations

import sys

from annotator.services.jobs import child
from annotator.storage.pyramids import making

CALLS = {"make": making.make}

if __name__ == "__main__":
    child.serve(CALLS, *(int(value) for value in sys.argv[1:4]))
