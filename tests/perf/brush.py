"""Strokes of radius 50 in a large mask on 12 megapixels: what a pointer event takes, and what is sent of the mask."""

from __future__ import annotations

import io
import math
import statistics
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext

from tests import servers
from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.perf.clock import percentile, verdict

SIZE = (4000, 3000)
EVENTS = 120
# The milliseconds that the page's handlers take of each event while a button is down, from the window and back.
TIMES = """() => {
  window.__times = {pointerdown: [], pointermove: [], pointerup: []};
  for (const type of Object.keys(window.__times)) {
    let start = 0;
    addEventListener(type, () => { start = performance.now(); }, true);
    addEventListener(type, (e) => { if (e.buttons || type === 'pointerup') window.__times[type].push(performance.now() - start); });
  }
}"""


def measure(context: BrowserContext, server: servers.Server, studio: Studio) -> None:
    """Print the figures of one long stroke with the brush and one with the eraser, in a mask of 15,000 runs."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, (90, 110, 120)).save(buffer, "JPEG")
    image = studio.image("large.jpg", buffer.getvalue())
    runs = [n for y in range(3000) for k in range(5) for n in (y * 4000 + k * 800 + 1 + y % 50, 600)]
    label = {"class_id": studio.car, "mask": runs, "bbox": [0, 0, *SIZE], "tool_used": "brush"}
    studio.call("POST", f"{studio.base}/images/{image}/labels", [label])
    editor = Person("ann", context, server).open(image)
    page = editor.page
    sent: list[Any] = []
    page.on("request", lambda one: sent.append(one.post_data) if one.url.endswith("/changes") else None)
    page.evaluate(TIMES)
    editor.click(300, 300)
    for key in ("m", "Shift+M"):
        editor.press(key)
        page.get_by_label("Size").fill("100")
        page.get_by_label("Size").press("Enter")
        page.mouse.move(*editor.at(400, 1500))
        page.mouse.down()
        for step in range(EVENTS):
            page.mouse.move(*editor.at(400 + 26 * step, 1500 + 900 * math.sin(step / 9)))
        page.mouse.up()
        editor.idle()
    times: dict[str, list[float]] = page.evaluate("() => window.__times")
    moves = times["pointermove"]
    p50, p95 = statistics.median(moves), percentile(moves, 0.95)
    print(
        f"brush of radius 50 on 12 megapixels: an event takes {p50:.1f} ms (p95 {p95:.1f}, worst {max(moves):.1f})   goal 4 ms   {verdict(p50 <= 4)}"
    )
    ends = ", ".join(f"{max(times[name]):.0f} ms at {name}" for name in ("pointerdown", "pointerup"))
    told = " and ".join(f"{len(each or ''):,}" for each in sent)
    whole = len(str(runs).replace(" ", ""))
    print(f"  at most {ends}; {told} bytes sent, the mask is {whole:,}")
    page.close()
