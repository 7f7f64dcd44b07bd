"""The labeling page measured in Chromium: opening, moving, and a box from pointer-up to paint and to storage."""

from __future__ import annotations

import math
import statistics
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests import servers
from tests.browser.chrome import FLAGS, Editor, sign_in
from tests.browser.studio import Studio
from tests.perf.clock import percentile, verdict

# name -> (number of labels, points of each; 0 = a box, goal for opening in seconds)
LOADS = {"20 boxes": (20, 0, 0.5), "500 boxes": (500, 0, 0.6), "2,000 boxes": (2000, 0, 0.8), "500 x 50-point polygons": (500, 50, 0.8), "10,000 polygons": (10_000, 8, math.inf)}  # fmt: skip
FRAMES = """async () => {
  const gaps = []; let last = 0, on = true;
  const tick = (now) => { if (last) gaps.push(now - last); last = now; if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  return await new Promise((done) => { window.__endFrames = () => { on = false; return gaps; }; done(true); });
}"""


def run() -> None:
    """Print the figures of each load; medians of three openings."""
    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1") as server, sync_playwright() as playwright:
        studio = Studio(server, "editor")
        studio.member("ann")
        browser = playwright.chromium.launch(executable_path=servers.chromium(), args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1600, "height": 900})
        sign_in(context, server, "ann")
        for name, (count, points, goal) in LOADS.items():
            image = _filled(studio, f"{name}.jpg", count, points)
            opened = [_open(context, server, image) for _ in range(3)]
            middle = statistics.median(seconds for seconds, _ in opened)
            editor = opened[-1][1]
            print(
                f"{name}: open {middle:.2f} s"
                + (f"   goal {goal} s   {verdict(middle <= goal)}" if goal < math.inf else "")
            )
            _move(editor)
            _draw(editor)
            for _, other in opened:
                other.page.close()
        browser.close()


def _filled(studio: Studio, name: str, count: int, points: int) -> str:
    image = studio.image(name)
    for start in range(0, count, 1000):
        items = [_label(studio, i, points) for i in range(start, min(start + 1000, count))]
        studio.call("POST", f"{studio.base}/images/{image}/labels", items)
    return image


def _label(studio: Studio, i: int, points: int) -> dict[str, Any]:
    x, y = 10 + (i * 37) % 590, 10 + (i * 53) % 430
    if not points:
        return {"class_id": studio.car, "bbox": [x, y, x + 24, y + 18]}
    steps = [2 * math.pi * k / points for k in range(points)]
    return {
        "class_id": studio.car,
        "polygon": [[round(x + 12 * math.cos(a)), round(y + 12 * math.sin(a))] for a in steps],
    }


def _open(context: Any, server: servers.Server, image: str) -> tuple[float, Editor]:
    page: Page = context.new_page()
    started = time.perf_counter()
    page.goto(f"{server.url}/label/{image}/", wait_until="commit")
    page.wait_for_function("() => window.__editor?.ready", polling="raf")
    return time.perf_counter() - started, Editor(page)


def _move(editor: Editor) -> None:
    """Pan with the middle button, then zoom by wheel, for about two seconds."""
    page = editor.page
    x, y = editor.at(320, 240)
    before = page.evaluate("() => window.__editor.paints.length")
    page.evaluate(FRAMES)
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    for step in range(60):
        page.mouse.move(x + 120 * math.sin(step / 8), y + 80 * math.cos(step / 8))
        page.wait_for_timeout(8)
    page.mouse.up(button="middle")
    for step in range(40):
        page.mouse.wheel(0, -60 if step % 20 < 10 else 60)
        page.wait_for_timeout(16)
    gaps = page.evaluate("() => window.__endFrames()")
    fresh = page.evaluate("() => window.__editor.paints.length") - before
    p50, p95 = percentile(gaps, 0.5), percentile(gaps, 0.95)
    seconds = sum(gaps) / 1000
    print(
        f"  moving: frames p50 {p50:.0f}, p95 {p95:.0f} ms   goal 20 / 34 ms   {verdict(p50 <= 20 and p95 <= 34)}"
    )
    print(f"  fresh drawings {fresh / seconds:.0f} a second   goal 10   {verdict(fresh / seconds >= 10)}")


def _draw(editor: Editor) -> None:
    """A box: from pointer-up to the frame that shows it, and to the server's acknowledgement."""
    page = editor.page
    editor.press("Shift+Digit1")
    painted, stored = [], []
    for turn in range(5):
        editor.press("b")
        a, b = editor.at(30 + turn * 60, 380), editor.at(80 + turn * 60, 430)
        page.mouse.move(*a)
        page.mouse.down()
        page.mouse.move(*b)
        count = page.evaluate("() => window.__editor.regionCount")
        page.evaluate(
            """(count) => { window.__drawn = new Promise((done) => addEventListener('pointerup', () => {
              const start = performance.now();
              const seen = () => (window.__editor.regionCount > count
                ? requestAnimationFrame(() => done({start, painted: performance.now() - start})) : requestAnimationFrame(seen));
              seen();
            }, {once: true, capture: true})); }""",
            count,
        )
        page.mouse.up()
        times = page.evaluate("() => window.__drawn")
        page.evaluate("() => window.__editor.idle()")
        painted.append(times["painted"])
        stored.append(page.evaluate("(start) => performance.now() - start", times["start"]))
    shown, kept = statistics.median(painted), statistics.median(stored)
    print(
        f"  pointer-up to painted {shown:.0f} ms   goal 33   {verdict(shown <= 34)}; to stored and settled {kept:.0f} ms   goal 150   {verdict(kept <= 150)}"
    )
