"""One operation of the labeling page as it was sent, and its answer; no writes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.domain.errors import DomainError


@dataclass(slots=True)
class Op:
    """One operation as sent; `result` is its answer once known."""

    op_id: uuid.UUID
    raw: Mapping[str, Any]
    label_id: uuid.UUID | None = None
    #: The label or the medium whose attribute it sets.
    subject: uuid.UUID | None = None
    result: dict[str, Any] | None = None

    def ok(self) -> None:
        self.result = {"op_id": str(self.op_id), "status": "ok"}

    def conflict(self, label: dict[str, Any] | None) -> None:
        self.result = {"op_id": str(self.op_id), "status": "conflict", "label": label}

    def reject(self, error: DomainError) -> None:
        self.result = {
            "op_id": str(self.op_id),
            "status": "rejected",
            "code": error.code,
            "field": error.field,
            "message": error.message,
        }
