"""Tags of images after the folders of the archive that they come from: `cats/a.jpg` becomes a.jpg with the tag "cats"."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.domain.records import TagRecord
from annotator.domain.text import name_key
from annotator.models import Concept, Job, Project, TagGroup
from annotator.services import naming
from annotator.services.exchange.imports import tags
from annotator.services.import_report import ImportReport
from annotator.services.media.rows import Outcome
from annotator.services.vocabulary import concepts

_WRITTEN = ("created", "broken")


class FolderTags:
    """The tags that one import gives, in one group of which an image has at most one.

    A folder that has the name of a tag of the project gives that tag, whatever its group. The group is made with its
    first tag.
    """

    def __init__(self, actor: Actor, project: Project, job: Job, group: str) -> None:
        self._actor, self._project, self._job, self._group = actor, project, job, group
        self._known: dict[str, uuid.UUID | None] = {}

    def write(self, outcomes: Sequence[Outcome], report: ImportReport) -> None:
        """Tag the new images among the outcomes, in the step that wrote them; those outside of folders get no tag."""
        records = []
        for outcome in outcomes:
            folder = folder_of(outcome.name)
            if outcome.media is None or outcome.state not in _WRITTEN or not folder:
                continue
            concept = self._concept(folder, report)
            if concept is not None:
                records.append((outcome.media.pk, concept, TagRecord(0, 0)))
        tags.write(actor=self._actor, project=self._project, job=self._job, report=report, records=records)

    def _concept(self, folder: str, report: ImportReport) -> uuid.UUID | None:
        """Return the tag of a folder, made when missing; None, reported once, for a name that no tag may have."""
        key = name_key(folder)
        if key not in self._known:
            rows = Concept.all_objects.filter(project=self._project, name_key=key, on_media=True)
            try:
                self._known[key] = rows.values_list("pk", flat=True).first() or self._create(folder)
            except Invalid as refusal:
                report.add("files", refusal.message, folder, code="tag_name")
                self._known[key] = None
        return self._known[key]

    def _create(self, folder: str) -> uuid.UUID:
        naming.named(folder)  # before the group is made
        groups = TagGroup.all_objects.filter(project=self._project, name_key=name_key(self._group))
        group = groups.first() or concepts.create_group(
            actor=self._actor, project=self._project, name=self._group, kind="SELECTION"
        )
        made = concepts.create(
            actor=self._actor, project=self._project, name=folder, roles=("media",), tag_group=group
        )
        return made.pk


def folder_of(name: str) -> str:
    """Return the folder in which a file of an archive lies, without those above it; empty for a file at the root."""
    return name.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]
