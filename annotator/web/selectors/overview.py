"""What the overview of a project shows: progress, figures, a chart, classes, members, activity; reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _, ngettext

from annotator import policy
from annotator.models import Concept, Media, Project
from annotator.web.places import Place
from annotator.web.selectors import activity, classes, history, members, progress
from annotator.web.templatetags.ui import num, percent

PERIODS = (7, 28, 90)
# The chart is drawn in a box of WIDE (on phones NARROW) x 150; its bars stand between these lines.
WIDE, NARROW = 1000, 400
LEFT, TOP, BOTTOM = 34.0, 11.0, 128.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, with attributes of its rectangle as text (a point whatever the language)."""

    x: str
    y: str
    width: str
    height: str
    title: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class Mark:
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    bars: list[Bar]
    lines: list[Mark]
    ticks: list[Mark]
    sentence: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The four numbers under the bar, each with a line below it."""

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
    """Everything that changes while people work; the page fetches it again when something happened."""

    progress: progress.Progress
    figures: Figures
    charts: tuple[Chart, Chart]
    classes: list[classes.ConceptRow]
    class_total: int
    people: list[PersonRow]
    feed: list[activity.Line]
    days: int


def overview(place: Place, days: int = 28) -> Overview:
    """Return the overview of a project. The number of queries does not depend on its size."""
    project = place.project
    states = progress.of_project(project.pk)
    recent = history.days(project.pk, max(days, 14))
    rows = classes.classes(project)
    total = sum(row.count for row in rows)
    return Overview(
        progress=states,
        figures=_figures(states, recent, total),
        charts=(_chart(recent[-days:], WIDE), _chart(recent[-days:], NARROW)),
        classes=sorted(rows, key=lambda row: -row.count)[:16],
        class_total=total,
        people=_people(place, recent[-7:]),
        feed=activity.lines(project.pk),
        days=days,
    )


def is_empty(project: Project) -> bool:
    """Return whether nothing was put into a project yet: then its page leads on. One query or two."""
    return not (
        Media.all_objects.filter(project=project, trashed_at=None).exists()
        or Concept.all_objects.filter(project=project).exists()
    )


def next_media(project: Project, role: str) -> uuid.UUID | None:
    """Return the first picture that waits for this role: to review for a reviewer, else to label; any picture at last."""
    rows = Media.live_in(project.pk).in_list_order()
    labels = [Q(status__base__in=("NEW", "AUTO-LABELLED")), Q(status__base="IN PROGRESS")]
    review = [Q(status__base="TO REVIEW")] if policy.may_set_status(role, "DONE") else []
    for wanted in [*review, *labels] if role == "reviewer" else [*labels, *review]:
        found = rows.filter(wanted).values_list("pk", flat=True).first()
        if found is not None:
            return uuid.UUID(str(found))
    return rows.values_list("pk", flat=True).first()


def _figures(states: progress.Progress, recent: list[history.Day], objects: int) -> Figures:
    week, before = sum(day.count for day in recent[-7:]), sum(day.count for day in recent[-14:-7])
    per_image = (
        formats.number_format(round(objects / states.total, 1), decimal_pos=1) if states.total else "0"
    )
    return Figures(week, _trend(week, before), objects, per_image, states.to_label, states.to_review)


def _trend(week: int, before: int) -> str:
    if not before:
        return _("0 the week before") if week else ""
    change = (week - before) / before
    if abs(change) < 0.005:
        return _("same as the week before")
    return (_("up %(share)s") if change > 0 else _("down %(share)s")) % {"share": percent(abs(change))}


def _people(place: Place, week: list[history.Day]) -> list[PersonRow]:
    work = members.work_of(place.project.pk)
    finished: history.Tally = history.Tally()
    for day in week:
        finished.update(day.by_person)
    rows = []
    for row in members.members(place):
        changes, last = work.get(row.member.user_id, (0, None))
        rows.append(PersonRow(row, finished.get(row.member.user_id, 0), changes, last))
    rows.sort(key=lambda row: (-row.finished, -row.changes))
    return rows


def _chart(days: list[history.Day], box: int) -> Chart:
    highest = _nice(max((day.count for day in days), default=0))
    step = (box - LEFT) / len(days)
    width, unit = min(24.0, step * 0.75), (BOTTOM - TOP) / highest
    bars = []
    for place, day in enumerate(days):
        height = day.count * unit
        title = f"{_day(day.date)}: " + ngettext("%(n)s image", "%(n)s images", day.count) % {
            "n": num(day.count)
        }
        x = LEFT + place * step + (step - width) / 2
        bars.append(
            Bar(
                f"{x:.1f}",
                f"{BOTTOM - height:.1f}",
                f"{width:.1f}",
                f"{height:.1f}",
                title,
                place == len(days) - 1,
            )
        )
    lines = [Mark(f"{BOTTOM - value * unit:.1f}", num(value)) for value in (0, highest // 2, highest)]
    sentence = _("Images finished per day, %(first)s to %(last)s; %(most)s at most") % {
        "first": _day(days[0].date), "last": _day(days[-1].date), "most": num(max(day.count for day in days)),
    }  # fmt: skip
    return Chart(box, bars, lines, _ticks(days, step, box), sentence)


def _ticks(days: list[history.Day], step: float, box: int) -> list[Mark]:
    every = {7: 1, 28: 7}.get(len(days), 14) * (1 if box == WIDE else 2)
    ticks = []
    for place in range(0, len(days), every):
        if (len(days) - 1 - place) * step > 60:
            ticks.append(Mark(f"{max(LEFT + 14, LEFT + (place + 0.5) * step):.1f}", _day(days[place].date)))
    return [*ticks, Mark(f"{min(box - 16, LEFT + (len(days) - 0.5) * step):.1f}", _("today"))]


def _day(value: date) -> str:
    return formats.date_format(value, "j M")


def _nice(value: int) -> int:
    """Return an even number at least as high, whose half is a round number too."""
    for step in (2, 4, 6, 10, 20, 30, 40, 50, 60, 80, 100):
        if value <= step:
            return step
    magnitude = 10 ** (len(str(value)) - 1)
    return next(factor * magnitude for factor in (1, 2, 3, 4, 6, 8, 10) if factor * magnitude >= value)
