"""The time zone that holds where this host may not know the one that was kept."""

import functools
import zoneinfo


def in_force(name: str) -> str:
    """The zone itself; UTC where this host has no such zone, as after a move to another machine."""
    return name if name in _known() else "UTC"


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
