"""The labeling page measured in Chromium: opening, moving, and a box from pointer-up to paint, to storage and to another person."""

from __future__ import annotations

import math
import statistics
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import servers
from tests.browser.browsers import launch
from tests.browser.pages import Editor, Person, sign_in
from tests.browser.studio import Studio
from tests.perf import brush
from tests.perf.clock import percentile, verdict

# name -> (number of labels, points of each; 0 = a box, goal for opening in seconds)
LOADS = {"20 boxes": (20, 0, 0.5), "500 boxes": (500, 0, 0.6), "2,000 boxes": (2000, 0, 0.8), "500 x 50-point polygons": (500, 50, 0.8), "10,000 polygons": (10_000, 8, math.inf)}  # fmt: skip
OPENINGS, STROKES, HEARINGS = 5, 8, 24
# The page has done what follows an opening, a stroke or a movement.
QUIET_MS = 400
# Says when the page called itself ready, by its own clock: a question from outside costs it time.
WATCH = """(() => {
  const look = () => (window.__editor?.ready ? (window.__readyAt = performance.now()) : requestAnimationFrame(look));
  requestAnimationFrame(look);
})()"""
# Notes each frame's time and view, until __endFrames.
FRAMES = """() => {
  const frames = []; let on = true;
  const tick = (now) => { frames.push([now, Object.values(window.__editor.view).join()]); if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  window.__endFrames = () => { on = false; return frames; };
}"""
# From the next pointer-up: to the end of the frame that shows one more region, and to the answer of the server.
STROKE = """() => {
  const count = window.__editor.regionCount;
  window.__drawn = new Promise((done) => addEventListener('pointerup', () => {
    const start = performance.now();
    const channel = new MessageChannel();
    const painted = new Promise((seen) => {
      channel.port1.onmessage = () => seen(performance.now() - start);
      const look = () => (window.__editor.regionCount > count ? channel.port2.postMessage(0) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    });
    const stored = new Promise((heard) => new PerformanceObserver((list, observer) => {
      const answer = list.getEntries().find((entry) => entry.startTime >= start && entry.name.endsWith('/changes'));
      if (answer) { observer.disconnect(); heard(answer.responseEnd - start); }
    }).observe({ type: 'resource' }));
    Promise.all([painted, stored]).then(done);
  }, { once: true, capture: true }));
}"""

# The clock time of the next pointer-up in one browser, and that of the frame in which another one has one more region.
RELEASED = """() => {
  window.__released = new Promise((done) => addEventListener('pointerup', () => done(performance.timeOrigin + performance.now()), { once: true, capture: true }));
}"""
HEARD = """() => {
  const count = window.__editor.regionCount;
  window.__heard = new Promise((done) => {
    const look = () => (window.__editor.regionCount > count ? done(performance.timeOrigin + performance.now()) : requestAnimationFrame(look));
    look();
  });
}"""


def run() -> None:
    """Print the figures of each load; medians of OPENINGS and STROKES, with the least and the most."""
    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1") as server, sync_playwright() as playwright:
        studio = Studio(server, "editor")
        studio.member("ann")
        browser = launch(playwright)
        context = browser.new_context(viewport={"width": 1600, "height": 900})
        context.add_init_script(WATCH)
        sign_in(context, server, "ann")
        for name, (count, points, goal) in LOADS.items():
            image = _filled(studio, f"{name}.jpg", count, points)
            opened = [_open(context, server, image) for _ in range(OPENINGS)]
            seconds, editor = [each for each, _ in opened], opened[-1][1]
            told = (
                f"   goal {goal} s   {verdict(statistics.median(seconds) <= goal)}" if goal < math.inf else ""
            )
            print(
                f"{name}: open {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}){told}"
            )
            _move(editor)
            _draw(editor)
            for _, other in opened:
                other.page.close()
        _share(browser, context, server, studio)
        brush.measure(context, server, studio)
        browser.close()


