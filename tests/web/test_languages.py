"""Pages speak the user's language, APIs and exports always the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override

from annotator.web.languages import PROGRAMS
from api.handlers import DIALECTS
from tests.web.client import browser, get, post
from tests.world import World

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def html(response: Any) -> str:
    text: str = response.content.decode()
    return text


def test_a_page_is_in_the_language_of_the_browser(w: World) -> None:
    page: Any = browser().get("/sign-in/", headers=GERMAN)
    assert '<html lang="de"' in html(page) and "Passwort" in html(page) and "Password" not in html(page)
    assert page["Content-Language"] == "de" and "Accept-Language" in page["Vary"]
    assert "Contraseña" in html(browser().get("/sign-in/", headers={"Accept-Language": "es-MX"}))
    assert "Password" in html(browser().get("/sign-in/", headers={"Accept-Language": "fr,ja"}))
    lost: Any = browser(w.ann).get("/nowhere/", headers=GERMAN)
    assert lost.status_code == 404 and "Seite nicht gefunden" in html(lost)


def test_the_sign_in_page_remembers_a_chosen_language(w: World) -> None:
    client = browser()
    answer: Any = client.post("/language", {"language": "es", "next": "/sign-in/?next=%2Faccount%2F"})
    assert answer.status_code == 302 and answer["Location"] == "/sign-in/?next=%2Faccount%2F"
    page: Any = client.get("/sign-in/", headers=GERMAN)
    assert '<html lang="es"' in html(page)
    names = re.findall(r'name="language" value="(\w+)" lang="\w+"[^>]*>(\w+)<', html(page))
    assert names == [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
    assert html(page).count('name="language"') == 3 and 'lang="es" aria-current="true">Español' in html(page)
    # only a path of this server, and only a language that there is
    assert client.post("/language", {"language": "xx", "next": "https://evil.example/"})["Location"] == "/"
    assert '<html lang="es"' in html(client.get("/sign-in/"))


def test_the_language_of_the_account_counts_before_that_of_the_browser(w: World) -> None:
    assert post(w.ann, "/web/preferences", {"language": "de"}).status_code == 204
    w.ann.refresh_from_db()
    client = browser(w.ann)
    client.post("/language", {"language": "es", "next": "/"})
    page: Any = client.get("/account/", headers={"Accept-Language": "es"})
    assert '<html lang="de"' in html(page) and "Anzeigename" in html(page)
    assert '<option value="de" lang="de" selected>Deutsch</option>' in html(page)
    error: Any = client.post(
        "/web/preferences",
        {"theme": 1},
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert error.status_code == 400 and error["Content-Language"] == "de"
    assert post(w.ann, "/web/preferences", {"language": "fr"}).status_code == 400
    assert post(w.ann, "/web/preferences", {"language": ""}).status_code == 204
    w.ann.refresh_from_db()
    assert '<html lang="es"' in html(browser(w.ann).get("/account/", headers={"Accept-Language": "es"}))


def test_scripts_of_a_page_get_their_own_texts(w: World) -> None:
    client = browser(w.ann)
    page = html(client.get("/account/", headers=GERMAN))
    assert "Diese Seite ist abgelaufen" in page and "Mittlere Taste" not in page, (
        "the labeling page's are not sent"
    )
    label = html(client.get(f"/label/{w.images[0].pk}/", headers=GERMAN))
    assert "Mittlere Taste" in label and 'id="strings"' not in label
    assert 'id="strings"' not in html(client.get("/account/"))


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    moment = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
    template = Template("{% load ui %}{{ n|num }} {{ share|percent:1 }} {{ bytes|size }} {% age when %}")
    context = {"n": 1204, "share": 0.125, "bytes": 2_400_000, "when": moment}
    shown = {}
    for language in ("en", "de", "es"):
        with override(language):
            shown[language] = template.render(Context(context)).replace("\xa0", " ")
    assert shown["en"].startswith("1,204 12.5 % 2.4 MB") and ">5 Mar 2024<" in shown["en"]
    assert (
        shown["de"].startswith("1.204 12,5 % 2,4 MB")
        and 'title="5. März 2024 14:30">5. März 2024<' in shown["de"]
    )
    assert shown["es"].startswith("1 204 12,5 % 2,4 MB") and ">5 mar 2024<" in shown["es"]


def test_every_dialect_is_an_address_of_programs() -> None:
    assert [prefix for prefix in DIALECTS if not f"/{prefix}/".startswith(PROGRAMS)] == []


@pytest.mark.parametrize("language", ["de", "es"])
@pytest.mark.parametrize(
    ("path", "is_known"),
    [
        ("/v1/projects?limit=abc", True),
        ("/v1/projects", False),
        ("/v1/nowhere", True),
        ("/api/v2/projects/?limit=abc", True),
        ("/api/v2/nowhere/", True),
        ("/api/v1/datasets?limit=abc", True),
        ("/customvision/v3.3/training/projects", False),
        ("/customvision/v3.3/training/projects/x", True),
        ("/api/schema/", False),
    ],
)
def test_a_dialect_answers_the_same_in_every_language(
    w: World, path: str, is_known: bool, language: str
) -> None:
    """Errors of DRF and django-filter have translations of their own: they must not reach a client."""
    key = w.token(w.max)
    sent = {"X-Api-Key": key, "Training-Key": key, "Authorization": f"Bearer {key}"} if is_known else {}
    english: Any = browser().get(path, headers=sent)
    other: Any = browser().get(path, headers=sent | {"Accept-Language": language})
    assert (other.status_code, other.content) == (english.status_code, english.content)
    assert "Content-Language" not in other


def test_a_signed_in_german_gets_the_same_answers_of_an_api(w: World) -> None:
    w.ann.preferences = {"language": "de"}
    w.ann.save()
    client = browser(w.ann)
    assert client.get("/v1/projects").content == browser().get("/v1/projects").content
    assert get(w.ann, "/account/")["Content-Language"] == "de"


def test_numbers_for_scripts_and_drawings_have_a_point(w: World) -> None:
    """A comma in an attribute would be another number, or none."""
    max_browser = browser(w.max)
    project = f"/projects/{w.project.pk}"
    schema: Any = max_browser.post(
        f"/web{project}/keypoints/new",
        {"template": "coco_person_17", "name": "Body"},
        headers={"Accept": "application/json"},
    )
    assert schema.status_code == 200, schema.content[:300]
    made: Any = max_browser.post(
        f"/web{project}/augmentation/new", {"name": "Flips"}, headers={"Accept": "application/json"}
    )
    assert made.status_code == 200, made.content[:300]
    for path in (
        f"{project}/",
        f"{project}/keypoints/",
        schema.json()["to"],
        made.json()["to"],
        f"{project}/datasets/",
        "/jobs/",
    ):
        page: Any = max_browser.get(path, headers=GERMAN)
        assert page.status_code == 200 and '<html lang="de"' in html(page), path
        assert re.findall(r'[\w-]+="-?\d+,\d[^"]*"', html(page)) == [], path
