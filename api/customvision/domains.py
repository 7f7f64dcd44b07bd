"""The domains of projects: what a project is for. Names and ids are the vendor's, so that scripts find one by either."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from annotator.domain.errors import Invalid

CLASSIFICATION, DETECTION = "Classification", "ObjectDetection"


class Domain(NamedTuple):
    """A domain; none is exportable, as no models are made here yet."""

    id: uuid.UUID
    name: str
    type: str
    is_exportable: bool = False
    is_enabled: bool = True
    exportable_platforms: tuple[str, ...] = ()


_ROWS = (
    ("ee85a74c-405e-4adc-bb47-ffa8ca0c9f31", "General", CLASSIFICATION),
    ("a8e3c40f-fb4a-466f-832a-5e457ae4a344", "General [A1]", CLASSIFICATION),
    ("2e37d7fb-3a54-486a-b4d6-cfc369af0018", "General [A2]", CLASSIFICATION),
    ("c151d5b5-dd07-472a-acc8-15d29dea8518", "Food", CLASSIFICATION),
    ("ca455789-012d-4b50-9fec-5bb63841c793", "Landmarks", CLASSIFICATION),
    ("b30a91ae-e3c1-4f73-a81e-c270bff27c39", "Retail", CLASSIFICATION),
    ("0732100f-1a38-4e49-a514-c9b44c697ab5", "General (compact)", CLASSIFICATION),
    ("a1db07ca-a19a-4830-bae8-e004a42dc863", "General (compact) [S1]", CLASSIFICATION),
    ("da2e3a8a-40a5-4171-82f4-58522f70fbc1", "General", DETECTION),
    ("9c616dff-2e7d-ea11-af59-1866da359ce6", "General [A1]", DETECTION),
    ("1d8ffafe-ec40-4fb2-8f90-72b3b6cecea4", "Logo", DETECTION),
    ("3780a898-81c3-4516-81ae-3a139614e1f3", "Products on Shelves", DETECTION),
    ("a27d5ca5-bb19-49d8-a70a-fec086c47f5b", "General (compact)", DETECTION),
    ("7ec2ac80-887b-48a6-8df9-8b1357765430", "General (compact) [S1]", DETECTION),
)
DOMAINS = {row.id: row for row in (Domain(uuid.UUID(key), name, kind) for key, name, kind in _ROWS)}
#: The domain of a new project that names none, and that of a project made elsewhere, where boxes are drawn.
DEFAULT_DOMAIN = DOMAINS[uuid.UUID("ee85a74c-405e-4adc-bb47-ffa8ca0c9f31")]
FOREIGN_DOMAIN = DOMAINS[uuid.UUID("da2e3a8a-40a5-4171-82f4-58522f70fbc1")]


def find_domain(key: uuid.UUID) -> Domain:
    """Return a domain that a request names. Raises Invalid for an unknown one."""
    found = DOMAINS.get(key)
    if found is None:
        raise Invalid("There is no such domain.", field="domainId", code="BadRequestProjectUnknownDomain")
    return found
