"""All addresses of Custom Vision in one table, mounted at /customvision/ for all versions alike."""

from __future__ import annotations

import re

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from api.common.routes import table

from .base import VERSIONS, UnknownAddress
from .views import images, projects, regions, tags


class Version(StringConverter):
    """One of the versions whose clients are understood."""

    regex = "|".join(map(re.escape, VERSIONS))


register_converter(Version, "customvision_version")

P = "projects/<str:projectId>"

_TRAINING = table(
    [
        (f"{P}/images/id", images.ImagesById),
        (f"{P}/images", images.Images),
        (f"{P}/images/count", images.ImageCount),
        (f"{P}/images/tagged", images.TaggedImages),
        (f"{P}/images/tagged/count", images.TaggedImageCount),
        (f"{P}/images/untagged", images.UntaggedImages),
        (f"{P}/images/untagged/count", images.UntaggedImageCount),
        (f"{P}/images/files", images.ImageFiles),
        (f"{P}/images/metadata", images.ImageMetadata),
        (f"{P}/images/regions", regions.ImageRegions),
        (f"{P}/images/tags", regions.ImageTags),
        (f"{P}/tags", tags.Tags),
        (f"{P}/tags/<str:tagId>", tags.OneTag),
        ("domains", projects.Domains),
        ("domains/<str:domainId>", projects.OneDomain),
        ("projects", projects.Projects),
        (P, projects.OneProject),
    ]
)

urlpatterns = [
    path("<customvision_version:version>/training/", include(_TRAINING)),
    re_path(r"^[\s\S]*$", UnknownAddress.as_view()),
]
