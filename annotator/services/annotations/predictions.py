"""Writes of predictions: what a model found on images, suggested to people until they accept or reject it. They are no labels."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import TooLarge
from annotator.events import kinds, payloads
from annotator.models import Label, Media, Prediction, Project

#: Most predictions of one model on an image.
MAX_PER_IMAGE = 1000
#: Most images of one call.
MAX_MEDIA = 100


class Found(NamedTuple):
    """A region that a model found: geometry as of a label, score from 0 to 1."""

    concept_id: uuid.UUID
    x0: float
    y0: float
    x1: float
    y1: float
    shape: str
    points: str | None
    mask: bytes | None
    score: float

    @property
    def identity(self) -> tuple[object, ...]:
        """All but the score."""
        return self[:-1]


def check_model(name: object) -> str:
    """Return the name of a model, cleaned; Invalid without one."""
    return text.clean(name, field="model", limit=200)


@transaction.atomic
def replace(
    *,
    actor: Actor,
    project: Project,
    model: str,
    found: Mapping[uuid.UUID, Sequence[Found]],
    client: str = "",
) -> int:
    """Make `found`, by media of the project, the predictions of a model there, and return how many are new.

    What the model predicted before stays when it is found again, with its decision and the new score, and when it was
    accepted; the rest goes. Media that are not in the project are ignored. Allowed with `import.create`. TooLarge: more
    than MAX_MEDIA media, or MAX_PER_IMAGE predictions of one.
    """
    policy.require(actor, project, "import.create")
    if len(found) > MAX_MEDIA or any(len(each) > MAX_PER_IMAGE for each in found.values()):
        raise TooLarge(f"At most {MAX_MEDIA} images with {MAX_PER_IMAGE:,} predictions each at once.")
    # Under the project's clock: two runs of a model do not both add what they find.
    seq = events.next_seq(project_id=project.pk)
    keys = list(Media.objects.filter(project=project, pk__in=list(found)).values_list("pk", flat=True))
    earlier = list(Prediction.all_objects.filter(media__in=keys, model=model))
    known = {(row.media_id, *_identity(row)): row for row in earlier}
    kept: set[uuid.UUID] = set()
    made, rescored = [], []
    for key in keys:
        for each in dict.fromkeys(found[key]):
            row = known.get((key, *each.identity))
            if row is None:
                made.append(Prediction(project=project, media_id=key, model=model, **each._asdict()))
            elif row.pk not in kept and row.score != each.score:
                row.score = each.score
                rescored.append(row)
            if row is not None:
                kept.add(row.pk)
    _delete(row.pk for row in earlier if row.pk not in kept)
    Prediction.all_objects.bulk_create(made, batch_size=500)
    Prediction.all_objects.bulk_update(rescored, ["score"], batch_size=500)
    after = payloads.PredictionsPayload(media=[str(key) for key in keys], model=model, count=len(made))
    events.record(
        actor=actor, kind=kinds.PREDICTIONS_CHANGED, project_id=project.pk, after=after, client=client, seq=seq
    )  # fmt: skip
    return len(made)


def decide(
    *,
    actor: Actor,
    media: Media,
    changes: Mapping[uuid.UUID, bool],
    client: str = "",
    ops: Sequence[str] = (),
) -> int:
    """Reject predictions of an image (True) or take that back (False), inside the caller's transaction; return the event's number.

    Ids that are no predictions of the image are ignored; 0 when nothing changes. The caller has asked policy.
    """
    rows = Prediction.all_objects.select_for_update().filter(media=media, pk__in=list(changes)).order_by("pk")
    changed = [row for row in rows if row.is_rejected != changes[row.pk]]
    if not changed:
        return 0
    for row in changed:
        row.is_rejected, row.decided_by_id = changes[row.pk], actor.user_id
    Prediction.all_objects.bulk_update(changed, ["is_rejected", "decided_by"])
    after = payloads.PredictionsPayload(media=[str(media.pk)], model="", count=len(changed))
    return events.record(
        actor=actor, kind=kinds.PREDICTIONS_CHANGED, project_id=media.project_id, media_id=media.pk, after=after, client=client, ops=ops
    )  # fmt: skip


def _identity(row: Prediction) -> tuple[object, ...]:
    mask = row.mask and bytes(row.mask)
    return row.concept_id, row.x0, row.y0, row.x1, row.y1, row.shape, row.points, mask


def _delete(keys: Iterable[uuid.UUID]) -> None:
    """Delete predictions but those that were accepted."""
    gone = list(keys)
    for start in range(0, len(gone), 500):
        part = gone[start : start + 500]
        accepted = Label.all_objects.filter(pk__in=part).values("pk")
        Prediction.all_objects.filter(pk__in=part).exclude(pk__in=accepted).delete()
