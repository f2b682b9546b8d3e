"""Time zones as people type them."""

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.server.zones import find_zone, suggest_zones

ZONES = sorted(available_timezones())


@given(st.sampled_from(ZONES))
def test_every_zone_is_found_whatever_its_case(name: str) -> None:
    for typed in (name, name.upper(), f"  {name.lower().replace('_', ' ')} "):
        assert find_zone(typed) == name
    assert ZoneInfo(find_zone(name)).key == name
    assert name in suggest_zones(name) or len(suggest_zones(name)) == 25


@pytest.mark.parametrize(
    ("typed", "near"),
    [("Europe/Berln", "Europe/Berlin"), ("Asia/Tokio", "Asia/Tokyo"), ("America/New York City", "New_York")],
)
def test_a_mistyped_zone_gets_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(ValueError, match=r"^There is no time zone called “") as caught:
        find_zone(typed)
    assert near in str(caught.value).partition("Did you mean ")[2]


@pytest.mark.parametrize("typed", ["", "  ", "12:00", "☃", "../etc/passwd", "x" * 5000])
def test_what_is_no_zone_gets_a_short_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"they look like Europe/Berlin\.") as caught:
        find_zone(typed)
    assert len(str(caught.value)) < 200


def test_zones_are_offered_by_any_part_of_their_names() -> None:
    assert suggest_zones("BERL") == ["Europe/Berlin"]
    assert suggest_zones("new york") == ["America/New_York"]
    assert suggest_zones("x" * 99) == []
    offered = suggest_zones("")
    assert len(offered) == 25
    assert offered == sorted(offered, key=str.casefold)
