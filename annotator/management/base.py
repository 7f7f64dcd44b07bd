"""The base class of our commands: errors are one line on standard error, without a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, ProgrammingError

from annotator.domain.errors import DomainError
from annotator.services.damage import Use

# The exit status of a command that did its work, but found damaged or missing files.
INCOMPLETE = 3


class OperatorCommand(BaseCommand):
    """A command whose expected errors (domain errors, files, database) end it with a message and status 1.

    Unexpected errors still show their traceback; `--traceback` shows that of expected errors too.
    """

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            return super().execute(*args, **options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            file = error.filename2 or error.filename
            reason = error.strerror or str(error)
            raise CommandError(f"{file}: {reason}." if file else f"{reason}.") from error
        except DatabaseError as error:
            message = _message_of(error)
            if message is None:
                raise
            raise CommandError(message) from error

    def write_report(self, report: Iterable[Mapping[str, Any]]) -> None:
        """Write the loss report of an import or export to standard error, one line per entry."""
        for line in report:
            examples = ", ".join(line["examples"][:3])
            count = f"{line['count']:,}x" + (f", e.g. {examples}" if examples else "")
            self.stderr.write(f"{line['field']}: {line['reason']} ({count})")

    def write_lost(self, lost: Sequence[Use], limit: int | None = None) -> None:
        """Write what is lost with damaged files to standard error: a line each, up to a limit."""
        for use in lost[:limit]:
            self.stderr.write(f"{use.damage:<12} {use.name}")
        if limit is not None and len(lost) > limit:
            self.stderr.write(f"... and {len(lost) - limit:,} more: `manage.py verify --media` lists all.")


def _message_of(error: DatabaseError) -> str | None:
    """Return the message for a database that cannot be used, None if the error is in our own statement."""
    text = str(error).strip().partition("\n")[0]
    if "no such" in text or (isinstance(error, ProgrammingError) and "does not exist" in text):
        return "The database schema is not up to date: run `manage.py prepare`, or `manage.py migrate` for the tables only."
    if "locked" in text:
        return "The database is locked by another process. Try again when it has finished."
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return f"The database cannot be used: {text}."
    return None
