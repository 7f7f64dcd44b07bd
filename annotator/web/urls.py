"""URLs of our own pages and of the endpoints of their scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, URLResolver, path

from annotator.web import editor_api
from annotator.web.views import (
    account,
    activities,
    attributes,
    audit,
    bulk,
    classes,
    datasets,
    exports,
    home,
    invitations,
    jobs,
    keypoints,
    label,
    media,
    members,
    project,
    settings,
    sign_in,
    sign_in_link,
    statuses,
    tag_groups,
    tokens,
    trash,
    upload,
    uploads,
    video,
    workspaces,
)


def both(route: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """Return the patterns of a page with and without a trailing slash, without a redirect."""
    return [path(f"{route}/", view, name=name), path(route, view)]


P = "projects/<uuid:project_id>"
W = "workspaces/<uuid:workspace_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    *both("projects", home.home, "projects"),
    path("projects/new", home.create_project, name="project-create"),
    *both("sign-in", sign_in.sign_in, "sign-in"),
    *both("sign-in/link/<str:secret>", sign_in_link.sign_in_link, "sign-in-link"),
    *both("invitations/<str:secret>", invitations.invitation, "invitation"),
    path("invitations/<uuid:invitation_id>/accept", invitations.accept, name="invitation-accept"),
    path("invitations/<uuid:invitation_id>/decline", invitations.decline, name="invitation-decline"),
    *both("sign-out", sign_in.sign_out, "sign-out"),
    *both("account", account.account, "account"),
    path("account/email", account.send_verification, name="account-email"),
    *both("account/email/<str:token>", account.verify_email, "account-email-verify"),
    path("account/profile", account.change_profile, name="account-profile"),
    path("account/password", account.change_password, name="account-password"),
    path("account/sessions/end-others", account.end_other_sessions, name="sessions-end-others"),
    path("account/sessions/<str:session_id>/end", account.end_session, name="session-end"),
    path("web/preferences", account.preferences, name="preferences"),
    # Workspaces and members
    *both("workspaces", workspaces.workspace_list, "workspaces"),
    *both(W, workspaces.workspace, "workspace"),
    path(f"{W}/change", workspaces.change_workspace, name="workspace-change"),
    *both(f"{W}/security-log", audit.security_log, "security-log"),
    *both(f"{W}/trash", trash.workspace_trash, "workspace-trash"),
    path(f"web/{W}/trash/restore", trash.restore_projects, name="workspace-trash-restore"),
    path(f"web/{W}/trash/purge", trash.purge_project, name="project-purge"),
    path(f"{W}/sample", workspaces.add_sample, name="sample"),
    path(f"{W}/members/invite", members.invite, name="member-invite"),
    path(f"{W}/members/restore", members.restore, name="member-restore"),
    path(f"{W}/invitations/<uuid:invitation_id>/link", members.invitation_link, name="invitation-link"),
    path(f"{W}/invitations/<uuid:invitation_id>/revoke", members.revoke_invitation, name="invitation-revoke"),
    path(f"{W}/members/<uuid:member_id>/role", members.change_role, name="member-role"),
    path(f"{W}/members/<uuid:member_id>/remove", members.remove, name="member-remove"),
    # Tokens and jobs
    *both("tokens", tokens.token_list, "tokens"),
    path("tokens/new", tokens.create, name="token-create"),
    path("tokens/<uuid:token_id>/revoke", tokens.revoke, name="token-revoke"),
    *both("jobs", jobs.job_list, "jobs"),
    path("web/jobs/<uuid:job_id>", jobs.state, name="job-state"),
    path("web/jobs/<uuid:job_id>/cancel", jobs.cancel, name="job-cancel"),
    path("web/jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("web/jobs/<uuid:job_id>/undo", jobs.undo, name="job-undo"),
    # A project
    *both(P, project.project, "project"),
    path(f"{P}/next", project.label_next, name="label-next"),
    path(f"{P}/review", project.review_next, name="review-next"),
    *both(f"{P}/members", members.project_members, "project-members"),
    *both(f"{P}/settings", settings.settings, "project-settings"),
    *both(f"{P}/statuses", statuses.status_list, "statuses"),
    path(f"web/{P}/statuses/new", statuses.create, name="status-create"),
    path(f"web/{P}/statuses/order", statuses.reorder, name="status-order"),
    path(f"web/{P}/statuses/restore", statuses.restore, name="status-restore"),
    path(f"web/{P}/statuses/<uuid:status_id>", statuses.change, name="status-change"),
    path(f"web/{P}/statuses/<uuid:status_id>/delete", statuses.delete, name="status-delete"),
    path(f"{P}/settings/change", settings.change, name="project-change"),
    path(f"{P}/delete", settings.delete, name="project-delete"),
    path(f"web/{P}/restore", settings.restore, name="project-restore"),
    # Media
    *both(f"{P}/media", media.media, "media"),
    *both(f"{P}/upload", upload.upload, "upload"),
    path(f"web/{P}/uploads", uploads.slots, name="upload-slots"),
    path(f"web/{P}/uploads/finish", uploads.finish, name="upload-finish"),
    path(f"web/{P}/uploads/<uuid:batch_id>", uploads.report, name="upload-report"),
    path(f"web/{P}/tiles", media.window, name="tiles"),
    path(f"web/{P}/overlays", media.overlays, name="overlays"),
    path(f"web/{P}/media-ids", media.media_ids, name="media-ids"),
    path(f"web/{P}/media/change", bulk.change, name="media-change"),
    path(f"web/{P}/media/undo", bulk.undo, name="media-undo"),
    *both(f"{P}/datasets", datasets.dataset_list, "datasets"),
    path(f"web/{P}/datasets/new", datasets.create, name="dataset-create"),
    path(f"web/{P}/datasets/order", datasets.reorder, name="dataset-order"),
    path(f"web/{P}/datasets/<uuid:dataset_id>", datasets.change, name="dataset-change"),
    path(f"web/{P}/datasets/<uuid:dataset_id>/trash", datasets.trash, name="dataset-trash"),
    path(f"web/{P}/datasets/<uuid:dataset_id>/restore", datasets.restore, name="dataset-restore"),
    *both(f"{P}/trash", trash.project_trash, "project-trash"),
    path(f"web/{P}/trash/restore", trash.restore, name="trash-restore"),
    path(f"web/{P}/trash/purge", trash.purge, name="trash-purge"),
    # Classes and tags
    *both(f"{P}/classes", classes.classes, "classes"),
    path(f"web/{P}/classes/new", classes.create, name="class-create"),
    path(f"web/{P}/classes/order", classes.reorder, name="class-order"),
    path(f"web/{P}/classes/<uuid:concept_id>", classes.change, name="class-change"),
    path(
        f"web/{P}/classes/<uuid:concept_id>/merge-preview", classes.merge_preview, name="class-merge-preview"
    ),
    path(f"web/{P}/classes/<uuid:concept_id>/merge", classes.merge, name="class-merge"),
    path(f"web/{P}/classes/<uuid:concept_id>/delete", classes.delete, name="class-delete"),
    path(f"web/{P}/tag-groups/new", tag_groups.create, name="tag-group-create"),
    path(f"web/{P}/tag-groups/restore", tag_groups.restore, name="tag-group-restore"),
    path(f"web/{P}/tag-groups/<uuid:group_id>", tag_groups.change, name="tag-group-change"),
    path(f"web/{P}/tag-groups/<uuid:group_id>/delete", tag_groups.delete, name="tag-group-delete"),
    *both(f"{P}/activities", activities.activity_list, "activities"),
    # Attributes
    *both(f"{P}/attributes", attributes.attribute_list, "attributes"),
    path(f"web/{P}/attributes/new", attributes.create, name="attribute-create"),
    path(f"web/{P}/attributes/order", attributes.reorder, name="attribute-order"),
    path(f"web/{P}/attributes/<uuid:attribute_id>", attributes.change, name="attribute-change"),
    path(f"web/{P}/attributes/<uuid:attribute_id>/delete", attributes.delete, name="attribute-delete"),
    # Keypoint schemas
    *both(f"{P}/keypoints", keypoints.keypoint_list, "keypoints"),
    path(f"web/{P}/keypoints/new", keypoints.create, name="keypoint-schema-create"),
    path(f"web/{P}/keypoints/examples", keypoints.examples, name="keypoint-examples"),
    path(f"web/{P}/keypoints/restore", keypoints.restore, name="keypoint-schema-restore"),
    *both(f"{P}/keypoints/<uuid:schema_id>", keypoints.keypoint_schema, "keypoint-schema"),
    path(f"web/{P}/keypoints/<uuid:schema_id>", keypoints.change, name="keypoint-schema-change"),
    path(f"web/{P}/keypoints/<uuid:schema_id>/uses", keypoints.uses, name="keypoint-schema-uses"),
    path(f"web/{P}/keypoints/<uuid:schema_id>/delete", keypoints.delete, name="keypoint-schema-delete"),
    # Exports and imports
    *both(f"{P}/exports", exports.export_list, "exports"),
    path(f"web/{P}/exports/new", exports.start_export, name="export-start"),
    path(f"web/{P}/exports/preview", exports.preview_export, name="export-preview"),
    path(f"web/{P}/imports/slot", exports.import_slot, name="import-slot"),
    path(f"web/{P}/imports/new", exports.start_import, name="import-start"),
    # The labeling page
    *both("label/<uuid:media_id>", label.label_page, "label"),
    *both("video/<uuid:media_id>", video.video, "video"),
    path("web/media/<uuid:media_id>/state", editor_api.media_state, name="media-state"),
    path("web/media/<uuid:media_id>/history", editor_api.media_history, name="media-history"),
    path("web/media/<uuid:media_id>/changes", editor_api.media_changes, name="media-changes"),
    path(f"web/{P}/session", editor_api.project_session, name="project-session"),
    path(f"web/{P}/events", editor_api.project_events, name="project-events"),
    path(f"web/{P}/film", editor_api.project_film, name="project-film"),
]
