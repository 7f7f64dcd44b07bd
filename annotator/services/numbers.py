"""Numbers that are unique in a project: of media, concepts and jobs; handed out by counters beside its clock."""

from __future__ import annotations

import uuid

from django.db import connection

from annotator.models import Project, ProjectClock


def next_number(project_id: uuid.UUID, column: str, count: int = 1) -> int:
    """Reserve `count` numbers of the project's counter and return the first. Locks the clock row until commit."""
    with connection.cursor() as cursor:
        table = ProjectClock._meta.db_table
        key = Project._meta.pk.get_db_prep_value(project_id, connection)
        cursor.execute(
            f'UPDATE "{table}" SET {column} = {column} + %s WHERE project_id = %s RETURNING {column}',  # noqa: S608 (names of ours)
            [count, key],
        )
        row = cursor.fetchone()
    return int(row[0]) - count + 1


def keep_number(project_id: uuid.UUID, column: str, number: int) -> None:
    """Note that an import has used `number`, so that the counter hands out only larger ones."""
    ProjectClock.objects.filter(pk=project_id, **{f"{column}__lt": number}).update(**{column: number})
