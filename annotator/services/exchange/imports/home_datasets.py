"""In which dataset the images of a project are while an import writes labels to them; no writes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from annotator.events import kinds
from annotator.models import DatasetItem, Event, ProjectClock


class HomeDatasets:
    """The datasets of a project's images, for an import of labels: each is read once, and again after a move of any."""

    def __init__(self, project_id: uuid.UUID) -> None:
        clock = ProjectClock.objects.filter(pk=project_id).values_list("seq", flat=True)
        self._project_id, self._seq = project_id, clock.first() or 0
        self._found: dict[uuid.UUID, uuid.UUID] = {}

    def note(self, ids: Iterable[uuid.UUID], dataset_id: uuid.UUID) -> None:
        """Note where images are that were made since this object was."""
        self._found.update(dict.fromkeys(ids, dataset_id))

    def of(self, ids: Collection[uuid.UUID], seq: int) -> Mapping[uuid.UUID, uuid.UUID]:
        """Return the datasets of images, and perhaps of more. `seq` is the number of the event that the caller records next.

        Inside the caller's transaction, which has taken that number: until it ends no image is moved. One query or two.
        """
        since = Event.all_objects.filter(project=self._project_id, seq__gt=self._seq, seq__lt=seq)
        if self._found and since.filter(kind=kinds.MEDIA_MOVED.name).exists():
            self._found = {}
        if missing := [key for key in ids if key not in self._found]:
            rows = DatasetItem.all_objects.filter(media__in=missing, is_home=True)
            self._found.update(rows.values_list("media_id", "dataset_id"))
        self._seq = seq
        return self._found
