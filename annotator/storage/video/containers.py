"""Which container a file is by its first bytes, and what browsers play; needs no video library."""

from __future__ import annotations

from importlib.util import find_spec

from annotator.storage import probe

#: The bytes that `sniff` wants to see.
HEAD = 4096
EXTENSIONS = {
    "MP4": ("mp4", "m4v"),
    "MOV": ("mov", "qt"),
    "MKV": ("mkv",),
    "WEBM": ("webm",),
    "AVI": ("avi",),
    "MPEG": ("mpg", "mpeg", "mpe", "m2v", "vob", "ts", "m2ts", "mts"),
}
MIMES = {
    "MP4": "video/mp4",
    "MOV": "video/quicktime",
    "MKV": "video/x-matroska",
    "WEBM": "video/webm",
    "AVI": "video/x-msvideo",
    "MPEG": "video/mpeg",
}
ALL_EXTENSIONS = tuple(extension for extensions in EXTENSIONS.values() for extension in extensions)
# What current browsers play, of 8 bits a channel with halved color. MOV is refused by some of them for its name alone.
_PLAYED = {"MP4": {"h264", "av1", "vp9"}, "WEBM": {"vp8", "vp9", "av1"}}
_HEARD = {"MP4": {"", "aac", "mp3", "opus", "flac"}, "WEBM": {"", "opus", "vorbis"}}
_PIXELS = {"yuv420p", "yuvj420p"}


def is_readable() -> bool:
    """Return whether the extra "video" is installed; imports nothing."""
    return find_spec("av") is not None


def sniff(head: bytes) -> tuple[str, str] | None:
    """Return (container, name of its demuxer) of a file by its first bytes; None for what is no video.

    The demuxer is named so that nothing is guessed: playlists, which make a reader open other files and addresses, are none of these.
    """
    if head[4:8] == b"ftyp":
        if head[8:12] == b"qt  ":
            return "MOV", "mov"
        return ("MP4", "mov") if probe.sniff(head) == "" else None
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "MOV", "mov"
    if head[:4] == b"\x1aE\xdf\xa3":
        return ("WEBM" if b"webm" in head[:64] else "MKV"), "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "AVI", "avi"
    if head[:4] == b"\0\0\1\xba":
        return "MPEG", "mpeg"
    if head[:4] == b"\0\0\1\xb3":
        return "MPEG", "mpegvideo"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "MPEG", "mpegts"
    if len(head) > 388 and head[4] == head[196] == head[388] == 0x47:
        return "MPEG", "mpegts"
    return None


def is_played(container: str, codec: str, pixel_format: str, audio: str) -> bool:
    """Return whether browsers play a file of this container and these codecs (`audio` "": it has none) as it is."""
    return codec in _PLAYED.get(container, ()) and audio in _HEARD[container] and pixel_format in _PIXELS
