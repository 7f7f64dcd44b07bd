"""Classes and tags written many at once, as people paste them and vendors send them: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotator.domain import palette
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.models import Concept, Project
from annotator.services.vocabulary import concepts

MAX_LINES = 500


def create(
    *, actor: Actor, project: Project, names: Sequence[str], role: str, details: dict[str, Any]
) -> list[Concept]:
    """Make a concept of each name, in order; `details` as concepts.create. Allowed with `vocabulary.write`.

    Activities get a color of the palette each, as classes do; through an API they have none unless it is given.
    An error of one of several says which line it is about. Raises Invalid for no name, TooLarge above MAX_LINES.
    """
    if not names:
        raise Invalid("Write at least one name.", field="names")
    if len(names) > MAX_LINES:
        raise TooLarge(f"At most {MAX_LINES} at once.", field="names")
    made = []
    colored = Concept.all_objects.filter(project=project, on_segment=True).count() if role == "segment" else 0
    with transaction.atomic():
        for number, name in enumerate(names, start=1):
            color = {"color": palette.palette_color(colored + number - 1)} if role == "segment" else {}
            try:
                made.append(
                    concepts.create(
                        actor=actor, project=project, name=name, roles=(role,), **{**color, **details}
                    )
                )
            except DomainError as error:
                if len(names) > 1:
                    error.message = f"Line {number}, “{name[:60]}”: {error.message}"
                error.field = "names" if error.field == "name" else error.field
                raise
    return made


@transaction.atomic
def create_concepts(*, actor: Actor, project: Project, rows: Sequence[dict[str, Any]]) -> list[Concept]:
    """Make a concept of each row, in order; rows hold the arguments of concepts.create. Allowed with `vocabulary.write`."""
    return [concepts.create(actor=actor, project=project, **row) for row in rows]


@transaction.atomic
def update_concepts(*, actor: Actor, changes: Sequence[tuple[Concept, dict[str, Any]]]) -> list[Concept]:
    """Change each concept as concepts.update does, in order. Allowed with `vocabulary.write`."""
    return [concepts.update(actor=actor, concept=concept, changes=values) for concept, values in changes]
