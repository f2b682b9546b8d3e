"""Time zones as people type them: cities, never offsets, which are wrong for half of the year."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from governance.zones import in_force, known_zones
from scoring.typed import NearMissError, quote, tidy
from wording.numbers import listed

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
# what people who type these letters mean: the same letters are several zones, and some are half of a year
ABBREVIATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gmt": ("Europe/London", "Africa/Abidjan", "UTC"),
        "wet west": ("Europe/Lisbon", "Atlantic/Canary"),
        "bst": ("Europe/London", "Asia/Dhaka"),
        "cet cest met mest mez mesz": ("Europe/Berlin", "Europe/Paris", "Europe/Madrid"),
        "eet eest": ("Europe/Athens", "Europe/Helsinki", "Africa/Cairo"),
        "msk": ("Europe/Moscow",),
        "trt": ("Europe/Istanbul",),
        "wat": ("Africa/Lagos",),
        "cat sast": ("Africa/Johannesburg", "Africa/Maputo"),
        "eat": ("Africa/Nairobi",),
        "gst": ("Asia/Dubai",),
        "pkt": ("Asia/Karachi",),
        "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
        "ict wib": ("Asia/Bangkok", "Asia/Jakarta"),
        "sgt": ("Asia/Singapore",),
        "hkt": ("Asia/Hong_Kong",),
        "pht": ("Asia/Manila",),
        "jst": ("Asia/Tokyo",),
        "kst": ("Asia/Seoul",),
        "awst": ("Australia/Perth",),
        "acst acdt": ("Australia/Adelaide", "Australia/Darwin"),
        "aest aedt": ("Australia/Sydney", "Australia/Brisbane"),
        "nzst nzdt": ("Pacific/Auckland",),
        "hst": ("Pacific/Honolulu",),
        "akst akdt": ("America/Anchorage",),
        "pst pdt pst8pdt pt": ("America/Los_Angeles", "America/Vancouver", "America/Tijuana"),
        "mst mdt mst7mdt mt": ("America/Denver", "America/Phoenix", "America/Edmonton"),
        "cst cdt cst6cdt ct": ("America/Chicago", "America/Winnipeg", "Asia/Shanghai"),
        "est edt est5edt et": ("America/New_York", "America/Toronto", "America/Panama"),
        "ast adt": ("America/Halifax", "America/Puerto_Rico", "Asia/Riyadh"),
        "nst ndt": ("America/St_Johns",),
        "brt": ("America/Sao_Paulo",),
        "art": ("America/Argentina/Buenos_Aires",),
    }
)
# of cities that share a clock the one that most will know
KNOWN = (*COMMON_ZONES, *dict.fromkeys(city for cities in ABBREVIATIONS.values() for city in cities))
UTC_NAMES = {"utc", "z", "zulu", "uct", "universal", "etc/utc", "etc/uct", "etc/zulu", "etc/universal"}
REGIONS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
)
NOWHERE = {"localtime", "Factory", "posixrules"}  # names that say of no place what time it is there
OFFERED = 3
_OFFSET = re.compile(
    r"(?P<posix>etc/)?(?P<name>utc|gmt)?_?(?P<sign>[+-])_?(?P<hours>[0-9]{1,2})(?:[:.]?(?P<minutes>[0-9]{2}))?"
)


def find_zone(typed: str, now: datetime) -> str:
    """The zone that was typed, whatever its case: UTC, or a city with or without its region.

    Raises NearMissError with cities for what is no zone of a city: an offset, an abbreviation, a country's
    name, and what is spelled nearly like one; ValueError where nothing is near.
    """
    wanted = _folded(typed)
    if wanted in UTC_NAMES:
        return "UTC"
    found = _cities().get(wanted)
    if found is not None:
        return found
    towns = [name for folded, name in _cities().items() if folded.rpartition("/")[2] == wanted]
    if len(towns) == 1:
        return towns[0]
    near, why = _meant(wanted, now)
    shown = f"{quote(typed.strip()[:40])} is no time zone of a city"
    if not near:
        raise ValueError(f"{shown}; they look like Europe/Berlin.")
    offer = listed([f"{name} ({clock_in(name, now)} now)" for name in near], "or")
    raise NearMissError(f"{shown}{why}. Did you mean {offer}?", typed, near)


def suggest_zones(typed: str, now: datetime) -> list[tuple[str, str]]:
    """(what is shown, name) of up to 25 zones for what was typed, each with the time that it is there."""
    wanted = _folded(typed)
    held = [name for folded, name in _cities().items() if wanted in folded]
    first = _meant(wanted, now, spelled=False)[0] if wanted else COMMON_ZONES
    names = list(dict.fromkeys([*first, *held]))[:25]
    return [(f"{name} · {clock_in(name, now)} now", name) for name in names]


def clock_in(zone: str, now: datetime) -> str:
    """The time that it is there, like "14:05"; by UTC where this host does not know the zone."""
    return f"{now.astimezone(ZoneInfo(in_force(zone))):%H:%M}"


def _folded(typed: str) -> str:
    return tidy(typed).casefold().replace(" ", "_")


def _meant(wanted: str, now: datetime, *, spelled: bool = True) -> tuple[tuple[str, ...], str]:
    """Cities that were perhaps meant, and why it is none; spelled: also those that are spelled nearly so."""
    for letters, cities in ABBREVIATIONS.items():
        if wanted in letters.split():
            return cities, ": several places use these letters, some for half of the year"
    offset = _offset(wanted)
    if offset is not None:
        why = f" but an offset (UTC{_signed(offset)}), and clocks change"
        return tuple(_at(offset, now))[:OFFERED], why
    legacy = {name.casefold(): name for name in known_zones()}.get(wanted)
    if not spelled or legacy in NOWHERE:
        return (), ""
    if legacy is not None:
        return tuple(_with_the_clock_of(legacy, now))[:OFFERED], ""
    # people type the town alone
    towns = {folded.rpartition("/")[2]: name for folded, name in sorted(_cities().items(), reverse=True)}
    spellings = towns | _cities()
    close = difflib.get_close_matches(wanted[:100], spellings, n=OFFERED, cutoff=0.6)
    return tuple(dict.fromkeys(spellings[each] for each in close)), ""


def _offset(wanted: str) -> timedelta | None:
    """The offset from UTC that was typed; Etc/GMT+2 is two hours behind it."""
    found = _OFFSET.fullmatch(wanted)
    if found is None or (found["posix"] and found["name"] != "gmt"):
        return None
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return -offset if (found["sign"] == "-") != bool(found["posix"]) else offset


def _signed(offset: timedelta) -> str:
    minutes = round(abs(offset).total_seconds() / 60)
    sign = "−" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


def _at(offset: timedelta, now: datetime) -> Iterable[str]:
    """Cities whose clocks are so far from UTC now, those that most will know first."""
    return (name for name in _by_fame() if now.astimezone(ZoneInfo(name)).utcoffset() == offset)


def _with_the_clock_of(legacy: str, now: datetime) -> Iterable[str]:
    """Cities whose clocks show what a zone without a city shows, for the year to come."""
    year = [now + timedelta(days=15 * at) for at in range(25)]

    def shown(name: str) -> list[timedelta | None]:
        return [moment.astimezone(ZoneInfo(name)).utcoffset() for moment in year]

    clock = shown(legacy)
    return (name for name in _by_fame() if shown(name) == clock)


def _by_fame() -> list[str]:
    return list(dict.fromkeys([*(name for name in KNOWN if name in _cities().values()), *_cities().values()]))


@cache
def _cities() -> dict[str, str]:
    """UTC and the zones of cities, by their names in lower case."""
    names = sorted(name for name in known_zones() if name.split("/")[0] in REGIONS and "/" in name)
    return {name.casefold(): name for name in ("UTC", *names)}
