"""Pages of lists: by number from 1; no totals."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Invalid

PER_PAGE, MAX_PER_PAGE = 128, 1000
#: How deep a list can be paged.
MAX_OFFSET = 100_000_000


def page_of(request: Any, per_page: int = PER_PAGE) -> slice:
    """Return the rows that `page` and `per_page` of a request mean; 0 is as good as absent. Raises Invalid."""
    size = request.per_page or per_page
    if size > MAX_PER_PAGE:
        raise Invalid(f"per_page must be at most {MAX_PER_PAGE}.", field="per_page")
    start = ((request.page or 1) - 1) * size
    if start > MAX_OFFSET:
        raise Invalid("page is too large.", field="page")
    return slice(start, start + size)
