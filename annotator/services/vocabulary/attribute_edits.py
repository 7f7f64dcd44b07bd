"""What the page of attributes writes in one step: an attribute with its options and its classes, and the order of all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.events import kinds
from annotator.models import Attribute, AttributeBinding, Project
from annotator.services.ordering import put_in_order
from annotator.services.vocabulary import attributes


def find(project: Project, attribute_id: uuid.UUID) -> Attribute:
    """Return an attribute of a project or raise Missing."""
    found = Attribute.all_objects.filter(project=project, pk=attribute_id).select_related("project").first()
    if found is None:
        raise Missing("There is no such attribute in this project.")
    return found


@transaction.atomic
def save(
    *,
    actor: Actor,
    project: Project,
    attribute: Attribute | None,
    changes: Mapping[str, Any],
    concept_ids: Sequence[uuid.UUID] | None,
) -> Attribute:
    """Create an attribute (None) or change it, and offer it for exactly these classes, in this order; None keeps them.

    Changes as in `attributes.update`. A class that is new to it gets it at its place in the project's order.
    """
    if attribute is None:
        saved = attributes.create(actor=actor, project=project, changes=changes)
    else:
        saved = attributes.update(actor=actor, attribute=attribute, changes=changes)
    if concept_ids is None:
        return saved
    stored = dict(
        AttributeBinding.all_objects.filter(attribute=saved).values_list("concept_id", "attribute_order")
    )
    gone = [(saved.pk, key) for key in stored if key not in set(concept_ids)]
    attributes.unlink(actor=actor, project=project, pairs=gone)
    place = saved.order or 0.0
    links = [
        attributes.Link(saved.pk, key, stored.get(key, place), float(index))
        for index, key in enumerate(concept_ids)
    ]
    attributes.link(actor=actor, project=project, links=links)
    return saved


@transaction.atomic
def reorder(*, actor: Actor, project: Project, ids: Sequence[uuid.UUID]) -> None:
    """Put the attributes of a project in an order, also among those of each class; `ids` names all of them."""
    policy.require(actor, project, "vocabulary.write")
    outdated = Invalid("The attributes have changed. Reload the page.", field="ids", code="outdated")
    rows = put_in_order(Attribute, project, ids, outdated=outdated)
    links = list(AttributeBinding.all_objects.filter(attribute__project=project))
    for one in links:
        one.attribute_order = rows[one.attribute_id].order or 0.0
    AttributeBinding.all_objects.bulk_update(links, ["attribute_order"], batch_size=200)
    events.record(actor=actor, kind=kinds.ATTRIBUTES_CHANGED, project_id=project.pk)
