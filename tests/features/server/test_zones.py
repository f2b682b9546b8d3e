"""Time zones as people type them: cities and UTC, with the time that it is there."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.server.zones import ABBREVIATIONS, COMMON_ZONES, clock_in, find_zone, suggest_zones
from scoring.typed import NearMissError

WINTER, SUMMER = datetime(2031, 1, 15, 12, tzinfo=UTC), datetime(2031, 7, 15, 12, tzinfo=UTC)
CITY = re.compile(r"UTC|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+")
ZONES = sorted(available_timezones())
CITIES = [name for name in ZONES if CITY.fullmatch(name)]


def near(typed: str, now: datetime = WINTER) -> tuple[str, ...]:
    with pytest.raises(NearMissError) as caught:
        find_zone(typed, now)
    for name in caught.value.near:
        clock = f"{now.astimezone(ZoneInfo(name)):%H:%M}"
        assert f"{name} ({clock} now)" in str(caught.value)
    return caught.value.near


@given(st.sampled_from(CITIES))
def test_every_city_is_found_whatever_its_case(name: str) -> None:
    for typed in (name, name.upper(), f"  {name.lower().replace('_', ' ')} "):
        assert find_zone(typed, WINTER) == name
    offered = [value for _, value in suggest_zones(name, WINTER)]
    assert name in offered or len(offered) == 25


@pytest.mark.parametrize("name", [name for name in ZONES if not CITY.fullmatch(name)])
def test_no_other_name_of_the_data_base_is_accepted(name: str) -> None:
    """Offsets, abbreviations, countries: what is offered instead is a city, or UTC."""
    if name in ("UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"):
        assert find_zone(name, WINTER) == "UTC"
        return
    if name in ("Jamaica", "Kwajalein", "Singapore"):  # towns, too
        assert find_zone(name, WINTER) in CITIES
        return
    with pytest.raises(ValueError, match="no time zone of a city") as caught:
        find_zone(name, WINTER)
    offered = caught.value.near if isinstance(caught.value, NearMissError) else ()
    assert all(CITY.fullmatch(each) for each in offered)
    assert offered or name in ("localtime", "Factory", "posixrules", "Etc/GMT+12")


@pytest.mark.parametrize("now", [WINTER, SUMMER])
@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("UTC+2", 120),
        ("utc + 2", 120),
        ("GMT+2", 120),
        ("+02:00", 120),
        ("+0200", 120),
        ("ＵＴＣ＋２", 120),
        ("UTC\N{MINUS SIGN}5", -300),
        ("gmt-05:00", -300),
        ("UTC+5:30", 330),
        ("+0545", 345),
        ("UTC+14", 840),
        ("Etc/GMT+2", -120),
        ("Etc/GMT-2", 120),
        ("UTC+0", 0),
    ],
)
def test_an_offset_gets_cities_that_have_it_now(typed: str, minutes: int, now: datetime) -> None:
    offered = near(typed, now)
    assert 1 <= len(offered) <= 3
    for name in offered:
        assert now.astimezone(ZoneInfo(name)).utcoffset() == timedelta(minutes=minutes)


def test_the_cities_that_most_know_come_first() -> None:
    assert near("UTC+2", WINTER)[0] == "Europe/Athens"
    assert near("UTC+2", SUMMER)[:2] == ("Europe/Paris", "Europe/Berlin")
    assert near("EST")[0] == "America/New_York"
    assert near("cet")[0] == "Europe/Berlin"
    assert near("PST")[0] == "America/Los_Angeles"
    assert near("ist")[0] == "Asia/Kolkata"
    assert near("US/Eastern")[0] == "America/New_York"
    assert near("Japan")[0] == "Asia/Tokyo"
    assert find_zone("berlin", WINTER) == "Europe/Berlin"
    assert find_zone("new york", WINTER) == "America/New_York"
    assert find_zone("utc", WINTER) == "UTC"


def test_every_city_that_is_offered_is_one() -> None:
    assert {city for cities in ABBREVIATIONS.values() for city in cities} <= set(CITIES)
    assert set(COMMON_ZONES) <= set(CITIES)
    letters = [each for names in ABBREVIATIONS for each in names.split()]
    assert len(letters) == len(set(letters))


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Europe/Berln", "Europe/Berlin"), ("Asia/Tokio", "Asia/Tokyo"), ("New York City", "America/New_York")],
)
def test_a_mistyped_zone_gets_the_nearest(typed: str, name: str) -> None:
    assert name in near(typed)


@pytest.mark.parametrize(
    "typed", ["", "  ", "12:00", "☃", "../etc/passwd", "x" * 5000, "UTC+25", "localtime", "Factory"]
)
def test_what_is_no_zone_gets_a_short_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"they look like Europe/Berlin\.") as caught:
        find_zone(typed, WINTER)
    assert len(str(caught.value)) < 200


def test_zones_are_offered_by_any_part_of_their_names_with_their_time() -> None:
    assert suggest_zones("BERL", WINTER) == [("Europe/Berlin · 13:00 now", "Europe/Berlin")]
    assert suggest_zones("BERL", SUMMER) == [("Europe/Berlin · 14:00 now", "Europe/Berlin")]
    assert suggest_zones("new york", WINTER) == [("America/New_York · 07:00 now", "America/New_York")]
    assert suggest_zones("x" * 99, WINTER) == []
    assert [name for _, name in suggest_zones("", WINTER)][: len(COMMON_ZONES)] == list(COMMON_ZONES)
    assert len(suggest_zones("", WINTER)) == 25
    assert suggest_zones("UTC+2", SUMMER)[0][1] == "Europe/Paris"
    assert all(len(shown) <= 100 for shown, _ in suggest_zones("a", WINTER))


def test_a_zone_that_this_host_lacks_is_read_as_utc() -> None:
    assert clock_in("Mars/Olympus", WINTER) == "12:00"
    assert clock_in("Asia/Kathmandu", WINTER) == "17:45"
