"""Read-only queries for the activity feed of a project: its latest events as sentences."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_noop as noop, ngettext

from annotator import policy
from annotator.models import Concept, DatasetItem, Event, Project, User
from annotator.models.rows import FeedRow
from annotator.web.display_names import job_name
from annotator.web.templatetags.ui import counted_media, num, status_name

# The number of events that are read for the feed; consecutive changes of one image are one line.
LOOK_BACK = 300
PAUSE = timedelta(minutes=30)
# The changes of these jobs have events of their own; only failures are shown.
_JOBS_WITH_EVENTS = frozenset(
    {
        "ingest",
        "add_assets",
        "adopt_dataset",
        "import_archive",
        "import_bucket",
        "bulk",
        "bulk_undo",
        "merge",
        "merge_undo",
        "relist",
        "prepare",
    }
)
_REPEATED = frozenset(
    {
        "concepts.changed",
        "attributes.changed",
        "keypoint_schemas.changed",
        "statuses.changed",
        "project.updated",
    }
)
_ANNOTATION_KINDS = frozenset(
    {"labels.changed", "tags.changed", "segments.changed", "attribute_values.changed"}
)
_MEDIA_KINDS = frozenset(
    {"media.created", "media.trashed", "media.moved", "media.restored", "media.replaced", "media.renamed"}
    | {"media.frozen", "media.metadata"}
)


@dataclass(slots=True)
class Line:
    """One line of the feed: a user (None is the server) and what they did, with a link if there is something to open."""

    person: User | None
    text: SafeString | str
    at: datetime


@dataclass(slots=True)
class _Group:
    """Consecutive events of one user that make one line; `at` and `after` are those of the newest."""

    kind: str
    project: Project
    actor_id: uuid.UUID | None
    media_id: uuid.UUID | None
    object_id: uuid.UUID | None
    at: datetime
    earliest: datetime
    pks: list[int] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    is_cut: bool = False

    @property
    def newest(self) -> dict[str, Any]:
        return next((after for after in self.after if isinstance(after, dict)), {})


def lines(project: Project, limit: int = 12) -> list[Line]:
    """Return the newest lines of a project's feed. At most five queries."""
    groups = _groups(project)[: 3 * limit]
    ids = [pk for group in groups if group.kind not in _ANNOTATION_KINDS for pk in group.pks]
    payloads = dict(Event.all_objects.filter(pk__in=ids).values_list("pk", "after"))
    for group in groups:
        group.after = [orjson.loads(text) for pk in group.pks if (text := payloads.get(pk))]
    people = User.objects.in_bulk({group.actor_id for group in groups if group.actor_id})
    names = _media_names(groups)
    concepts = dict(Concept.all_objects.filter(project=project).values_list("pk", "name"))
    found = []
    for group in groups:
        text = _SENTENCES[group.kind](group, names, concepts) if group.kind in _SENTENCES else None
        if text:
            found.append(Line(people.get(group.actor_id) if group.actor_id else None, text, group.at))
    return found[:limit]


def _groups(project: Project) -> list[_Group]:
    """Return the latest events in groups, newest first. Events of jobs do not split groups: an upload by many jobs is one line."""
    events = Event.all_objects.filter(project=project).order_by("-seq")
    groups: list[_Group] = []
    last: dict[bool, _Group] = {}
    for row in map(FeedRow._make, events.values_list(*FeedRow._fields)[:LOOK_BACK]):
        group = last.get(row.kind == "job.changed")
        if group is None or not _continues(group, row):
            group = _Group(
                row.kind, project, row.actor_id, row.media_id, row.object_id, at=row.at, earliest=row.at
            )
            groups.append(group)
            last[row.kind == "job.changed"] = group
        group.pks.append(row.pk)
        group.earliest = row.at
    if sum(len(group.pks) for group in groups) == LOOK_BACK:
        for group in last.values():
            group.is_cut = True
    return groups


def _continues(last: _Group, row: FeedRow) -> bool:
    if row.actor_id != last.actor_id or last.earliest - row.at > PAUSE:
        return False
    if row.kind in _ANNOTATION_KINDS and last.kind in _ANNOTATION_KINDS:
        return row.media_id == last.media_id
    if row.kind == last.kind == "job.changed":
        return row.object_id == last.object_id
    return row.kind == last.kind and (row.kind in _MEDIA_KINDS or row.kind in _REPEATED)


def _media_names(groups: list[_Group]) -> dict[str, str]:
    ids = {group.media_id for group in groups if group.media_id}
    for group in groups:
        if group.kind == "status.changed":
            ids.update(uuid.UUID(key) for key in group.newest.get("media", [])[:1])
    rows = DatasetItem.all_objects.filter(media__in=ids, is_home=True).values_list("media_id", "name")
    return {str(key): name for key, name in rows}


def _open(media_id: Any, names: dict[str, str]) -> SafeString | str:
    name = names.get(str(media_id))
    return format_html('<a href="/label/{}/">{}</a>', media_id, name) if name else _("a deleted file")


def _labeled(group: _Group, names: dict[str, str], concepts: Any) -> SafeString:
    count = len(group.pks)
    text = ngettext("labeled {media}", "labeled {media}, {n} changes", count)
    return format_html(text, media=_open(group.media_id, names), n=num(count))


