"""The time zones that this host knows, and which holds where it does not know the one that was kept."""

import functools
import zoneinfo


@functools.cache
def known_zones() -> frozenset[str]:
    """Every IANA time zone of this host; they are read from its files once."""
    return frozenset(zoneinfo.available_timezones())


def in_force(name: str) -> str:
    """The zone itself; UTC where this host has no such zone, as after a move to another machine."""
    return name if name in known_zones() else "UTC"
