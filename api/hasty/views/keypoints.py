"""E27 to E32, X18 and D9: keypoint schemas and the label classes that carry their points."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from annotator.models import KeypointBinding, KeypointSchema
from annotator.services.vocabulary import keypoint_schemas
from annotator.services.vocabulary.keypoint_schemas import Link
from api.common.operations import operation

from ..base import InProject, OnRow
from ..serializers import keypoints as names


def whole(schema: KeypointSchema) -> KeypointSchema:
    """Return a schema as it is now, with its classes and edges."""
    return KeypointSchema.all_objects.prefetch_related("classes", "edges").get(pk=schema.pk)


class KeypointSchemas(InProject):
    shows = names.out

    @operation("List keypoint schemas", may="project.read", gives=list[names.KeypointSchemaOut], key="E27")
    def get(self) -> Any:
        rows = KeypointSchema.all_objects.filter(project=self.place).prefetch_related("classes", "edges")
        return [self.render(row) for row in rows.order_by(F("order").asc(nulls_last=True), "name_key", "id")]

    @operation(
        "Create a keypoint schema",
        may="vocabulary.write",
        body=names.SCHEMA,
        gives=names.KeypointSchemaOut,
        key="E28",
    )
    def post(self) -> Any:
        return self.render(whole(keypoint_schemas.create(actor=self.who, project=self.place, **self.body)))


class OneKeypointSchema(OnRow):
    shows = names.out
    rows = staticmethod(lambda: KeypointSchema.objects.all())
    noun = "keypoint schema"

    @operation("Read a keypoint schema", may="project.read", gives=names.KeypointSchemaOut, key="X18")
    def get(self) -> Any:
        return self.render(whole(self.row))

    @operation(
        "Change a keypoint schema",
        may="vocabulary.write",
        body=names.SCHEMA,
        gives=names.KeypointSchemaOut,
        key="E29",
    )
    def put(self) -> Any:
        keypoint_schemas.update(actor=self.who, schema=self.row, changes=self.body)
        return self.render(whole(self.row))

    @operation("Delete a keypoint schema", may="vocabulary.write", status=204, key="D9")
    def delete(self) -> None:
        keypoint_schemas.delete(actor=self.who, schema=self.row)


class KeypointLinks(InProject):
    shows = names.link

    @operation(
        "List the label classes of keypoint schemas", may="project.read", gives=list[names.LinkOut], key="E30"
    )
    def get(self) -> Any:
        rows = KeypointBinding.all_objects.filter(schema__project=self.place)
        return [self.render(row) for row in rows.order_by("schema", "order", "id")]

    @operation(
        "Let label classes carry points of schemas",
        may="vocabulary.write",
        body=names.LINKS,
        gives=list[names.LinkOut],
        key="E31",
    )
    def post(self) -> Any:
        links = [Link(**item) for item in self.body]
        return [
            self.render(row) for row in keypoint_schemas.link(actor=self.who, project=self.place, links=links)
        ]

    @operation(
        "Undo links of label classes and schemas",
        may="vocabulary.write",
        body=names.LINKS,
        status=204,
        is_body_optional=True,
        key="E32",
    )
    def delete(self) -> None:
        pairs = [(item["schema_id"], item["concept_id"]) for item in self.body]
        keypoint_schemas.unlink(actor=self.who, project=self.place, pairs=pairs)
