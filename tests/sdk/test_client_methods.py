"""Every method of the published `hasty` package is called by a test: a newer version's methods must get one each."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import hasty
import pytest
from hasty.hasty_object import HastyObject

HERE = Path(__file__).parent
#: The methods of each class by the test, or the helper of tests, that calls them.
DRIVEN: dict[str, dict[str, str]] = {
    "Client": {"test_projects": "get_workspaces get_projects get_project create_project"},
    "Workspace": {"make": "create_bucket"},
    "Project": {
        "test_projects": "edit delete",
        "test_datasets": "get_datasets get_dataset create_dataset",
        "test_images": "get_images get_image",
        "upload": "upload_from_file",
        "test_images_by_address": "upload_from_url",
        "test_upload_from_bucket": "upload_from_bucket",
        "test_label_classes": "get_label_classes get_label_class create_label_class",
        "test_tags": "get_tag_classes get_tag_class create_tag_class",
        "test_exports": "export",
        "test_attributes": (
            "get_attributes create_attribute get_attribute_classes set_attribute_classes delete_attribute_classes"
        ),
        "test_what_needs_a_model_says_that_there_is_none": (
            "get_detector get_instance_segmentor get_semantic_segmentor get_attributer create_automated_labeling_job"
        ),
        "test_runs_of_automated_labeling": "get_automated_labeling_jobs get_automated_labeling_job",
    },
    "VideoProject": {
        "test_projects_of_videos": "export",
        "sent": "upload_from_file",
        "test_videos": "upload_from_url get_videos get_video",
        "test_activity_types": "get_activity_types create_activity_type",
    },
    "Dataset": {"test_datasets": "edit delete"},
    "Image": {
        "test_images": "set_status download rename move delete",
        "test_tags": "get_tags add_tags delete_tags",
        "test_labels_come_back_as_they_were_given": "get_labels create_label create_labels edit_labels delete_labels",
    },
    "Label": {
        "test_labels_come_back_as_they_were_given": "edit delete",
        "test_attributes": "get_attributes set_attribute",
    },
    "LabelClass": {"test_label_classes": "edit delete"},
    "TagClass": {"test_tags": "edit delete"},
    "Attribute": {"test_attributes": "edit delete"},
    "ExportJob": {"test_exports": "check_status download"},
    "Video": {
        "test_videos": "download rename move delete",
        "wait_for": "check_health",
        "test_statuses_of_videos": "set_status",
        "test_segments": "create_activity get_activities",
    },
    "ActivityType": {"test_activity_types": "edit delete"},
    "Activity": {"test_segments": "edit delete"},
    "AutomatedLabelingJob": {"test_runs_of_automated_labeling": "check_status"},
    **{
        model: {"test_what_needs_a_model_says_that_there_is_none": "discover_model predict"}
        for model in ("Detector", "InstanceSegmentor", "SemanticSegmentor", "Attributer")
    },
}


def methods() -> set[tuple[str, str]]:
    """Return the public methods of the package's client and objects."""
    modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(hasty.__path__, "hasty.")]
    classes = {
        value for module in modules for value in vars(module).values()
        if inspect.isclass(value) and (value is hasty.Client or issubclass(value, HastyObject))
    }  # fmt: skip
    return {
        (each.__name__, name)
        for each in classes
        for name, value in vars(each).items()
        if inspect.isfunction(value) and not name.startswith("_") and each is not HastyObject
    }


def test_every_method_has_its_test() -> None:
    driven = {
        (name, method) for name, tests in DRIVEN.items() for row in tests.values() for method in row.split()
    }
    assert driven == methods()


@pytest.mark.parametrize("name", DRIVEN)
def test_the_tests_call_them(name: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*hasty*.py")))
    text += "\n" + (HERE / "conftest.py").read_text(encoding="utf-8")
    bodies: dict[str, str] = {}
    for found in re.split(r"^(?=def )", text, flags=re.MULTILINE)[1:]:
        test = found[4 : found.index("(")]
        bodies[test] = bodies.get(test, "") + found
    for test, row in DRIVEN[name].items():
        for method in row.split():
            assert f".{method}(" in bodies[test], (test, method)
