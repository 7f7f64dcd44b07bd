"""What an import reports: how many images, labels and tags came in, were left out or changed, and each kind of finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from annotator.domain.errors import Invalid
from annotator.domain.records import LossLine, LossReport


@dataclass(slots=True)
class Tally:
    """How many items of one kind came in, how many were left out, and how many of those that came in were changed."""

    imported: int = 0
    left_out: int = 0
    changed: int = 0

    @property
    def found(self) -> int:
        """All items of the source."""
        return self.imported + self.left_out


class ImportReport(LossReport):
    """The findings of an import by kind, with a code, a sentence, a count and the first places, and exact counts of items.

    Whatever reads the source adds findings (see LossReport.add) and counts each item once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.images, self.labels, self.tags = Tally(), Tally(), Tally()

    @classmethod
    def continued(cls, facts: Mapping[str, Any]) -> ImportReport:
        """Return a report that goes on behind the `facts` of an earlier attempt; an empty one for none."""
        report = cls()
        for name, tally in facts.get("counts", {}).items():
            setattr(report, name, Tally(**tally))
        for line in facts.get("report", ()):
            report._lines[line["field"], line["reason"]] = LossLine(**line)
        return report

    def facts(self) -> dict[str, Any]:
        """Return JSON values for a job's result: {images, labels, tags, counts, report}; the first three are those that came in."""
        counts = {"images": self.images, "labels": self.labels, "tags": self.tags}
        return {
            "images": self.images.imported,
            "labels": self.labels.imported,
            "tags": self.tags.imported,
            "counts": {name: asdict(tally) for name, tally in counts.items()},
            "report": self.as_json(),
        }

    def check_kept(self, *, others: int = 0) -> None:
        """Raise Invalid, in words, for an import that kept nothing.

        `others` counts what else makes it a success, such as images that were there already and were to be skipped.
        """
        if others or any(tally.imported for tally in (self.images, self.labels, self.tags)):
            return
        raise Invalid(f"Nothing was imported: {self._left_out()}.{self.first_reason()}", code="nothing_kept")

    def _left_out(self) -> str:
        """Return "5 images and 1 label were left out", or that there were none."""
        words = {"image": self.images.left_out, "label": self.labels.left_out, "tag": self.tags.left_out}
        parts = [f"{count:,} {word}{'' if count == 1 else 's'}" for word, count in words.items() if count]
        if not parts:
            return "the file has no images and no labels"
        return f"{' and '.join(parts)} {'was' if sum(words.values()) == 1 else 'were'} left out"

    def first_reason(self) -> str:
        """Return a sentence with the most frequent finding and its first place."""
        if self.is_empty:
            return ""
        line = max(self.lines, key=lambda line: line.count)
        place = f" (for example {line.examples[0]})" if line.examples else ""
        return f" Most frequent reason: {line.field}: {line.reason.rstrip('.')}{place}."


def in_words(facts: Mapping[str, Any]) -> str:
    """Return "12 images (1 left out, 2 changed), 30 labels and 5 tags" of a report's facts; tags only when there are any."""
    parts = []
    for name, tally in facts["counts"].items():
        if name == "tags" and not any(tally.values()):
            continue
        more = [f"{tally[key]:,} {words}" for key, words in _EFFECTS if tally[key]]
        parts.append(f"{tally['imported']:,} {name}" + (f" ({', '.join(more)})" if more else ""))
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


_EFFECTS = (("left_out", "left out"), ("changed", "changed"))
