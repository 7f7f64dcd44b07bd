"""Workspaces as Hasty names them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework.serializers import SerializerMethodField

from annotator.models import Role, Workspace
from api.common import fields
from api.common.serializers import Serializer

ROLES = {
    Role.OWNER: "Owner",
    Role.ADMIN: "Admin",
    Role.MANAGER: "Manager",
    Role.REVIEWER: "Reviewer",
    Role.ANNOTATOR: "Labeler",
    Role.VIEWER: "Viewer",
}


class WorkspaceSerializer(Serializer):
    """A workspace in a response; read with the actor's role."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    unique_name = fields.TextOrNullField()
    description = fields.TextOrNullField()
    logo_url = fields.TextOrNullField()
    is_public = fields.BooleanField()
    is_default = SerializerMethodField()
    background_color = fields.TextOrNullField()
    subscription = SerializerMethodField()
    parked_on = SerializerMethodField()
    user_role = SerializerMethodField()
    allow_support = fields.BooleanField()
    support_email = fields.TextOrNullField()
    feature_mounting_buckets = SerializerMethodField()

    def get_is_default(self, workspace: Workspace) -> bool:
        return bool(self.context["view"].actor.workspace_id == workspace.pk)

    def get_subscription(self, workspace: Workspace) -> str:
        return "basic"

    def get_parked_on(self, workspace: Workspace) -> datetime | None:
        return None

    def get_user_role(self, workspace: Any) -> str:
        return ROLES[Role(workspace.role_of_actor)]

    def get_feature_mounting_buckets(self, workspace: Workspace) -> bool:
        return bool(workspace.settings.get("feature_mounting_buckets", False))


class WorkspaceInSerializer(Serializer):
    """What changes a workspace."""

    name = fields.NameField()
    unique_name = fields.LineField(max_length=128, required=False, allow_null=True)
    description = fields.ParagraphField(required=False, allow_null=True)
    logo_url = fields.HttpAddressField(
        required=False, allow_null=True, help_text="An http or https address; shown as an image only."
    )
    is_public = fields.BooleanField(required=False, help_text="Stored and shown; grants nothing.")
    background_color = fields.LineField(max_length=9, required=False, allow_null=True)
    allow_support = fields.BooleanField(required=False)
    support_email = fields.LineField(max_length=254, required=False, allow_null=True)
    feature_mounting_buckets = fields.BooleanField(required=False, source="settings.feature_mounting_buckets")
