"""The examples of a class that curators chose among its labels, for the guidelines of labelers."""

from __future__ import annotations

import uuid

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.models import Concept, Label, Project
from annotator.services.vocabulary import concepts

#: Most examples that are chosen for a class.
LIMIT = 12
_KEPT = "examples"


def chosen(concept: Concept) -> list[uuid.UUID]:
    """Return the ids of the labels that were chosen, in their order; some may be gone."""
    kept = concept.extra.get(_KEPT)
    found = [parse_uuid(each) for each in kept] if isinstance(kept, list) else []
    return [key for key in found if key is not None]


@transaction.atomic
def choose(*, actor: Actor, project: Project, concept_id: uuid.UUID, label_id: uuid.UUID, is_chosen: bool) -> Concept:  # fmt: skip
    """Make a label an example of its class, or no longer; nothing happens when it is so already. Allowed with `vocabulary.write`.

    Missing: no class of the project. Invalid: no label of this class, or more than LIMIT examples.
    """
    policy.require(actor, project, "vocabulary.write")
    concept: Concept | None = (
        Concept.all_objects.select_for_update(of=("self",)).filter(project=project, pk=concept_id).first()
    )
    if concept is None:
        raise Missing("There is no such class.")
    there = Label.objects.listed().filter(project=project, concept=concept)
    keys = chosen(concept)
    if (label_id in keys) == is_chosen:
        return concept
    if not is_chosen:
        keys.remove(label_id)
    else:
        known = set(there.filter(pk__in=[*keys, label_id]).values_list("pk", flat=True))
        if label_id not in known:
            raise Invalid("There is no such object of this class.", field="label")
        keys = [key for key in keys if key in known] + [label_id]
        if len(keys) > LIMIT:
            raise Invalid(
                f"A class may have at most {LIMIT} chosen examples.", field="label", code="too_many"
            )
    concept.extra = {**concept.extra, _KEPT: [str(key) for key in keys]}
    concept.save(update_fields=["extra", "updated_at"])
    concepts.record_changed(actor, project, concept)
    return concept
