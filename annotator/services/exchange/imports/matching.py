"""Which file of a source an image of a JSON means, when none has exactly its path; plain text, no files are touched."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from annotator.domain import text
from annotator.services.exchange import paths as paths_of_exports

Parts = tuple[str, ...]
K = TypeVar("K")
_SHOWN = 3
#: What writers of archives use for names without saying so: Chinese, Korean, Japanese and Russian systems, then Western ones.
ENCODINGS = ("gb18030", "cp949", "big5", "cp932", "cp866", "cp1251", "cp850", "cp1252", "cp437", "utf-8")


@dataclass(frozen=True, slots=True)
class Match:
    """The file of an image; `is_partial` when only the last parts of its path agree, `is_folded` when case does not."""

    path: str
    is_partial: bool = False
    is_folded: bool = False


@dataclass(slots=True)
class Assignment:
    """The files found by the parts of names, and the candidates of names of which it is unclear which is meant."""

    found: dict[Parts, Match] = field(default_factory=dict)
    unclear: dict[Parts, list[str]] = field(default_factory=dict)


def parts_of(name: str) -> Parts:
    """Return the folders and the file name of a path, without what starts at a root or climbs out."""
    parts = tuple(
        part for part in name.replace("\\", "/").split("/") if part.strip() and part not in (".", "..")
    )
    return parts[1:] if len(parts) > 1 and parts[0].endswith(":") else parts


def assign(names: Collection[Parts], paths: Iterable[str], roots: Iterable[Parts] = ((),)) -> Assignment:
    """Assign each name the one file that it can mean; every file at most once.

    `paths` are those that no other image has by its exact path. Names are compared in Unicode's normal form: first as
    whole paths below `roots`, in their order, then by as many last parts as agree, at last without regard to case. Where
    several names or several files agree equally, none is assigned.
    """
    result = Assignment()
    free = {path: parts_of(path) for path in paths}
    for fold in (_normal, _safe, _folded):
        files = {path: fold(parts) for path, parts in free.items()}
        open_names = {name: fold(name) for name in names if name not in result.found}
        for depth, name_keys, file_keys in _levels(open_names, files, [fold(root) for root in roots]):
            for name, path in _pairs(name_keys, file_keys, result.unclear):
                is_partial = depth is not None and depth < len(name)
                result.found[name] = Match(path, is_partial, fold is _folded)
                result.unclear.pop(name, None)
                del files[path], free[path], open_names[name]
    return result


def decoded(raw_of: Mapping[str, bytes], names: Iterable[str]) -> tuple[str | None, dict[str, str]]:
    """Return the encoding in which most of the raw paths end as names do, and all paths decoded with it.

    None and no paths when none of ENCODINGS decodes all of them, and at least one to a name. Names of a few
    characters do not show their encoding by themselves, but a name that comes out as the JSON writes it does.
    """
    lasts = {_normal(parts_of(name))[-1:] for name in names}
    best: tuple[int, str | None, dict[str, str]] = 0, None, {}
    for encoding in ENCODINGS:
        try:
            paths = {path: raw.decode(encoding) for path, raw in raw_of.items()}
        except UnicodeDecodeError:
            continue
        keys = [_normal(parts_of(path)) for path in paths.values()]
        fits = sum(key[-1:] in lasts for key in keys)
        if fits > best[0]:
            best = fits, encoding, {path: "/".join(parts_of(text)) for path, text in paths.items()}
    return best[1], best[2]


def _below(parts: Parts, root: Parts) -> Parts | None:
    return parts[len(root) :] if parts[: len(root)] == root else None


def _levels(
    names: Mapping[Parts, Parts], files: Mapping[str, Parts], roots: Iterable[Parts]
) -> Iterator[tuple[int | None, dict[Parts, Parts], dict[str, Parts]]]:
    """Yield (depth, keys of names, keys of files), the strictest comparison first; depth None means whole paths.

    The keys are made when their turn comes, of what is left then.
    """
    for root in roots:
        below = {path: _below(parts, root) for path, parts in files.items()}
        yield None, dict(names), {path: parts for path, parts in below.items() if parts is not None}
    longest = min(max(map(len, names.values()), default=0), max(map(len, files.values()), default=0))
    for depth in range(longest, 0, -1):
        yield depth, _last(names, depth), _last(files, depth)


def _last(rows: Mapping[K, Parts], depth: int) -> dict[K, Parts]:
    return {key: parts[-depth:] for key, parts in rows.items() if len(parts) >= depth}


def _pairs(
    names: Mapping[Parts, Parts], files: Mapping[str, Parts], unclear: dict[Parts, list[str]]
) -> list[tuple[Parts, str]]:
    """Return the names and files that have only each other for their key; names with other candidates become unclear."""
    wanted: dict[Parts, list[Parts]] = defaultdict(list)
    for name, key in names.items():
        wanted[key].append(name)
    candidates: dict[Parts, list[str]] = defaultdict(list)
    for path, key in files.items():
        if key in wanted:
            candidates[key].append(path)
    pairs = []
    for key, paths in candidates.items():
        if len(paths) == len(wanted[key]) == 1:
            pairs.append((wanted[key][0], paths[0]))
        else:
            unclear.update((name, sorted(paths)[:_SHOWN]) for name in wanted[key])
    return pairs


def _normal(parts: Parts) -> Parts:
    return tuple(unicodedata.normalize("NFC", part) for part in parts)


def _safe(parts: Parts) -> Parts:
    """Return the parts as our own archives of images write them."""
    return tuple(paths_of_exports.safe_part(part) for part in _normal(parts))


def _folded(parts: Parts) -> Parts:
    return tuple(text.name_key(part) for part in parts)