def _status_changed(group: _Group, names: dict[str, str], concepts: Any) -> SafeString:
    status, media = group.newest.get("status", {}), group.newest.get("media", [])
    name = status_name(
        status.get("base", "")
        if status.get("name", "").upper() == status.get("base")
        else status.get("name", "")
    )
    what = _open(media[0], names) if len(media) == 1 else counted_media(group.project, len(media))
    if reason := group.newest.get("reason"):
        return format_html(_("sent back {media}: {reason}"), media=what, reason=reason)
    if status.get("base") in policy.FINISHED:
        return format_html(_("finished {media}"), media=what)
    return format_html(_("moved {media} to {status}"), media=what, status=name)


def _count(group: _Group) -> int:
    """Return the number of media in the events of a group; an event without a number is about one."""
    total = 0
    for after in group.after:
        value = after.get("media", after.get("count")) if isinstance(after, dict) else None
        total += len(value) if isinstance(value, list) else value if isinstance(value, int) else 1
    return max(total, len(group.pks))


def _media(text: str, *, is_opened: bool = True) -> Callable[[_Group, dict[str, str], Any], SafeString]:
    """Return the sentence about media: a link to the only one, when it can be opened, else how many."""

    def sentence(group: _Group, names: dict[str, str], concepts: Any) -> SafeString:
        count = _count(group)
        if is_opened and count == 1 and str(group.media_id) in names:
            return format_html(_(text), media=_open(group.media_id, names))
        shown = counted_media(group.project, count)
        return format_html(_(text), media=_("more than {n}").format(n=shown) if group.is_cut else shown)

    return sentence


def _concepts(group: _Group, names: dict[str, str], concepts: dict[Any, str]) -> SafeString:
    found = [str(after["name"]) for after in group.after if isinstance(after, dict) and after.get("name")]
    distinct = list(dict.fromkeys(found))
    if not distinct:
        return format_html("{}", _("changed the classes"))
    shown = ", ".join(distinct[:3]) + (" …" if len(distinct) > 3 else "")
    is_created = all(
        after.get("created") for after in group.after if isinstance(after, dict) and after.get("name")
    )
    return format_html(_("added class {name}") if is_created else _("changed class {name}"), name=shown)


def _job(group: _Group, names: Any, concepts: Any) -> SafeString | None:
    after = group.newest
    if after.get("kind") in _JOBS_WITH_EVENTS and after.get("state") != "FAILED":
        return None
    ends = {
        "DONE": _("ran the job {job}"),
        "FAILED": _("ran the job {job}, which failed"),
        "CANCELLED": _("ran the job {job}, which was cancelled"),
    }
    text = ends.get(after.get("state", ""))
    return format_html(text, job=job_name(after.get("kind", ""))) if text else None


def _bulk(group: _Group, names: Any, concepts: dict[Any, str]) -> SafeString | None:
    after = group.newest
    if after.get("what") == "merge":
        into = next((name for key, name in concepts.items() if str(key) == after.get("into")), "")
        count = after.get("count", 0)
        text = ngettext(
            "merged a class into {name}, {n} object", "merged a class into {name}, {n} objects", count
        )
        return format_html(text, name=into, n=num(count))
    if after.get("what") == "unmerge":
        count = after.get("count", 0)
        text = ngettext("undid a class merge, {n} object", "undid a class merge, {n} objects", count)
        return format_html(text, n=num(count))
    if after.get("what") == "status":
        count = after.get("count", 0)
        return format_html(_("changed the status of {media}"), media=counted_media(group.project, count))
    return None


def _plain(text: str) -> Callable[[_Group, Any, Any], SafeString]:
    return lambda group, names, concepts: format_html(_(text), name=group.newest.get("name", ""))


_SENTENCES: dict[str, Callable[[_Group, dict[str, str], dict[Any, str]], SafeString | None]] = {
    "labels.changed": _labeled,
    "tags.changed": _labeled,
    "segments.changed": _labeled,
    "attribute_values.changed": _labeled,
    "status.changed": _status_changed,
    "media.created": _media(noop("added {media}")),
    "media.trashed": _media(noop("deleted {media}"), is_opened=False),
    "media.renamed": _media(noop("renamed {media}")),
    "media.frozen": _media(noop("changed the lock of {media}")),
    "media.metadata": _media(noop("changed the metadata of {media}")),
    "media.restored": _media(noop("restored {media}")),
    "media.moved": _media(noop("moved {media} to another dataset")),
    "media.replaced": _media(noop("replaced {media}")),
    "concepts.changed": _concepts,
    "concept.deleted": _plain(noop("deleted class {name}")),
    "dataset.created": _plain(noop("added the dataset {name}")),
    "dataset.updated": _plain(noop("changed the dataset {name}")),
    "dataset.trashed": _plain(noop("deleted the dataset {name}")),
    "dataset.restored": _plain(noop("restored the dataset {name}")),
    "attributes.changed": _plain(noop("changed the attributes")),
    "keypoint_schemas.changed": _plain(noop("changed the keypoint schemas")),
    "statuses.changed": _plain(noop("changed the statuses")),
    "issues.changed": _media(noop("discussed {media}")),
    "augmentation.created": _plain(noop("created the augmentation list {name}")),
    "augmentation.changed": _plain(noop("changed the augmentation list {name}")),
    "augmentation.deleted": _plain(noop("deleted the augmentation list {name}")),
    "project.updated": _plain(noop("changed the project's settings")),
    "project.trashed": _plain(noop("deleted the project")),
    "project.restored": _plain(noop("restored the project")),
    "job.changed": _job,
    "bulk": _bulk,
}
