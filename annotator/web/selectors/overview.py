"""Read-only queries for the project overview: progress, figures, chart, classes, members, activity."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from annotator import policy
from annotator.models import Concept, Media, MediaStatus, Project
from annotator.services.media.selection import MediaSelection
from annotator.web.media_filter import list_media
from annotator.web.scopes import Scope
from annotator.web.selectors import activity, classes, history, members, progress
from annotator.web.templatetags.ui import counted_media, day as day_text, num, percent

PERIODS = (7, 28, 90)
# The chart is WIDE (NARROW on phones) x 150 units; its bars are between these lines.
WIDE, NARROW = 1000, 400
LEFT, TOP, BOTTOM = 34.0, 11.0, 128.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart; the attributes of its rectangle are text with a decimal point in every language."""

    x: str
    y: str
    width: str
    height: str
    title: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class ChartText:
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    bars: list[Bar]
    lines: list[ChartText]
    ticks: list[ChartText]
    description: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The four numbers below the bar."""

    finished: int
    trend: str
    objects: int
    per_image: str
    to_label: int
    to_review: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    member: members.MemberRow
    finished: int
    changes: int
    last: object


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that changes while members work; the page fetches it again after events."""

    progress: progress.Progress
    figures: Figures
    charts: tuple[Chart, Chart]
    classes: list[classes.ConceptRow]
    class_total: int
    people: list[PersonRow]
    feed: list[activity.Line]
    days: int


def overview(scope: Scope, days: int = 28) -> Overview:
    """Return the overview of a project. The number of queries does not depend on its size."""
    project = scope.project
    project_progress = progress.of_project(project.pk)
    recent = history.days(project.pk, max(days, 14))
    rows = classes.classes(project)
    total = sum(row.count for row in rows)
    return Overview(
        progress=project_progress,
        figures=_figures(project_progress, recent, total),
        charts=(_chart(recent[-days:], WIDE, project), _chart(recent[-days:], NARROW, project)),
        classes=sorted(rows, key=lambda row: -row.count)[:16],
        class_total=total,
        people=_people(scope, recent[-7:]),
        feed=activity.lines(project),
        days=days,
    )


def is_empty(project: Project) -> bool:
    """Return whether a project has neither media nor concepts. One or two queries."""
    return not (
        Media.all_objects.filter(project=project, trashed_at=None).exists()
        or Concept.all_objects.filter(project=project).exists()
    )


def next_media(project: Project, role: str) -> uuid.UUID | None:
    """Return the first image to review (for a reviewer) or to label; any image if there is none."""
    rows = Media.live_in(project.pk).in_list_order()
    labels = [Q(status__base__in=("NEW", "AUTO-LABELLED")), Q(status__base="IN PROGRESS")]
    review = [Q(status__base="TO REVIEW")] if policy.may_set_status(role, "DONE") else []
    for condition in [*review, *labels] if role == "reviewer" else [*labels, *review]:
        found = rows.filter(condition).values_list("pk", flat=True).first()
        if found is not None:
            return uuid.UUID(str(found))
    return rows.values_list("pk", flat=True).first()


def reviews(scope: Scope) -> int:
    """Return how many images wait for the actor's review; 0 for whoever may not review. At most one query."""
    if not policy.may_review(scope.role):
        return 0
    return int(Media.live_in(scope.project.pk).filter(status__in=_to_review(scope.project)).count())


def next_review(project: Project) -> tuple[uuid.UUID, MediaSelection] | None:
    """Return the first image that waits for review, and the selection of all that do; None when none does."""
    selection = MediaSelection(statuses=tuple(_to_review(project).values_list("pk", flat=True)))
    first = list_media(project.pk, selection).values_list("pk", flat=True).first()
    return None if first is None else (first, selection)


def _to_review(project: Project) -> QuerySet[MediaStatus]:
    return MediaStatus.all_objects.filter(project=project, base="TO REVIEW")


def _figures(project_progress: progress.Progress, recent: list[history.Day], objects: int) -> Figures:
    week, before = sum(day.count for day in recent[-7:]), sum(day.count for day in recent[-14:-7])
    per_image = (
        formats.number_format(round(objects / project_progress.total, 1), decimal_pos=1)
        if project_progress.total
        else "0"
    )
    return Figures(
        week, _trend(week, before), objects, per_image, project_progress.to_label, project_progress.to_review
    )


def _trend(week: int, before: int) -> str:
    if not before:
        return _("0 the week before") if week else ""
    change = (week - before) / before
    if abs(change) < 0.005:
        return _("same as the week before")
    return (_("up %(share)s") if change > 0 else _("down %(share)s")) % {"share": percent(abs(change))}


def _people(scope: Scope, week: list[history.Day]) -> list[PersonRow]:
    work = members.label_changes_by_user(scope.project.pk)
    finished: history.Tally = history.Tally()
    for day in week:
        finished.update(day.by_user)
    rows = []
    for row in members.members(scope):
        changes, last = work.get(row.member.user_id, (0, None))
        rows.append(PersonRow(row, finished.get(row.member.user_id, 0), changes, last))
    rows.sort(key=lambda row: (-row.finished, -row.changes))
    return rows


def _chart(days: list[history.Day], chart_width: int, project: Project) -> Chart:
    highest = _round_up(max((day.count for day in days), default=0))
    step = (chart_width - LEFT) / len(days)
    width, unit = min(24.0, step * 0.75), (BOTTOM - TOP) / highest
    bars = []
    for index, day in enumerate(days):
        height = day.count * unit
        title = f"{_day(day.date)}: {counted_media(project, day.count)}"
        x = LEFT + index * step + (step - width) / 2
        bars.append(
            Bar(
                f"{x:.1f}",
                f"{BOTTOM - height:.1f}",
                f"{width:.1f}",
                f"{height:.1f}",
                title,
                index == len(days) - 1,
            )
        )
    lines = [ChartText(f"{BOTTOM - value * unit:.1f}", num(value)) for value in (0, highest // 2, highest)]
    text = (
        _("Videos finished per day, %(first)s to %(last)s; %(most)s at most")
        if project.content_type == "VIDEOS"
        else _("Images finished per day, %(first)s to %(last)s; %(most)s at most")
    )
    description = text % {
        "first": _day(days[0].date), "last": _day(days[-1].date), "most": num(max(day.count for day in days)),
    }  # fmt: skip
    return Chart(chart_width, bars, lines, _ticks(days, step, chart_width), description)


def _ticks(days: list[history.Day], step: float, width: int) -> list[ChartText]:
    every = {7: 1, 28: 7}.get(len(days), 14) * (1 if width == WIDE else 2)
    ticks = []
    for index in range(0, len(days), every):
        if (len(days) - 1 - index) * step > 60:
            ticks.append(
                ChartText(f"{max(LEFT + 14, LEFT + (index + 0.5) * step):.1f}", _day(days[index].date))
            )
    return [*ticks, ChartText(f"{min(width - 16, LEFT + (len(days) - 0.5) * step):.1f}", _("today"))]


def _day(value: date) -> str:
    return day_text(value, with_year=False)


def _round_up(value: int) -> int:
    """Return a round number that is at least `value` and whose half is round too."""
    for step in (2, 4, 6, 10, 20, 30, 40, 50, 60, 80, 100):
        if value <= step:
            return step
    magnitude = 10 ** (len(str(value)) - 1)
    return next(factor * magnitude for factor in (1, 2, 3, 4, 6, 8, 10) if factor * magnitude >= value)
