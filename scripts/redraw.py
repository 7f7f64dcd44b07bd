"""Redraws the polygons of a COCO folder by mouse in the labeling page, types them in over the API, and compares both exports.

usage: scripts/redraw.py FOLDER   the folder has annotations.json and the images that it names
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

#: What an outline drawn by mouse must reach, and one typed in.
DRAWN, TYPED = 0.98, 1.0


def main(arguments: list[str]) -> int:
    """Print the IoU of every polygon; return 1 when one is less than it must be."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    folder = Path(arguments[0]).resolve()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="annotator-redraw-") as data:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "annotator.settings", "ANNOTATOR_DATA_DIR": data}
        import django

        django.setup()
        return redraw(folder)


def redraw(folder: Path) -> int:
    """Do the work on a server of its own."""
    from playwright.sync_api import sync_playwright

    from tests import servers
    from tests.browser.browsers import launch
    from tests.browser.pages import Person, sign_in
    from tests.browser.redrawing import from_folder
    from tests.browser.studio import Studio

    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1") as server, sync_playwright() as playwright:
        studio = Studio(server, "redraw")
        studio.member("ann")
        context = launch(playwright).new_context(viewport={"width": 1600, "height": 900})
        sign_in(context, server, "ann")
        session = from_folder(studio, folder)
        start = time.perf_counter()
        drawn = session.draw(Person("ann", context, server))
        seconds = time.perf_counter() - start
        typed = session.type_in()
    for one, by_mouse, by_api in zip(session.given, drawn, typed, strict=True):
        points = "+".join(str(len(ring)) for ring in one.parts)
        print(
            f"{one.file_name} {one.category}, {points} points: by mouse {by_mouse:.4f}, by API {by_api:.4f}"
        )
    print(
        f"{len(drawn)} polygons in {seconds:.0f} s: least by mouse {min(drawn):.4f}, by API {min(typed):.4f}"
    )
    return 0 if min(drawn) >= DRAWN and min(typed) >= TYPED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