def _share(browser: Browser, context: BrowserContext, server: servers.Server, studio: Studio) -> None:
    """A box of one person, from pointer-up to the frame in which another person's browser shows it."""
    image = studio.image("shared.jpg")
    studio.member("bob")
    other = browser.new_context(viewport={"width": 1600, "height": 900})
    sign_in(other, server, "bob")
    writer, reader = (
        Person(name, each, server).open(image) for name, each in (("ann", context), ("bob", other))
    )
    writer.page.wait_for_timeout(QUIET_MS)
    times = []
    for turn in range(HEARINGS):
        reader.page.evaluate(HEARD)
        writer.page.evaluate(RELEASED)
        writer.draw_box(30 + turn * 20, 100, 45 + turn * 20, 140)
        times.append(
            reader.page.evaluate("() => window.__heard") - writer.page.evaluate("() => window.__released")
        )
        writer.idle()
    p50, worst = statistics.median(times), max(times)
    print(
        f"another browser has a box {p50:.0f} ms after its pointer-up (worst of {HEARINGS}: {worst:.0f})   goal 300 ms   {verdict(worst <= 300)}"
    )


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
    """Return the seconds from the start of the navigation to `ready`, and the page."""
    page: Page = context.new_page()
    page.goto(f"{server.url}/label/{image}/", wait_until="commit")
    page.wait_for_timeout(QUIET_MS)
    page.wait_for_function("() => window.__readyAt")
    return page.evaluate("() => window.__readyAt") / 1000, Editor(page)


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
    page.wait_for_timeout(QUIET_MS)
    frames = page.evaluate("() => window.__endFrames()")
    paints = page.evaluate(
        "(from) => window.__editor.paints.slice(from).map((p) => [p.time, Object.values(p.view).join()])",
        before,
    )
    moved = [i for i in range(1, len(frames)) if frames[i][1] != frames[i - 1][1]]
    gaps = [frames[i][0] - frames[i - 1][0] for i in range(moved[0], moved[-1] + 1)]
    p50, p95 = percentile(gaps, 0.5), percentile(gaps, 0.95)
    print(
        f"  moving: frames p50 {p50:.0f}, p95 {p95:.0f}, worst {max(gaps):.0f} ms   goal 20 / 34 ms   {verdict(p50 <= 20 and p95 <= 34)}"
    )
    ages = _ages(frames, moved, paints)
    age = percentile(ages, 0.95)
    rate = len([time for time, _ in paints if time <= frames[moved[-1]][0]]) / (sum(gaps) / 1000)
    print(
        f"  fresh drawings p95 {age:.0f}, worst {max(ages):.0f} ms after the change, {rate:.0f} a second   goal 100 ms, 10   {verdict(age <= 100 and rate >= 10)}"
    )


def _ages(frames: list[list[Any]], moved: list[int], paints: list[list[Any]]) -> list[float]:
    """Return for each change of the view the milliseconds until a drawing of it, or of a later view, was shown."""
    last_seen = {view: i for i, (_, view) in enumerate(frames)}
    drawn = [(time, last_seen[view]) for time, view in paints if view in last_seen]
    return [next((time - frames[i][0] for time, of in drawn if of >= i and time >= frames[i][0]), math.inf) for i in moved]  # fmt: skip


def _draw(editor: Editor) -> None:
    """A box: from pointer-up to the end of the frame that shows it, and to the server's acknowledgement."""
    page = editor.page
    editor.press("Shift+Digit1")
    painted, stored = [], []
    for turn in range(STROKES):
        editor.press("b")
        a, b = editor.at(30 + turn * 60, 380), editor.at(80 + turn * 60, 430)
        page.mouse.move(*a)
        page.mouse.down()
        page.mouse.move(*b)
        page.wait_for_timeout(QUIET_MS)
        page.evaluate(STROKE)
        page.mouse.up()
        shown, kept = page.evaluate("() => window.__drawn")
        painted.append(shown)
        stored.append(kept)
        editor.idle()
    for what, values, goal in (("painted", painted, 33), ("stored", stored, 150)):
        middle = statistics.median(values)
        print(
            f"  pointer-up to {what} {middle:.0f} ms ({min(values):.0f} to {max(values):.0f})   goal {goal}   {verdict(middle <= goal)}"
        )
