"""Rows of a project written again for its copy, under new ids that follow from the old ones."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Self

import orjson
from django.db.models import ForeignKey, QuerySet

from annotator.db import bulk
from annotator.models import (
    Blob,
    Bucket,
    Job,
    MediaStatus,
    Project,
    UploadBatch,
    User,
)

#: What rows refer to that is the same for both projects, and what the copy has nothing of.
_SHARED, _LEFT_OUT = (Blob, User, Bucket), (Job, UploadBatch)
#: Columns that hold ids of the vocabulary among other things: as JSON, or as the text of JSON.
_WITH_IDS = frozenset(
    {("AttributeValue", "value"), ("AttributeValue", "predicted"), ("Attribute", "default"), ("Label", "keypoints")}
)  # fmt: skip


class Copier:
    """Copies rows of `source` to `target`.

    Rows are written past the ORM, so nothing of them is checked again, and all of a call at once. What refers to vocabulary
    that the copy does not have, because it came later or was deleted there, is left out.
    """

    def __init__(self, source: Project, target: Project) -> None:
        self.source, self.target = source, target
        self._texts: dict[str, str] = {}
        self._vocabulary: set[type[Any]] = set()
        self._left_out: set[uuid.UUID] = set()
        self._replaced: dict[uuid.UUID, uuid.UUID] = {}

    def new_id(self, old: uuid.UUID) -> uuid.UUID:
        """Return the id of the copy of a row: of the same time and place in that time, and in the same order as the old ones."""
        if old in self._replaced:
            return self._replaced[old]
        digest = hashlib.sha256(self.target.pk.bytes + old.bytes).digest()
        tail = 0b10 << 62 | int.from_bytes(digest[:8], "big") >> 2
        return uuid.UUID(int=old.int >> 64 << 64 | tail)

    def knowing(self, vocabulary: Iterable[tuple[Any, str]], *, is_new: bool = False) -> Self:
        """Note the vocabulary that the copy has by now; `is_new`: all of it, as it is written with this copier."""
        for model, path in vocabulary:
            rows = model.all_objects
            has = set(rows.filter(**{path: self.target}).values_list("pk", flat=True))
            for old in rows.filter(**{path: self.source}).values_list("pk", flat=True):
                if is_new or self.new_id(old) in has:
                    self._texts[str(old)] = str(self.new_id(old))
            self._vocabulary.add(model)
        return self

    def replacing(self, models: Iterable[type[Any]], ids: Mapping[uuid.UUID, uuid.UUID]) -> Self:
        """Note that of these models the copy has rows of its own, by the ids of those whose place they take, and no others."""
        self._vocabulary.update(models)
        self._replaced.update(ids)
        self._texts.update((str(old), str(new)) for old, new in ids.items())
        return self

    def first_status(self) -> uuid.UUID:
        """Return the status of media whose own the copy does not have."""
        rows = MediaStatus.all_objects.filter(project=self.target).order_by("-is_default", "order")
        found: uuid.UUID = rows.values_list("pk", flat=True)[0]
        return found

    def copy(
        self,
        rows: QuerySet[Any],
        *,
        fallback: Mapping[str, Any] | None = None,
        changes: Mapping[uuid.UUID, Mapping[str, Any]] | None = None,
    ) -> list[uuid.UUID]:
        """Write the copies of rows and return their ids.

        `fallback`: by column, what takes the place of vocabulary that is missing; `changes`: by id of a row, columns that its
        copy has otherwise.
        """
        model: Any = rows.model
        fields = bulk.written_fields(model)
        columns = [field.attname for field in fields]
        references = [field.attname for field in fields if field.is_relation]
        needed = [field.attname for field in fields if not field.null]
        made = []
        for values in rows.order_by("pk").values_list(*columns):
            old = dict(zip(columns, values, strict=True))
            new = {
                field.attname: self._value(field, old[field.attname], old["id"], fallback or {})
                for field in fields
            }
            is_whole = all(new[name] is not None for name in needed)
            if is_whole and self._left_out.isdisjoint(old[name] for name in references):
                made.append(new | dict((changes or {}).get(old["id"], {})))
            else:
                self._left_out.add(old["id"])
        bulk.insert(model, columns, [[row[name] for name in columns] for row in made])
        return [row["id"] for row in made]

    def _value(self, field: Any, value: Any, key: uuid.UUID, fallback: Mapping[str, Any]) -> Any:
        """Return a value as the copy has it; None for vocabulary that is missing."""
        if value is None:
            return None
        if field.primary_key:
            return self.new_id(value)
        if isinstance(field, ForeignKey):
            return self._reference(field, value, fallback)
        if field.attname == "ref" and value == str(key):
            return str(self.new_id(key))
        if (field.model.__name__, field.attname) in _WITH_IDS:
            if isinstance(value, str) and field.attname == "keypoints":
                return orjson.dumps(self.with_new_ids(orjson.loads(value))).decode()
            return self.with_new_ids(value)
        return value

    def _reference(self, field: Any, value: uuid.UUID, fallback: Mapping[str, Any]) -> Any:
        model = field.related_model
        if model in _SHARED:
            return value
        if model in _LEFT_OUT:
            return None
        if model is Project:
            return self.target.pk
        if model in self._vocabulary and str(value) not in self._texts:
            return fallback.get(field.attname)
        return self.new_id(value)

    def with_new_ids(self, value: Any) -> Any:
        """Return a JSON value in which the ids of vocabulary, as text, are those of the copy."""
        if isinstance(value, str):
            return self._texts.get(value, value)
        if isinstance(value, list):
            return [self.with_new_ids(item) for item in value]
        if isinstance(value, dict):
            return {name: self.with_new_ids(item) for name, item in value.items()}
        return value
