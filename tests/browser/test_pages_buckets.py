"""Buckets in a browser, on an S3 server that checks signatures: added, tried, and imported from, mostly by keys; axe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from playwright.sync_api import expect

from tests import servers
from tests.browser.axe import violations
from tests.browser.rooms import Rooms
from tests.world import picture

pytestmark = pytest.mark.browser
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


@pytest.fixture
def s3() -> Iterator[tuple[servers.S3, dict[str, str]]]:
    """An S3 server with two images in folders, and the keys of the only account that it lets in."""
    with servers.s3() as server:
        store = boto3.client("s3", endpoint_url=server.endpoint, **KEYS)
        for number, key in enumerate(("2024/may/a.jpg", "2024/b.jpg"), 1):
            store.put_object(Bucket=server.bucket, Key=key, Body=picture(number))
        store.put_object(Bucket=server.bucket, Key="notes.txt", Body=b"notes")
        accounts = boto3.client("iam", endpoint_url=server.endpoint, **KEYS)
        accounts.create_user(UserName="reader")
        rule = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
        accounts.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
        made: Any = accounts.create_access_key(UserName="reader")["AccessKey"]
        requests.post(f"{server.endpoint}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
        yield server, {"access": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def test_a_bucket_is_added_tried_and_imported(rooms: Rooms, s3: tuple[servers.S3, dict[str, str]]) -> None:
    server, keys = s3
    room = rooms(1)
    page = room.page("owner", "buckets/")
    expect(page.get_by_text("No buckets yet.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Manage buckets").last.press("Enter")
    page.get_by_role("button", name="New bucket").first.press("Enter")
    dialog = page.get_by_role("dialog", name="New bucket")
    expect(dialog.get_by_label("Description")).to_be_focused()
    page.keyboard.type("Camera")
    for name, value in (
        ("Bucket name", server.bucket), ("Access key", keys["access"]), ("Secret key", "wrong"), ("Endpoint", server.endpoint)
    ):  # fmt: skip
        dialog.get_by_label(name).locator("visible=true").fill(value)
    assert violations(page) == []
    dialog.get_by_label("Endpoint").press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Bucket added.")
    row = page.get_by_role("row", name="Camera")
    row.get_by_role("button", name="Test Camera").press("Enter")
    expect(page.locator(".toast").last).to_contain_text(
        "The bucket cannot be read: its secret key is not right."
    )
    row.get_by_role("button", name="Edit Camera").press("Enter")
    dialog = page.get_by_role("dialog", name="Edit bucket")
    expect(dialog.get_by_label("Secret key")).to_have_value("")
    for name, value in (
        ("Bucket name", server.bucket), ("Access key", keys["access"]), ("Secret key", keys["secret"]), ("Endpoint", server.endpoint)
    ):  # fmt: skip
        dialog.get_by_label(name).locator("visible=true").fill(value)
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Bucket saved.")
    assert keys["secret"] not in page.content() and keys["access"] not in page.content()
    row.get_by_role("button", name="Test Camera").press("Enter")
    expect(page.locator(".toast").last).to_contain_text("can be read. Its first file is 2024/b.jpg.")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert violations(page) == []

    page.goto(room.url("upload/"))
    page.get_by_role("link", name="Import from a bucket").press("Enter")
    files, status = page.get_by_role("list", name="Files of the bucket"), page.locator("#b-status")
    expect(status).to_have_text("1 folder, 1 file")
    files.get_by_role("button", name="2024").press("Enter")
    expect(status).to_have_text("1 folder, 1 file")
    expect(page.get_by_label("Folder or prefix")).to_have_value("2024/")
    expect(files.get_by_role("button", name="Up")).to_be_focused()
    expect(files).to_contain_text("b.jpg")
    page.get_by_label("Folder or prefix").fill("nothing")
    page.keyboard.press("Enter")
    expect(status).to_have_text("No file begins with this.")
    files.get_by_role("button", name="Up").press("Enter")
    expect(page.get_by_label("Folder or prefix")).to_have_value("")
    files.get_by_role("button", name="2024").press("Enter")
    expect(files).to_contain_text("b.jpg")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Import started.")
    job = page.locator("#rows tr").first
    expect(job).to_contain_text("Camera: 2024/")
    expect(job).to_contain_text("2 images added", timeout=60_000)
    sql = "SELECT source_url FROM annotator_media WHERE project_id = %s AND bucket_id IS NOT NULL ORDER BY source_url"
    kept = room.server.query(sql, room.ids["project"].replace("-", ""))
    assert [key for (key,) in kept] == ["bucket:2024/b.jpg", "bucket:2024/may/a.jpg"]
