"""Makes the pyramid of an image file with libvips, strip by strip; runs in child processes only.

JPEG, PNG and TIFF are read by libvips from the first row to the last, so memory does not grow with the height. What only
Pillow reads here (HEIC, AVIF, WebP, BMP, GIF, CMYK) is decoded whole first, within the limits that hold for previews.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL.TiffImagePlugin import TiffImageFile

from annotator.storage import conversions, imaging
from annotator.storage.display_range import is_deep

from . import archive, channels, rules

# Photographs lose nothing that is seen; what was stored without loss stays so, to the last bit.
_LOSSY = {"JPEG", "MPO", "WEBP", "AVIF", "HEIF"}
_SUFFIX = {"jpg": ".jpg[Q=90,keep=icc]", "png": ".png[compression=2,filter=sub,keep=icc]"}
_VALUES_SUFFIX = ".png[compression=2,filter=paeth,keep=none]"
_READERS = {"JPEG": "jpegload", "MPO": "jpegload", "PNG": "pngload", "TIFF": "tiffload"}
_PILLOW_ONLY = {"CMYK", "LAB", "HSV"}
_EXTRA_SAMPLES, _PHOTOMETRIC = 338, 262  # tags of TIFF
#: Tells what part of the work is done, 0 to 1.
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer to be made: its variant, the file format of its tiles, its pixels (opened for each pass, which reads the file once)."""

    variant: str
    suffix: str
    facts: dict[str, Any]
    open: Callable[[], Any]


def make(*, path: str, folder: str, max_pixels: int, report: Report) -> dict[str, Any]:
    """Write <variant>.zip to the folder for each layer and return {"width", "height", "layers": [variant]}. Raises ImageError."""
    vips = channels.start(Path(folder))
    try:
        layers = _layers(Path(path), max_pixels)
        for number, layer in enumerate(layers):
            _write(layer, Path(folder), _share(report, number, len(layers)))
    except vips.Error as error:
        raise channels.refusal(error, path) from error
    first = layers[0].facts
    return {"width": first["width"], "height": first["height"], "layers": [layer.variant for layer in layers]}


def _share(report: Report, number: int, count: int) -> Report:
    """Return what tells the part done of one of `count` layers as a part of all."""
    return lambda part: report((number + part) / count)


def _write(layer: Layer, folder: Path, report: Report) -> None:
    """Write a layer. The same pixels make the same file, so that copies of an image share it."""
    image = layer.open()
    image.set_progress(True)
    image.signal_connect("eval", lambda _, progress: report(progress.percent / 100))
    image.dzsave(
        str(folder / layer.variant),
        layout="dz",
        suffix=layer.suffix,
        tile_size=rules.TILE,
        overlap=0,
        depth="onetile",
    )
    tiles = folder / f"{layer.variant}_files"
    files = sorted(tiles.glob("*/*_*"))
    levels = 1 + max(int(file.parent.name) for file in files)
    facts = layer.facts | {"levels": levels, "tile": rules.TILE}
    with zipfile.ZipFile(folder / f"{layer.variant}.zip", "w", zipfile.ZIP_STORED) as packed:
        for file in files:
            packed.writestr(zipfile.ZipInfo(str(file.relative_to(tiles))), file.read_bytes())
            file.unlink()
        packed.writestr(zipfile.ZipInfo(archive.LAYER), json.dumps(facts))


def _layers(path: Path, max_pixels: int) -> list[Layer]:
    """Return the layers of an image."""
    with imaging.open_image(path, max_pixels) as image:
        name, mode = str(image.format), image.mode
        is_multi = channels.INFO in image.info
        if not is_multi and (name not in _READERS or mode in _PILLOW_ONLY):
            return [_decoded_by_pillow(image, name)]
        alpha = _has_alpha(image)
        is_white_zero = isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == 0
        is_valued = is_multi or is_deep(mode) or conversions.has_upper_bytes(image)

    def source() -> Any:
        return channels.upright(path, _READERS[name], alpha)

    if not is_valued:
        found = source()
        if found.bands in (1, 3) and found.format == "uchar":
            suffix = _SUFFIX["jpg" if name in _LOSSY else "png"]
            return [Layer(rules.COLOR, suffix, _size(found), source)]
    return _value_layers(source, is_white_zero)


def _has_alpha(image: Any) -> bool:
    """Return whether the last channel is transparency. A TIFF says it; without that a fourth channel is a channel."""
    if isinstance(image, TiffImageFile):
        return any(kind in (1, 2) for kind in image.tag_v2.get(_EXTRA_SAMPLES, ()))
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _size(image: Any) -> dict[str, Any]:
    return {"width": image.width, "height": image.height}


def _decoded_by_pillow(image: Any, name: str) -> Layer:
    vips = channels.vips()
    turn = imaging.turn_of(image)
    imaging.load(image)
    plain = imaging.upright(conversions.to_rgb(conversions.to_shrinkable(image)), turn)
    pixels = np.asarray(plain)
    made = vips.Image.new_from_array(pixels)
    return Layer(rules.COLOR, _SUFFIX["jpg" if name in _LOSSY else "png"], _size(made), lambda: made)


def _value_layers(source: Callable[[], Any], is_white_zero: bool) -> list[Layer]:
    """Return layers of stored values, whole numbers of 16 bits: value = offset + scale * number."""
    offset, scale = channels.units(source)

    def numbers() -> Any:
        return channels.to_numbers(source(), offset, scale, is_white_zero)

    first = numbers()
    found = channels.spreads(numbers())
    if first.bands in (1, 3):
        groups = [list(range(first.bands))]
    else:
        groups = [[band] for band in range(min(first.bands, rules.MOST_LAYERS))]
    made = []
    for number, bands in enumerate(groups):
        facts = _size(first) | {
            "channels": [found[band] for band in bands], "offset": offset, "scale": scale, "inverted": is_white_zero,
            "all": first.bands,
        }  # fmt: skip

        def opened(bands: list[int] = bands) -> Any:
            image = numbers()
            if len(bands) < image.bands:
                image = image.extract_band(bands[0])
            return image.copy(interpretation="rgb16" if image.bands == 3 else "grey16")

        made.append(Layer(rules.layer_name(number), _VALUES_SUFFIX, facts, opened))
    return made
