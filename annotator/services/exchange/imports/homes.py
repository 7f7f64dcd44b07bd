"""Which dataset an image of an import goes into: the one of the import, or the one that our own export names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.domain.records import ImageRecord
from annotator.models import Dataset, Project
from annotator.services.exchange import paths
from annotator.services.projects import datasets

_FIELD = "dataset_name"


@dataclass(slots=True)
class Homes:
    """The datasets of an import, made when the first image goes into them: `chosen`, or one called `new_name`."""

    actor: Actor
    project: Project
    chosen: Dataset | None = None
    new_name: str = ""
    #: The datasets that got images, by name, in the order of the file.
    used: dict[str, Dataset] = field(default_factory=dict)

    def dataset(self, name: str | None) -> Dataset:
        """Return the dataset that an export called `name`, or that of the import for None."""
        found = self.chosen if name is None else self.used.get(name)
        if found is None:
            name = self.new_name if name is None else name
            found = self.used.get(name) or datasets.ensure(actor=self.actor, project=self.project, name=name)
        self.used[found.name] = found
        return found

    def by_dataset(self, records: Iterable[ImageRecord]) -> list[tuple[Dataset, list[ImageRecord]]]:
        """Return records by the dataset they go into, named as they are in it."""
        groups: dict[str | None, list[ImageRecord]] = {}
        for record in map(self._in_dataset, records):
            groups.setdefault(record.dataset, []).append(record)
        return [(self.dataset(name), group) for name, group in groups.items()]

    def _in_dataset(self, record: ImageRecord) -> ImageRecord:
        """Return an image of our own export of several datasets under its name in its dataset, any other as it is."""
        given = record.extra.get(_FIELD)
        name = paths.name_in_dataset(given, record.name)
        if name is None or not isinstance(given, str):
            return record
        try:
            dataset = datasets.check_name(project=self.project, name=given, must_be_free=False)
        except Invalid:
            return record
        if dataset != given:
            return record
        extra = {key: value for key, value in record.extra.items() if key != _FIELD}
        return replace(record, name=name, dataset=dataset, extra=extra)


def path_of(record: ImageRecord) -> str:
    """Return the file name of an image as the file writes it."""
    return record.name if record.dataset is None else paths.joined(record.dataset, record.name)
