"""The limits of pixels and of memory agree: what is not too large by its size is not too large for the decoder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from annotator.services.media.decoding.pool import DecodePool
from annotator.storage import decode_memory
from tests import servers
from tests.storage import pictures

pillow_heif.register_heif_opener()
SIDE = 3000
RGB, RGBA = (
    Image.new("RGB", (SIDE, SIDE), (200, 100, 50)),
    Image.new("RGBA", (SIDE, SIDE), (200, 100, 50, 77)),
)


@pytest.fixture(scope="module")
def pool() -> DecodePool:
    """Return a pool with the memory that belongs to a limit of 9 megapixels."""
    made = DecodePool(1, seconds=60, memory_mb=decode_memory.needed_mb(SIDE * SIDE))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("image", "format_name", "options"),
    [
        (RGBA, "WEBP", {"lossless": True, "quality": 0, "method": 0}),
        (RGB, "WEBP", {"quality": 2, "method": 0}),
        (RGBA, "AVIF", {"speed": 10, "subsampling": "4:4:4"}),
        (RGBA, "HEIF", {"quality": 30, "chroma": 444}),
        (RGB.convert("CMYK"), "JPEG", {"progressive": True}),
        (RGBA, "PNG", {"compress_level": 1}),
        (RGB.convert("P"), "PNG", {"compress_level": 1, "transparency": 3}),
        (RGB.convert("P"), "GIF", {}),
        (RGB, "BMP", {}),
        (RGB, "TIFF", {"compression": "tiff_deflate", "tiffinfo": {278: SIDE}}),
        (Image.merge("LAB", RGB.split()), "TIFF", {}),
        (Image.new("F", (SIDE, SIDE), 0.5), "TIFF", {}),
        (Image.fromarray(np.zeros((SIDE, SIDE), np.uint16)), "PNG", {"compress_level": 1}),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "mode", None),
)
def test_every_format_decodes_up_to_the_limit(
    tmp_path: Path, pool: DecodePool, image: Image.Image, format_name: str, options: dict[str, object]
) -> None:
    (tmp_path / "file").write_bytes(pictures.encoded(image, format_name, **options))
    for call, args in (("prepare", {}), ("render", {"variant": "crop", "box": [10, 10, 500, 500]})):
        head, payload = pool.call(call, path=str(tmp_path / "file"), max_pixels=SIDE * SIDE, **args)
        assert head["parts"] and payload


@pytest.mark.parametrize(
    ("given", "mpixels", "memory_mb"),
    [
        ({}, 250, 4438),
        ({"ANNOTATOR_MAX_IMAGE_MPIXELS": "100"}, 100, 2006),
        ({"ANNOTATOR_DECODE_MEMORY_MB": "2048"}, 102, 2048),
        ({"ANNOTATOR_MAX_IMAGE_MPIXELS": "50", "ANNOTATOR_DECODE_MEMORY_MB": "4096"}, 50, 4096),
    ],
)
def test_one_limit_follows_from_the_other(
    tmp_path: Path, given: dict[str, str], mpixels: int, memory_mb: int
) -> None:
    code = "import json; from annotator import settings as s; print(json.dumps([s.MAX_IMAGE_PIXELS, s.DECODE_MEMORY_MB]))"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANNOTATOR_")}
    env = {**clean, "ANNOTATOR_DATA_DIR": str(tmp_path), **given}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=servers.ROOT, env=env, capture_output=True, text=True, check=True
    )
    pixels, memory = json.loads(done.stdout)
    assert (pixels // 1_000_000, memory) == (mpixels, memory_mb)
