"""Code that calls this server by each vendor's published package, with the credential in the vendor's form."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Snippet:
    """How a vendor's package is configured: fields (label, value) of its credential, code in Python, a command of curl."""

    key: str
    vendor: str
    package: str
    fields: tuple[tuple[str | Promise, str], ...]
    python: str
    curl: str


_SNIPPETS = (
    Snippet(
        "hasty", "Hasty", "hasty",
        ((gettext_lazy("API key"), "$token"), (gettext_lazy("Base URL"), "$base")),
        '''from hasty import Client

client = Client(api_key="$token",
                base_url="$base")
for project in client.get_projects():
    print(project.id, project.name)''',
        '''curl -H "X-Api-Key: $token" \\
  $base/v1/projects''',
    ),
    Snippet(
        "datarobot", "DataRobot", "datarobot",
        ((gettext_lazy("API key"), "$token"), (gettext_lazy("Endpoint"), "$base/api/v2")),
        '''import datarobot

datarobot.Client(token="$token",
                 endpoint="$base/api/v2")
for project in datarobot.Project.list():
    print(project.id, project.project_name)''',
        '''curl -H "Authorization: Token $token" \\
  $base/api/v2/projects/''',
    ),
    Snippet(
        "coactive", "Coactive", "coactive",
        (
            (gettext_lazy("Client ID"), "$client_id"),
            (gettext_lazy("Client secret"), "$client_secret"),
            (gettext_lazy("Base URL"), "$base"),
        ),
        '''from coactive.client import Coactive

client = Coactive(
    client_id="$client_id",
    client_secret="$client_secret",
    base_url="$base")
for dataset in client.dataset.list().data:
    print(dataset.dataset_id, dataset.name)''',
        '''curl -H "Authorization: Bearer $client_id:$client_secret" \\
  $base/api/v1/datasets''',
    ),
    Snippet(
        "customvision", "Custom Vision", "azure-cognitiveservices-vision-customvision",
        ((gettext_lazy("Training key"), "$token"), (gettext_lazy("Endpoint"), "$base")),
        '''from azure.cognitiveservices.vision.customvision.training \\
    import CustomVisionTrainingClient
from msrest.authentication import ApiKeyCredentials

key = ApiKeyCredentials(in_headers={"Training-Key": "$token"})
client = CustomVisionTrainingClient(
    "$base", key)
for project in client.get_projects():
    print(project.id, project.name)''',
        '''curl -H "Training-Key: $token" \\
  $base/customvision/v3.3/training/projects''',
    ),
    Snippet(
        "clarifai", "Clarifai", "clarifai-grpc",
        ((gettext_lazy("API key"), "$token"), (gettext_lazy("Base URL"), "$base")),
        '''from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2, service_pb2, \\
    service_pb2_grpc

channel = ClarifaiChannel.get_json_channel(
    base_url="$base")
client = service_pb2_grpc.V2Stub(channel)
me = resources_pb2.UserAppIDSet(user_id="me")
found = client.ListApps(
    service_pb2.ListAppsRequest(user_app_id=me),
    metadata=(("authorization", "Key $token"),))
for app in found.apps:
    print(app.id, app.name)''',
        '''curl -H "Authorization: Key $token" \\
  $base/v2/users/me/apps''',
    ),
)  # fmt: skip


def snippets(base: str, token: str = "") -> list[Snippet]:
    """Return the snippets of all vendors for a server at `base`; without a token they hold words in its place."""
    client_id, _, secret = token.partition(".")
    values = {
        "base": base,
        "token": token or "TOKEN",
        "client_id": client_id or "CLIENT_ID",
        "client_secret": secret or "CLIENT_SECRET",
    }

    def filled(text: str) -> str:
        return Template(text).substitute(values)

    return [
        Snippet(
            one.key,
            one.vendor,
            one.package,
            tuple((label, filled(value)) for label, value in one.fields),
            filled(one.python),
            filled(one.curl),
        )
        for one in _SNIPPETS
    ]
