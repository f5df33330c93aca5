"""What several chapters use."""

from datetime import datetime, timezone
from uuid import UUID

NOBODY = UUID("00000000-0000-4000-8000-000000000000")
LATER = datetime(2090, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
EARLIER = datetime(2001, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


def names(found):
    """The names of what was found, in the order that the server chose."""
    return [each.name for each in found]


def by_name(each):
    return each.name


def count(found):
    return len(found)
