"""The base of the operator's commands: what stops one is said in a sentence on standard error, without a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, ProgrammingError

from annotator.domain.errors import DomainError


class OperatorCommand(BaseCommand):
    """A command for people. Refusals, files that cannot be had and a database that cannot be used end it with status 1.

    Mistakes of ours still show their trace; `--traceback` shows that of the others too.
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
            words = _words_of(error)
            if words is None:
                raise
            raise CommandError(words) from error

    def tell_losses(self, report: Iterable[Mapping[str, Any]]) -> None:
        """Write what an import or export could not say, a line for each kind, on standard error."""
        for line in report:
            examples = ", ".join(line["examples"][:3])
            count = f"{line['count']:,}x" + (f", e.g. {examples}" if examples else "")
            self.stderr.write(f"{line['field']}: {line['reason']} ({count})")


def _words_of(error: DatabaseError) -> str | None:
    """Return what to do about a database that cannot be used, None when the fault is in a statement of ours."""
    text = str(error).strip().partition("\n")[0]
    if "no such" in text or (isinstance(error, ProgrammingError) and "does not exist" in text):
        return "The database schema is not up to date: run `manage.py prepare`, or `manage.py migrate` for the tables only."
    if "locked" in text:
        return "The database is locked by another process. Try again when it has finished."
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return f"The database cannot be used: {text}."
    return None
