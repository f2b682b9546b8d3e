"""Every card within Discord's limits, whatever the result; percentages without amounts."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import discord
import numpy as np
import pytest

from features.account.account_card import account_card
from features.account.link import LinkedAccount
from features.payout.at_risk import BASES
from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_card
from features.payout.compare_chart import picture_of_comparison
from features.payout.comparison import PayoutComparison, Side
from features.payout.earnings import PayRecord
from features.payout.earnings_card import record_card, what_if_card
from features.payout.rules import timeline
from features.payout.rules_card import rule_card, timeline_card
from features.payout.what_if import what_if
from features.server.privacy_card import kept_card
from scoring.rules import PayoutRule, load_rules
from storage.members.links import AccountLink
from storage.members.privacy import KEPT_OTHERWISE, PERSONAL_TABLES
from tournament.sample import SampleSource
from tournament.source import EVERYONE

LONG, MARKED = ("quiet_heron_" * 9)[:100], "*_`~|" * 20
ALL_SCORES = " + ".join(
    f"1{n}.125x{score}" for n, score in enumerate(["CORR", "MMC", "TC", "FNCv3", "FNCv4", "CORR60", "MMC60"])
)


def check(card: discord.Embed) -> dict[str, Any]:
    """The card as Discord gets it, within what Discord takes."""
    told = card.to_dict()
    texts = [(told.get("title", ""), 256), (told.get("description", ""), 4096)]
    texts += [(told.get("footer", {}).get("text", ""), 2048)]
    for field in told.get("fields", []):
        assert field["name"].strip()
        assert field["value"].strip(), field["name"]
        texts += [(field["name"], 256), (field["value"], 1024)]
    for text, most in texts:
        assert len(text) <= most, f"{len(text)} characters, {most} at most: {text[:80]}"
    assert len(told.get("fields", [])) <= 25
    assert sum(len(text) for text, _ in texts) <= 6000
    return dict(told)


def comparison(name: str, scale: float = 1.0, rounds: int = 20, **changed: Any) -> PayoutComparison:
    at = np.arange(rounds)
    sides = [Side(ALL_SCORES, ALL_SCORES, scale * np.sin(at + phase), 0.004) for phase in (0, 2)]
    plain = PayoutComparison(
        name, "account", 1_234_567, "NMR", 168 + at, date(2031, 5, 4), date(2031, 9, 14), sides[0], sides[1],
        (-scale, scale), 10, rounds, "Never.", (), ("Nothing.",), "Numerai Classic",
        date(2031, 10, 1), usd=(date(2031, 10, 1), 19.4), asked_at=datetime(2031, 10, 2, tzinfo=UTC),
    )  # fmt: skip
    return replace(plain, **changed)


def record(name: str, scale: float = 1.0, rounds: int = 158, pending: int = 30) -> PayRecord:
    at = np.arange(rounds)
    scores = {score: np.where(at % 3 == 0, np.nan, np.sin(at)) for score in ("corr", "mmc", "fnc_v3")}
    return PayRecord(
        name, "account", 1_234_567, 168 + at, np.ones(rounds), scale * np.cos(at), scores,
        at < rounds - pending, 12_345, "Numerai Classic", date(2031, 10, 1), (date(2031, 10, 1), 19.4),
        datetime(2031, 10, 2, tzinfo=UTC), "These numbers are from yesterday: Numerai does not answer.",
    )  # fmt: skip


@pytest.mark.parametrize("name", [LONG, MARKED, "x"])
@pytest.mark.parametrize("scale", [1e13, 1.0, 1e-9, 0.0])
def test_extreme_results_fit_and_names_do_not_format(name: str, scale: float) -> None:
    for rounds in (1, 158):
        cards = [
            comparison_card(comparison(name, scale, rounds)),
            record_card(record(name, scale, rounds, 1)),
        ]
        for card in cards:
            assert f"For **{discord.utils.escape_markdown(name)} (" in check(card)["description"]


@pytest.mark.parametrize("sentence", ["Left out: 12 rows that had no stake.", "a_b*c " * 8])
def test_many_warnings_and_assumptions_fit(sentence: str) -> None:
    many = (sentence,) * 60
    check(comparison_card(comparison("x", warnings=many, assumptions=many[:20], notice=sentence)))
    check(record_card(replace(record("x"), notice=" ".join(many))))


def test_a_record_lists_its_newest_rounds_in_line() -> None:
    value = check(record_card(record("x", pending=2)))["fields"][2]["value"]
    header, *lines = value.strip("`\n").split("\n")
    assert lines[-1] == "* pending"
    assert [int(line[:5]) for line in lines[:-1]] == list(range(325, 317, -1))
    assert [line[5] for line in lines[:-1]] == ["*"] * 2 + [" "] * 6
    assert len({len(line) for line in (header, *lines[:-1])}) == 1
    assert len(header) <= 32  # a phone wraps longer ones
    tiny = check(record_card(record("x", 1e-9)))["fields"][2]["value"].strip("`\n").split("\n")
    assert len({len(line) for line in tiny[:-1]}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("stake", [None, 130])
@pytest.mark.parametrize("name", ["model_02765", "account_06446", EVERYONE])
async def test_what_is_shared_in_percent_tells_neither_amounts_nor_names(
    source: SampleSource, name: str, stake: float | None, basis: str
) -> None:
    for rule in ("1xCORR + 3xTC", "2C1T clip 0.05 threshold 150K", "classic-2023-10-07"):
        got = await compare_payouts(source, name, rule, rounds="300-325", stake=stake, basis=basis, unit="%")
        shown = got.for_others(None)
        told = json.dumps(check(comparison_card(shown)), ensure_ascii=False)
        assert "NMR" not in told
        assert "USD" not in told
        assert name == EVERYONE or name not in discord.utils.remove_markdown(told)
    alt = (await asyncio.to_thread(picture_of_comparison, shown)).alt
    assert "NMR" not in alt
    assert name == EVERYONE or name not in alt


@pytest.mark.parametrize(
    ("scores", "stake", "rule"),
    [
        ("corr 0.02, tc -0.01", 11_000_000, "1xCORR + 3xTC"),
        ("corr -1, tc -1", 1e-12, "1000C1000T clip 0.001"),
        ("c .1, m .1, t .1, fncv3 .1, fncv4 .1, corr60 .1, mmc60 .1", 1, ALL_SCORES.replace(" ", "")),
    ],
)
async def test_what_if_fits(source: SampleSource, scores: str, stake: float, rule: str) -> None:
    for factor in (None, 1e-12, 1.0):
        check(what_if_card(await what_if(source, scores, stake, rule=rule, factor=factor)))


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_every_rule_fits_on_its_card(rule: PayoutRule) -> None:
    told = check(rule_card(rule))
    assert told["footer"]["text"].startswith(rule.id)
    assert told["fields"][0]["value"].startswith(str(rule.effective_on))


@pytest.mark.parametrize("tournament", ["classic", "signals", "crypto"])
async def test_a_timeline_has_every_rule_newest_first(tournament: str) -> None:
    told = check(timeline_card(await timeline(tournament, None)))
    days = [line.removeprefix("✗ ")[2:12] for line in told["description"].split("\n")]
    expected = [str(rule.effective_on) for rule in load_rules() if rule.tournament == tournament]
    assert days == sorted(expected, reverse=True)


@pytest.mark.parametrize("name", [LONG, MARKED])
def test_what_is_kept_of_a_member_fits(name: str) -> None:
    link = AccountLink(1, name, "account", "classic", datetime(2031, 10, 1, tzinfo=UTC))
    linked = LinkedAccount(link, ("a",) * 999, 168, 325, 158, 1e7, "Numerai Classic", date(2031, 10, 1))
    assert check(account_card(linked))["title"] == f"Linked: {discord.utils.escape_markdown(name)}"
    kept = {table: [{"member_id": 1, "arguments": name * 9}] * 50 for table in PERSONAL_TABLES}
    told = check(kept_card(kept, PERSONAL_TABLES, KEPT_OTHERWISE))
    assert "member_id" not in json.dumps(told)
    for field in told["fields"][:-1]:
        assert field["value"].endswith("\nand 47 more: see /privacy export")
        assert next(why for why in PERSONAL_TABLES.values() if field["value"].startswith(why))
    assert len(told["fields"]) == len(PERSONAL_TABLES) + 1
