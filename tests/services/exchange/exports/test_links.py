"""Links to the files of exports: whose they are, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.domain.errors import Missing
from annotator.jobs import engine
from annotator.models import Job, Membership, User
from annotator.services.exchange.exports import exports
from annotator.services.media import urls
from annotator.services.media.decoding import renditions
from annotator.services.media.selection import MediaSelection
from annotator.services.projects import projects
from annotator.services.workspaces import members
from tests.world import World


def made(w: World) -> Job:
    job = exports.start(
        actor=w.actor(w.rosa), project=w.project, format_name="json_coco", selection=MediaSelection()
    )
    assert engine.run(job.pk)
    return Job.all_objects.get(pk=job.pk)


def _member(w: World, user: User) -> Membership:
    return Membership.objects.get(workspace=w.workspace, user=user)


ENDS: dict[str, Callable[[World, Job], Any]] = {
    "the project is deleted": lambda w, job: projects.trash(actor=w.actor(w.olga), project=w.project),
    "the membership ends": lambda w, job: members.remove(actor=w.actor(w.olga), member=_member(w, w.vera)),
    "the account is closed": lambda w, job: User.objects.filter(pk=w.vera.pk).update(is_active=False),
    "the file has expired": lambda w, job: Job.all_objects.update(
        expires_at=timezone.now() - timedelta(seconds=1)
    ),
    "the file is gone": lambda w, job: Job.all_objects.update(artifact=None),
    "the job is gone": lambda w, job: job.delete(),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_link_ends_when(w: World, what: str) -> None:
    job = made(w)
    job_id = job.pk
    assert renditions.find_artifact(job_id, w.vera.pk).size > 0
    ENDS[what](w, job)
    with pytest.raises(Missing, match="This link has ended"):
        renditions.find_artifact(job_id, w.vera.pk)


def test_a_link_works_only_for_a_member(w: World) -> None:
    job = made(w)
    with pytest.raises(Missing):
        renditions.find_artifact(job.pk, w.otto.pk)


def test_the_person_cannot_be_changed_in_the_address(w: World) -> None:
    path, _, query = urls.export(made(w), "a.zip", actor=w.actor(w.vera)).partition("?")
    fields = dict(part.split("=") for part in query.split("&"))
    assert urls.is_valid(path, fields["e"], fields["s"])
    forged = path.replace(str(w.vera.pk), str(w.olga.pk))
    assert forged != path and not urls.is_valid(forged, fields["e"], fields["s"])
