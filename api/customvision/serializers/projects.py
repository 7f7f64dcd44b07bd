"""Projects and domains as Custom Vision names them; what only this vendor has is kept in the project's settings."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal, TypedDict

from annotator.domain.errors import Invalid
from annotator.models import Project
from api.common import query
from api.common.shapes import any_field, choice_field, id_field, list_field, shape, text_field

KEPT = "customvision"
KINDS = ("Multiclass", "Multilabel")
PLATFORMS = ("CoreML", "TensorFlow", "DockerFile", "ONNX", "VAIDK", "OpenVino")

_CLASSIFICATION, _DETECTION = "Classification", "ObjectDetection"
# Names and ids are the vendor's, so that scripts which look one up by either find it.
_DOMAINS = (
    ("ee85a74c-405e-4adc-bb47-ffa8ca0c9f31", "General", _CLASSIFICATION),
    ("a8e3c40f-fb4a-466f-832a-5e457ae4a344", "General [A1]", _CLASSIFICATION),
    ("2e37d7fb-3a54-486a-b4d6-cfc369af0018", "General [A2]", _CLASSIFICATION),
    ("c151d5b5-dd07-472a-acc8-15d29dea8518", "Food", _CLASSIFICATION),
    ("ca455789-012d-4b50-9fec-5bb63841c793", "Landmarks", _CLASSIFICATION),
    ("b30a91ae-e3c1-4f73-a81e-c270bff27c39", "Retail", _CLASSIFICATION),
    ("0732100f-1a38-4e49-a514-c9b44c697ab5", "General (compact)", _CLASSIFICATION),
    ("a1db07ca-a19a-4830-bae8-e004a42dc863", "General (compact) [S1]", _CLASSIFICATION),
    ("da2e3a8a-40a5-4171-82f4-58522f70fbc1", "General", _DETECTION),
    ("9c616dff-2e7d-ea11-af59-1866da359ce6", "General [A1]", _DETECTION),
    ("1d8ffafe-ec40-4fb2-8f90-72b3b6cecea4", "Logo", _DETECTION),
    ("3780a898-81c3-4516-81ae-3a139614e1f3", "Products on Shelves", _DETECTION),
    ("a27d5ca5-bb19-49d8-a70a-fec086c47f5b", "General (compact)", _DETECTION),
    ("7ec2ac80-887b-48a6-8df9-8b1357765430", "General (compact) [S1]", _DETECTION),
)
# What a new project is for when nothing is said, and what one is for that was made elsewhere: boxes are drawn there.
NEW_DOMAIN = uuid.UUID(_DOMAINS[0][0])
ANY_DOMAIN = uuid.UUID("da2e3a8a-40a5-4171-82f4-58522f70fbc1")

NEW = query.query(
    name=query.words(required=True),
    description=query.words(limit=2_000),
    domainId=query.uid(to="domain"),
    classificationType=query.one_of(KINDS, to="kind"),
    targetExportPlatforms=query.one_of(PLATFORMS, to="platforms", is_list=True),
)
OPTIONS = shape(
    "CreateProjectOptions",
    exportModelContainerUri=any_field(doc="Not supported: models are not exported."),
    notificationQueueUri=any_field(doc="Not supported."),
)
CHANGED = shape(
    "ProjectChange",
    name=text_field(),
    description=text_field(null=True),
    settings=any_field(),
)
SETTINGS = shape(
    "ProjectSettingsChange",
    domainId=id_field(to="domain"),
    classificationType=choice_field(KINDS, to="kind"),
    targetExportPlatforms=list_field(choice_field(PLATFORMS), to="platforms"),
)


class DomainOut(TypedDict):
    id: uuid.UUID
    name: str
    type: Literal["Classification", "ObjectDetection"]
    exportable: bool
    enabled: bool
    exportablePlatforms: list[str]


class ProjectSettingsOut(TypedDict):
    domainId: uuid.UUID
    classificationType: Literal["Multiclass", "Multilabel"] | None
    targetExportPlatforms: list[str]
    useNegativeSet: bool
    detectionParameters: str | None
    exportModelContainerUri: str | None
    notificationQueueUri: str | None


class ProjectOut(TypedDict):
    id: uuid.UUID
    name: str
    description: str
    settings: ProjectSettingsOut
    created: datetime
    lastModified: datetime
    thumbnailUri: str | None
    drModeEnabled: bool
    status: Literal["Succeeded"]


def domains() -> dict[uuid.UUID, DomainOut]:
    """Return all domains by id; none is exportable, as no models are made here yet."""
    return {
        uuid.UUID(key): {
            "id": uuid.UUID(key),
            "name": name,
            "type": kind,  # type: ignore[typeddict-item]
            "exportable": False,
            "enabled": True,
            "exportablePlatforms": [],
        }
        for key, name, kind in _DOMAINS
    }


def domain_of(project: Project) -> uuid.UUID:
    """Return the domain that a project is for."""
    kept = project.settings.get(KEPT) or {}
    return uuid.UUID(kept["domain"]) if "domain" in kept else ANY_DOMAIN


def kind_of(domain: uuid.UUID) -> str:
    """Return what a domain is for: Classification or ObjectDetection. Invalid for an unknown one."""
    found = domains().get(domain)
    if found is None:
        raise Invalid("There is no such domain.", field="domainId", code="BadRequestProjectUnknownDomain")
    return found["type"]


def kept_settings(given: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the project's settings that hold what is given of domain and platforms, over `before`."""
    kept = dict(before.get(KEPT) or {})
    if "domain" in given:
        kept["domain"] = str(given["domain"])
    if "platforms" in given:
        kept["platforms"] = given["platforms"]
    return {KEPT: kept}


def out(row: Any, view: Any) -> ProjectOut:
    """Return a project that was read with `has_negative` and `tag_kind`, the kind of its default tag group.

    One tag for an image (Multiclass) is that group's rule, so it is read there.
    """
    domain = domain_of(row)
    kind: Any = "Multiclass" if row.tag_kind == "SELECTION" else "Multilabel"
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "settings": {
            "domainId": domain,
            "classificationType": kind if kind_of(domain) == _CLASSIFICATION else None,
            "targetExportPlatforms": (row.settings.get(KEPT) or {}).get("platforms", []),
            "useNegativeSet": row.has_negative,
            "detectionParameters": None,
            "exportModelContainerUri": None,
            "notificationQueueUri": None,
        },
        "created": row.created_at,
        "lastModified": row.updated_at,
        "thumbnailUri": None,
        "drModeEnabled": False,
        "status": "Succeeded",
    }
