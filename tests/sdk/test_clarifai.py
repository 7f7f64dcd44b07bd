"""The published package `clarifai-grpc` by its JSON channel, unchanged, against our server; what it did is read back through Hasty's API or SQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2 as resources, service_pb2 as service, service_pb2_grpc

from tests.servers import Server

pytestmark = pytest.mark.sdk


@dataclass(frozen=True, slots=True)
class Site:
    """A workspace of a real server: the vendor's client with its key, an app, and the same key for Hasty's API."""

    server: Server
    stub: Any
    token: str
    app: Any

    def call(self, name: str, *, code: int = 10000, short: bool = False, **fields: Any) -> Any:
        """Call an RPC in the app, by the address without it if it is `short`; assert its status and return the answer."""
        request = getattr(service, f"{name}Request")(**fields)
        if not short and not request.HasField("user_app_id"):
            request.user_app_id.CopyFrom(self.app)
        answer = getattr(self.stub, name)(request, metadata=(("authorization", f"Key {self.token}"),))
        assert answer.status.code == code, answer.status
        return answer

    def hasty(self, path: str) -> Any:
        answer = self.server.request("GET", f"/v1/{path}", headers={"X-Api-Key": self.token})
        assert answer.status == 200, answer.body
        return answer.json()

    def classes(self) -> dict[str, Any]:
        """Return the classes of the app by name, as Hasty has them."""
        (project,) = (row for row in self.hasty("projects")["items"] if row["name"] == self.app.app_id)
        return {row["name"]: row for row in self.hasty(f"projects/{project['id']}/label_classes")["items"]}


@pytest.fixture(scope="module")
def site(server: Server) -> Iterator[Site]:
    token = server.token(f"clarifai-{uuid.uuid4().hex[:8]}")
    stub = service_pb2_grpc.V2Stub(ClarifaiChannel.get_json_channel(base_url=server.url))
    found = Site(server, stub, token, resources.UserAppIDSet(user_id="me", app_id="forks"))
    app = resources.App(
        id="forks", default_workflow=resources.Workflow(id="Empty", user_id="clarifai", app_id="main")
    )
    found.call("PostApps", user_app_id=resources.UserAppIDSet(user_id="me"), apps=[app])
    yield found


def test_apps_and_users(site: Site) -> None:
    me = resources.UserAppIDSet(user_id="me")
    assert [app.id for app in site.call("ListApps", user_app_id=me).apps] == ["forks"]
    app = site.call("GetApp").app
    assert (app.id, app.default_language) == ("forks", "en")
    assert site.call("GetUser", user_app_id=me).user.id == app.user_id
    other = resources.App(id="spoons", name="Spoons")
    site.call("PostApps", user_app_id=me, apps=[other])
    site.call("PostApps", user_app_id=me, apps=[other], code=40010)
    of_other = resources.UserAppIDSet(user_id=app.user_id, app_id="spoons")
    changed = resources.App(id="spoons", description="All of them")
    site.call("PatchApps", user_app_id=me, apps=[changed], action="overwrite")
    assert site.call("GetApp", user_app_id=of_other).app.description == "All of them"
    site.call("PatchApp", user_app_id=of_other, app=resources.App(name="S"), action="overwrite")
    assert {row["name"] for row in site.hasty("projects")["items"]} == {"forks", "S"}
    site.call("DeleteApp", user_app_id=of_other)
    site.call("GetApp", user_app_id=of_other, code=11101)


def test_concepts(site: Site) -> None:
    given = [resources.Concept(id="fork", name="Fork"), resources.Concept(id="big.fork")]
    made = site.call("PostConcepts", concepts=given).concepts
    assert [(one.id, one.name, one.value) for one in made] == [
        ("fork", "Fork", 1.0),
        ("big.fork", "big.fork", 1.0),
    ]
    assert {"Fork", "big.fork"} <= site.classes().keys()
    refused = site.call("PostConcepts", concepts=given[:1], code=40003)
    assert refused.status.description == "Invalid request" and "duplicate" in refused.status.details
    assert site.call("GetConcept", concept_id="fork").concept.created_at.seconds > 0
    site.call("GetConcept", concept_id="none", code=11101)
    listed = site.call("ListConcepts", page=1, per_page=500).concepts
    assert [one.id for one in listed][:2] == ["fork", "big.fork"]
    assert not site.call("ListConcepts", page=2, per_page=500).concepts
    patched = [resources.Concept(id="fork", name="Pitchfork")]
    site.call("PatchConcepts", concepts=patched, action="overwrite")
    assert "Pitchfork" in site.classes()
    query = resources.ConceptQuery(name="pitch*")
    found = site.call("PostConceptsSearches", concept_query=query).concepts
    assert [one.id for one in found] == ["fork"]
    counts = site.call("GetConceptCounts", page=1, per_page=10).concept_counts
    assert (counts[0].id, counts[0].concept_type_count.positive) == ("fork", 0)
    assert site.call("ListConcepts", short=True, code=11102).status.details
    wrong = service.ListConceptsRequest(user_app_id=site.app)
    answer = site.stub.ListConcepts(wrong, metadata=(("authorization", "Key nonsense"),))
    assert answer.status.code == 11008
    assert answer.status.description == "Invalid API key or Invalid API key/application pair"
