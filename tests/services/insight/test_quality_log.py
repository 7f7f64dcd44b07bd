"""The quality log of a project and of a dataset: lines, order, counts, and what changes with the images."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.models import Dataset, Media, QualityIssue
from annotator.services import blobs
from annotator.services.insight import quality_log
from annotator.services.insight.quality_log import QualityLog
from annotator.services.media import batches, changes, creation
from annotator.services.media.rows import NewImage
from tests.storage import pictures
from tests.world import World, actor, make_dataset, make_images


def images(w: World, dataset: Dataset, **files: bytes) -> dict[str, Media]:
    new = [NewImage(dataset, f"{name}.jpg", blobs.put_bytes(data)) for name, data in files.items()]
    made = batches.create_many(actor=actor(w.max), project=dataset.project, images=new)
    return {one.name.removesuffix(".jpg"): one.media for one in made if one.media}


def lines(w: World, dataset: Dataset | None = None) -> list[str]:
    log = QualityLog(project=w.project, dataset=dataset)
    found = log[0:1000]
    assert (list(log), log.count()) == (found, len(found))
    return found


@pytest.fixture
def night(w: World) -> Dataset:
    return make_dataset(w.project, "Night")


def test_one_line_a_finding_in_row_order_behind_a_summary(w: World, night: Dataset) -> None:
    made = images(
        w, night, turned=pictures.turned_jpeg(), page=pictures.HTML, empty=b"", fine=pictures.jpeg(), again=pictures.jpeg(),
        vector=b"<svg xmlns='http://www.w3.org/2000/svg'/>", cut=pictures.jpeg(300, 300)[:5000],
    )  # fmt: skip
    QualityIssue.objects.create(
        project=w.project, dataset=night, severity="warning", code="bad_path", source="a.zip: ../x", message="Not imported."
    )  # fmt: skip
    row = {name: one.number for name, one in made.items()}
    found = lines(w, night)
    assert found[0] == "SUMMARY rows=7 findings=7 errors=4 warnings=2 infos=1"
    starts = [
        f'INFO row={row["turned"]} column=image file="turned.jpg": Shown turned',
        f'ERROR row={row["page"]} column=image file="page.jpg": It cannot be decoded: it is an HTML page',
        f'ERROR row={row["empty"]} column=image file="empty.jpg": The file is empty (0 bytes) (zero_bytes)',
        f'WARNING row={row["again"]} column=image file="again.jpg": The same bytes as fine.jpg (duplicate_of)',
        f'ERROR row={row["vector"]} column=image file="vector.jpg": It cannot be decoded: it is an SVG',
        f'ERROR row={row["cut"]} column=image file="cut.jpg": It cannot be decoded',
        'WARNING column=image file="a.zip: ../x": Not imported (bad_path)',
    ]
    for line, start in zip(found[1:], starts, strict=True):
        assert line.startswith(start), line
    ends = [line.rpartition("(")[2] for line in found[1:]]
    assert ends == ["exif_rotated)", "not_an_image)", "zero_bytes)", "duplicate_of)", "unsupported_format)", "truncated)", "bad_path)"]  # fmt: skip
    whole = lines(w)
    assert whole[1:] == found[1:]
    assert whole[0] == found[0].replace("rows=7", f"rows={7 + len(w.images)}")
    assert lines(w, w.dataset) == [f"SUMMARY rows={len(w.images)} findings=0 errors=0 warnings=0 infos=0"]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 0), (0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 100), (3, 100), (100, 200)]
)
def test_pages_are_parts_of_the_whole(w: World, night: Dataset, start: int, stop: int) -> None:
    images(w, night, a=b"", b=pictures.HTML)
    log = QualityLog(project=w.project)
    assert log[start:stop] == list(log)[start:stop]


def test_it_follows_what_happens_to_images(w: World, night: Dataset) -> None:
    made = images(w, night, fine=pictures.jpeg(), again=pictures.jpeg(), page=pictures.HTML)
    codes = lambda: [line.rpartition("(")[2][:-1] for line in lines(w)[1:]]  # noqa: E731
    assert codes() == ["duplicate_of", "not_an_image"]
    changes.rename(actor=actor(w.max), media=made["page"], name="new name.jpg")
    assert 'file="new name.jpg"' in lines(w)[2]
    changes.trash(actor=actor(w.max), project=w.project, media=[made["fine"].pk])
    assert codes() == ["not_an_image"]
    changes.restore(actor=actor(w.max), project=w.project, media=[made["fine"].pk])
    assert codes() == ["duplicate_of", "not_an_image"]
    sound = blobs.put_bytes(pictures.jpeg())
    creation.replace_content(actor=actor(w.max), media=made["page"], source=sound)
    assert codes() == ["duplicate_of", "duplicate_of"]
    other = blobs.put_bytes(pictures.jpeg(30, 30))
    for name in ("fine", "again"):
        creation.replace_content(actor=actor(w.max), media=made[name], source=other)
        other = blobs.put_bytes(pictures.jpeg(31, 30))
    assert codes() == []


def test_any_length_is_read_with_as_many_statements(
    w: World, night: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for number in (5, 100):
        for one in make_images(night, number, start=number, width=4, height=4):
            QualityIssue.objects.create(
                project=w.project, media=one, code="too_small", source="x", message="Small.\nVery."
            )
        with CaptureQueriesContext(connection) as queries:
            log = QualityLog(project=w.project)
            assert (len(log[0:100]), log.count()) == (
                min(100, QualityIssue.objects.count() + 1),
                QualityIssue.objects.count() + 1,
            )
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert all("\n" not in line for line in log)
    monkeypatch.setattr(quality_log, "_PORTION", 7)
    assert len(set(QualityLog(project=w.project))) == 106
