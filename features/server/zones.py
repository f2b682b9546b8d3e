"""Time zones by their IANA names, as people type them."""

import difflib
from functools import cache
from zoneinfo import available_timezones

# for a menu, from west to east; every other one is typed
COMMON_ZONES = (
    "UTC",
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Athens",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)


def find_zone(typed: str) -> str:
    """The IANA name that was typed, whatever its case. Raises ValueError with the nearest names."""
    wanted = typed.strip().casefold().replace(" ", "_")
    found = _zones().get(wanted)
    if found is not None:
        return found
    near = difflib.get_close_matches(wanted, _zones(), n=3, cutoff=0.5)
    offer = f" Did you mean {', '.join(_zones()[name] for name in near)}?" if near else ""
    raise ValueError(
        f"There is no time zone called “{typed.strip()[:40]}”; they look like Europe/Berlin.{offer}"
    )


def suggest_zones(typed: str) -> list[str]:
    """Up to 25 zones whose names hold what was typed."""
    wanted = typed.strip().casefold().replace(" ", "_")
    return [name for folded, name in sorted(_zones().items()) if wanted in folded][:25]


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
