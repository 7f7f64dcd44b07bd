"""The rules that hold for every request and response of the JSON channel, and that the addresses are the vendor's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import Resolver404, resolve

from annotator.domain.errors import Invalid
from api.clarifai import messages, rpcs
from api.clarifai.urls import OF_APPS, OTHERS
from tests.api.clarifai.conftest import Callers, caller
from tests.world import World

SERVED = sorted({name for *_, actions in (*OF_APPS, *OTHERS) for name in actions.values()})


def kind(name: str) -> Any:
    return getattr(messages.resources(), name)


def test_keys_in_either_case_enums_by_name_or_number_and_unknown_keys() -> None:
    for data in (
        {"appId": "a", "visibility": {"gettable": "PUBLIC"}},
        {"app_id": "a", "visibility": {"gettable": 50}, "new": [1]},
    ):
        found = messages.read(kind("Concept"), data)
        assert (found.app_id, found.visibility.gettable) == ("a", 50)
    assert messages.read(kind("Upload"), {"content_length": "7"}).content_length == 7
    assert messages.read(kind("Upload"), {"contentLength": 7}).content_length == 7


def test_an_absent_value_of_a_concept_is_one_and_a_negative_one_is_written() -> None:
    absent, negative = (
        messages.read(kind("Concept"), data) for data in ({"id": "a"}, {"id": "a", "value": 0})
    )
    assert (absent.value, negative.value) == (1.0, 0.0)
    assert messages.write(negative) == {"id": "a", "value": 0}
    data = {"data": {"regions": [{"data": {"concepts": [{"id": "a"}]}}]}}
    assert messages.read(kind("Input"), data).data.regions[0].data.concepts[0].value == 1.0


def test_absent_and_empty_objects_differ() -> None:
    found = messages.read(kind("Data"), {"image": {}, "video": None})
    assert (found.HasField("image"), found.HasField("video"), found.HasField("text")) == (True, False, False)


def test_fields_that_are_written_though_they_are_empty() -> None:
    box = messages.read(kind("RegionInfo"), {"bounding_box": {"right_col": 0.5}})
    assert messages.write(box) == {
        "bounding_box": {"top_row": 0, "left_col": 0, "bottom_row": 0, "right_col": 0.5}
    }
    empty = messages.method("PostInputsSearches")[1]()
    assert messages.write(empty) == {"hits": []}
    response = messages.method("PostInputs")[1](inputs_add_job={"id": "a"}, status={"code": 10000})
    assert list(messages.write(response)) == ["status", "inputs", "inputs_add_job"]


def test_numbers_of_metadata_stay_integers() -> None:
    found = messages.read(kind("Concept"), {"metadata": {"a": 1, "b": [1.5, {"c": 2}], "d": None}})
    assert messages.read_struct(found.metadata) == {"a": 1, "b": [1.5, {"c": 2}], "d": None}
    said = messages.write(found)["metadata"]
    assert said == {"a": 1, "b": [1.5, {"c": 2}], "d": None} and isinstance(said["a"], int)


@pytest.mark.parametrize(
    "data",
    [
        [], "x", None, 1, {"id": 5}, {"value": "x"}, {"value": "NaN"}, {"value": 1e300}, {"value": True}, {"visibility": []},
        {"visibility": "PUBLIC"}, {"keypoint_info": {"skeleton": {}}}, {"keypoint_info": {"skeleton": [{"k1": -1}]}}, {"created_at": "x"},
        {"metadata": 3}, {"id": "\ud800"},
    ],
)  # fmt: skip
def test_values_of_other_types_are_refused(data: Any) -> None:
    with pytest.raises(Invalid):
        messages.read(kind("Concept"), data)


def test_query_strings() -> None:
    request = messages.method("ListInputs")[0]
    query = QueryDict(
        "user_app_id.user_id=me&userAppId.appId=a&ids=1,2&ids=3&status.code=INPUT_SUCCESS&perPage=5&page=&inputs.id=1&status=1&x.y=1"
    )
    data = messages.read_query(request, query)
    assert data == {
        "user_app_id": {"user_id": "me", "app_id": "a"}, "ids": ["1", "2", "3"], "status": {"code": "INPUT_SUCCESS"}, "per_page": "5",
    }  # fmt: skip
    found = messages.read(request, data)
    assert (found.status.code, found.per_page, list(found.ids)) == (30000, 5, ["1", "2", "3"])
    apps = messages.method("ListApps")[0]
    for text in ("True", "true", "1"):
        assert messages.read(apps, messages.read_query(apps, QueryDict(f"sort_by_name={text}"))).sort_by_name
    with pytest.raises(Invalid):
        messages.read(apps, messages.read_query(apps, QueryDict("sort_by_name=maybe")))


def test_every_rpc_is_served_at_every_address_that_the_vendor_has() -> None:
    assert set(SERVED) == set(rpcs.RPCS)
    for name in SERVED:
        for method, template in messages.bindings(name):
            path = re.sub(r"\{[^}]*\}", "x", template)
            try:
                match: Any = resolve(path)
            except Resolver404:
                pytest.fail(path)
            assert match.func.actions.get(method) == name, (name, method, path)


@pytest.mark.parametrize("header", ["", "Bearer {}", "Key", "Key nonsense", "key {}", "Key {}x"])
@pytest.mark.parametrize("path", ["/concepts", "/nothing/of/that/kind"])
def test_keys_that_are_none(w: World, header: str, path: str) -> None:
    one = caller(None)
    one.headers = {"Authorization": header.format(w.token(w.max))} if header else {}
    answer = one.raw("GET", path)
    assert answer.status_code == 401
    status = answer.json()["status"]
    assert (status["code"], status["description"]) == (
        11008,
        "Invalid API key or Invalid API key/application pair",
    )


def test_other_addresses_answer_in_the_same_form(w: World, by: Callers) -> None:
    for prefix in ("", "/v2", "/v2/users"):
        assert by.vera.said("POST", f"{prefix}/nothing", {}, code=11101, status=404)
    top = caller(w.token(w.vera), "")
    assert top.said("GET", "/v2", code=11101, status=404)
    assert top.said("GET", "/v2/", code=11101, status=404)


def test_ids_of_requests_begin_as_the_client_wants(w: World, by: Callers) -> None:
    answer = by.vera.raw("GET", "/concepts", headers={"X-Clarifai-Request-ID-Prefix": "mine-"})
    assert re.fullmatch("mine-[0-9a-f]{32}", answer.json()["status"]["req_id"])
    answer = by.vera.raw("GET", "/concepts/none", headers={"X-Clarifai-Request-ID-Prefix": "mine-"})
    assert re.fullmatch("mine-[0-9a-f]{32}", answer.json()["status"]["req_id"])
