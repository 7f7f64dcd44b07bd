"""The snippets of the page of tokens, each run as it stands there against a live server with the vendor's own package."""

from __future__ import annotations

import html
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from annotator.web.selectors.snippets import snippets
from tests import servers
from tests.sdk import packages

pytestmark = pytest.mark.sdk
KEYS = [one.key for one in snippets("")]


@pytest.fixture(scope="module")
def page(hasty_server: servers.Server) -> Iterator[str]:
    """The page with a new token of somebody whose workspace holds the project Snippets with a dataset of that name."""
    token = hasty_server.token("snippets", user="sam")
    project = hasty_server.project(token, "Snippets")
    headers = {"X-Api-Key": token, "Content-Type": "application/json"}
    answer = hasty_server.request(
        "POST", f"/v1/projects/{project}/datasets", b'{"name": "Snippets"}', headers
    )
    assert answer.status == 200, answer
    cookie = hasty_server.session("sam")
    form = hasty_server.request("GET", "/tokens/", headers={"Cookie": cookie})
    csrf = servers.form_token(form.body).decode()
    limit = re.search(r'value="(workspace:[^"]+)"', form.body.decode())
    assert limit
    body = urlencode({"csrfmiddlewaretoken": csrf, "name": "snippets", "limit": limit[1], "days": "30"})
    cookie = (
        f"{cookie}; {form.headers['set-cookie'].split(';', 1)[0]}" if "set-cookie" in form.headers else cookie
    )
    sent = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    answer = hasty_server.request("POST", "/tokens/new", body.encode(), sent)
    assert answer.status == 200, answer.body[:2000]
    yield answer.body.decode()


def shown(page: str, key: str, kind: str) -> str:
    found = re.search(rf'<pre class="pre" id="made-{key}-{kind}"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("key", KEYS)
def test_python(page: str, key: str) -> None:
    code = shown(page, key, "python")
    if key == "coactive":
        command, env = [sys.executable, "-S", "-c", code], packages.environment(packages.install("coactive"))
    else:
        command, env = [sys.executable, "-W", "ignore", "-c", code], None
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^([0-9a-f-]{36}|snippets) Snippets$", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("key", KEYS)
def test_curl(page: str, hasty_server: servers.Server, key: str) -> None:
    """The command's words, sent as it would: curl itself is not installed everywhere."""
    name, option, header, url = shlex.split(shown(page, key, "curl").replace("\\\n", ""))
    assert (name, option) == ("curl", "-H") and url.startswith(hasty_server.url)
    field, _, value = header.partition(": ")
    answer = hasty_server.request("GET", url.removeprefix(hasty_server.url), headers={field: value})
    assert answer.status == 200 and b"Snippets" in answer.body
