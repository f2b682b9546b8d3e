"""Which dated rules there are, how one of them is found, and which are offered to be priced."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from features.rules.rules import OFFERED, find_rule, rule_ids, suggest_priced_rules, timeline
from scoring.rules import parse_rule, rule_in_force
from tournament.sample import SampleSource

ROOT = Path(__file__).parents[3]
TABLE = tomllib.loads((ROOT / "scoring" / "rules" / "rules.toml").read_text(encoding="utf-8"))
IDS = {
    f"{tournament}-{entry['effective_on']}": entry
    for tournament, entries in TABLE.items()
    for entry in entries
}
BASE = rule_in_force("classic", round=325)
SILENT = " + ".join(f"0x{score}" for score in ("FNCv4", "CORR60", "MMC60", "ALPHA", "MPC", "NCORR", "NMMC"))
LONG_RULE = f"1xCORR + 0xMMC + 3xTC + 0xFNCv3 + {SILENT} clip 0.05"


# ---------------------------------------------------------------- the dated rules


@pytest.mark.parametrize("tournament", sorted(TABLE))
async def test_a_timeline_is_every_entry_of_the_table_oldest_first(
    tournament: str, source: SampleSource
) -> None:
    shown = await timeline(tournament, source)
    assert shown.live == ""
    assert shown.tournament == tournament
    dates = [entry["effective_on"] for entry in TABLE[tournament]]
    assert [rule.effective_on for rule in shown.rules] == sorted(dates)
    assert {rule.tournament for rule in shown.rules} == {tournament}


async def test_the_rule_the_thread_is_about_is_on_the_timeline() -> None:
    shown = await timeline("classic", None)
    (rule,) = [rule for rule in shown.rules if rule.effective_on == date(2023, 10, 7)]
    assert dict(rule.multipliers) == {"corr": 2, "tc": 1}
    assert rule.first_round == 589


@pytest.mark.parametrize("tournament", ["", "Classic", "chess", "@everyone", "**classic**", "c" * 10_000])
async def test_a_tournament_that_does_not_exist_is_answered_with_those_that_do(tournament: str) -> None:
    with pytest.raises(ValueError, match="tournament") as caught:
        await timeline(tournament, None)
    assert str(caught.value) == "There is no tournament called that: it is classic, signals, crypto."


@pytest.mark.parametrize("rule_id", IDS)
def test_every_dated_rule_is_found_by_its_name(rule_id: str) -> None:
    for typed in (rule_id, rule_id.upper(), f"  {rule_id}\n"):
        rule = find_rule(typed)
        assert rule.id == rule_id
        assert dict(rule.multipliers) == IDS[rule_id]["multipliers"]
        assert rule.clip == IDS[rule_id]["clip"]


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("classic-2023-10-08", "classic-2023-10-07"),
        ("clasic-2024-01-02", "classic-2024-01-02"),
        ("crypto 2025-01-26", "crypto-2025-01-25"),
    ],
)
def test_a_rule_that_is_none_is_answered_with_the_nearest_names(typed: str, near: str) -> None:
    with pytest.raises(ValueError, match="There is no rule") as caught:
        find_rule(typed)
    beginning, _, names = str(caught.value).removesuffix(".").partition("named like ")
    assert beginning == "There is no rule with that name. Rules are "
    assert near in names.split(", ")
    assert 1 <= len(names.split(", ")) <= 3
    assert set(names.split(", ")) <= set(IDS)


@pytest.mark.parametrize("typed", ["", "   ", "?", "@everyone", "**1C3T**", "z" * 10_000, "classic-" * 1250])
def test_nonsense_is_answered_with_names_that_exist_and_not_repeated(typed: str) -> None:
    with pytest.raises(ValueError, match="There is no rule") as caught:
        find_rule(typed)
    names = str(caught.value).removesuffix(".").partition("named like ")[2].split(", ")
    assert set(names) <= set(IDS)
    assert len(str(caught.value)) < 150


def test_names_of_rules_come_newest_first_with_classic_before_the_others() -> None:
    names = rule_ids("")
    assert sorted(names) == sorted(IDS)
    kinds = [name.split("-")[0] for name in names]
    assert kinds == sorted(kinds, key=["classic", "signals", "crypto"].index)
    for tournament in TABLE:
        own = [name for name in names if name.startswith(tournament)]
        assert own == sorted(own, reverse=True)
    assert names[0] == "classic-2026-10-08"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2023-10", ["classic-2023-10-07", "signals-2023-10-07"]),
        (" CRYPTO-2025 ", ["crypto-2025-01-25"]),
        ("chess", []),
        ("%", []),
        ("c" * 10_000, []),
    ],
)
def test_names_of_rules_hold_what_was_typed(typed: str, expected: list[str]) -> None:
    assert rule_ids(typed) == expected


# ---------------------------------------------------------------- what can be priced


async def test_what_is_offered_before_anything_is_typed(source: SampleSource) -> None:
    found = await suggest_priced_rules(source, "")
    shown = [text for text, _ in found]
    # the sample has CORR, TC and FNCv3, and an MMC that is derived: it stands behind the others, and says so
    assert shown[:5] == [
        "1xCORR + 3xTC",
        "2xCORR + 1xTC",
        "1xCORR",
        "1xCORR + 2xMMC (MMC derived)",
        "0.5xCORR + 2xMMC (MMC derived)",
    ]
    assert ("2xCORR + 1xTC, Classic from 2023-10-07", "classic-2023-10-07") in found
    assert all(("MMC derived" in text) == ("xMMC" in text) for text in shown)
    named = {text: value for text, value in found if value.startswith("classic-")}
    published = [value for text, value in named.items() if "derived" not in text]
    by_derived = [value for text, value in named.items() if "derived" in text]
    assert list(named.values()) == [*sorted(published, reverse=True), *sorted(by_derived, reverse=True)]
    payables = ({"corr", "tc", "fnc_v3"}, {"corr", "tc", "fnc_v3", "mmc"})
    for known, payable in zip((published, by_derived), payables, strict=True):
        assert set(known) == {
            rule_id
            for rule_id, entry in IDS.items()
            if rule_id.startswith("classic")
            and entry.get("status", "effective") == "effective"
            and {score for score, times in entry["multipliers"].items() if times} <= payable
            and ("mmc" in payable) == bool(entry["multipliers"].get("mmc"))
        }


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("1C3T", "1xCORR + 3xTC"),
        ("1xcorr+3xtc", "1xCORR + 3xTC"),
        ("1 corr + 2.5 tc", "1xCORR + 2.5xTC"),
        ("1C3T clip 5%", "1xCORR + 3xTC clip 0.05"),
        ("1C3T threshold none", "1xCORR + 3xTC threshold none"),
        ("classic-2023-10-07", "classic-2023-10-07"),
        ("0.5 fncv3", "0.5xFNCv3"),
    ],
)
async def test_what_was_typed_comes_first_if_it_is_a_rule(
    source: SampleSource, typed: str, first: str
) -> None:
    found = await suggest_priced_rules(source, typed)
    assert found[0] == (first, first)
    assert len({value for _, value in found}) == len(found)


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("2023-10", ["classic-2023-10-07"]),
        ("1xnmmc", []),
        ("1xmmc60", []),
        ("-1C", []),
        ("@everyone", []),
        ("1C" * 5000, []),
        ("x" * 10_000, []),
    ],
)
async def test_what_cannot_be_priced_is_not_offered(
    source: SampleSource, typed: str, values: list[str]
) -> None:
    assert [value for _, value in await suggest_priced_rules(source, typed)] == values


async def test_half_a_rule_is_no_error_while_it_is_typed(source: SampleSource) -> None:
    shown = [text for text, _ in await suggest_priced_rules(source, "1xCORR + ")]
    assert shown[0] == "1xCORR + 3xTC"
    assert all("1xCORR + " in text for text in shown)


@pytest.mark.parametrize(
    "typed", ["", "1C3T", "2.5C", "1C3T clip 0.05", "clip 0.05", "2022", "0C0T", LONG_RULE, "c"]
)
async def test_every_offer_reads_back_as_a_rule_the_sample_can_price(
    source: SampleSource, typed: str
) -> None:
    scores = {*await source.scores(), "mmc"}  # which is derived
    for shown, value in await suggest_priced_rules(source, typed):
        assert 1 <= len(shown) <= 100  # what Discord takes
        assert 1 <= len(value) <= 100
        rule = parse_rule(value, BASE)
        assert rule.id == value
        assert {score for score, times in rule.multipliers.items() if times} <= scores
        assert rule.multipliers.get("mmc", 0) == 0 or shown.endswith(" (MMC derived)")


async def test_a_rule_too_long_for_a_choice_is_not_cut_into_another_one(source: SampleSource) -> None:
    meant = parse_rule(LONG_RULE, BASE)
    assert len(meant.id) > 100
    for _, value in await suggest_priced_rules(source, LONG_RULE):
        assert parse_rule(value, BASE) == meant


async def test_offers_stop_at_the_limit(source: SampleSource) -> None:
    everything = await suggest_priced_rules(source, "")
    assert len(everything) <= 25
    assert await suggest_priced_rules(source, "", limit=2) == everything[:2]


def test_what_the_thread_compared_is_among_the_offers() -> None:
    assert {"1xCORR + 3xTC", "2xCORR + 1xTC"} <= set(OFFERED)
    for text in OFFERED:
        assert parse_rule(text, BASE).id == text
