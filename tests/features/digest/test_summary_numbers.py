"""What the weekly summary tells from the source: stakes, pay and a changed rule."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from features.digest.digest_card import as_file
from features.digest.rule_watch import take_rules
from features.stakes.history import take_snapshot
from governance.digest.summary import Period
from storage.database import Database, fetch_all
from tests.features.digest.weeks import EMPTY, HOUR, IN_IT, WEEK, Announced, Broken, held, summary_of, told_of
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import NOW
from tests.features.stakes.made_up import DAY, MadeUp, calendar, rows_of
from tournament.sample import SampleSource

# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(("days", "known"), [(5, False), (6, True), (7, True), (9, True), (10, False)])
async def test_stakes_are_told_against_the_snapshot_of_a_week_ago(
    db: Database, days: int, known: bool
) -> None:
    await take_snapshot(db, held(DAY - timedelta(days=days), 10, 10, 10, 10), NOW - timedelta(days=days))
    half, effective = (await summary_of(db, source=held(DAY, 30, 10, 10))).measures  # more than half
    assert (half.now, half.n) == (1, 3)
    assert effective.now == pytest.approx(50**2 / (30**2 + 2 * 10**2))
    if known:
        assert (half.before, half.n_before, effective.before, effective.n_before) == (3, 4, 4, 4)
    else:
        assert np.isnan([half.before, effective.before]).all()
        assert half.n_before == effective.n_before == 0


async def test_pay_is_told_of_the_two_newest_resolved_rounds(db: Database) -> None:
    """Three models, three rounds: 1, 2 and 3 NMR each; the newest is not resolved."""
    rows = rows_of(np.zeros((3, 3)), payout=np.array([[1.0, 2.0, 3.0]] * 3))
    rows = replace(rows, resolved=rows.round < 302)
    pay, _ = (await summary_of(db, source=MadeUp(None, rows=rows, known_rounds=calendar(3)))).measures
    assert (pay.name, pay.now, pay.before, pay.unit) == ("paid in round 301, against round 300", 6, 3, "NMR")
    assert (pay.n, pay.n_before) == (3, 3)


async def test_pay_is_told_without_a_model_that_has_over_a_fifth_of_the_stake(db: Database) -> None:
    rows = rows_of(np.zeros((5, 2)), payout=np.array([[1.0, 2.0]] * 4 + [[10.0, 20.0]]))
    for largest, size, told in ((1.0, 1, 0.2), (6.0, 2, 0.6)):
        held = replace(rows, stake=np.where(rows.model == 4, largest, 1.0))
        source = MadeUp(None, rows=held, known_rounds=calendar(2))
        measures = (await summary_of(db, source=source)).measures
        assert (len(measures), measures[0].now, measures[0].before) == (size, 28, 14)
        assert largest / (largest + 4) == told
    others = measures[1]
    assert others.name == "the same without the largest model, 60 % of the stake"
    assert (others.now, others.before, others.n, others.n_before) == (8, 4, 4, 4)


async def test_pay_of_rounds_that_paid_otherwise_says_so(db: Database) -> None:
    rows = rows_of(np.zeros((9, 2)), payout=np.array([[1.0, 2.0]] * 9))
    rows = replace(rows, round=rows.round + 10)  # 310 paid MMC, 311 TC
    source = MadeUp(None, rows=rows, known_rounds=calendar(20))
    [pay] = (await summary_of(db, source=source)).measures
    assert pay.name == (
        "paid in round 311, against round 310 (round 310 paid CORR and MMC, 9 models; "
        "round 311 paid CORR and TC, 9 models, no CORR and 1xTC chosen)"
    )


async def test_who_began_to_stake_and_who_left_is_told_as_counts(db: Database) -> None:
    """Three of 100 NMR, of whom one leaves and one comes in the newest week."""
    stake = np.full((4, 3), 100.0)
    stake[3, :2], stake[0, 2] = 0, 0
    rows = rows_of(np.zeros((4, 3)), stake)
    source = MadeUp(None, rows=rows, known_rounds=calendar(3, at_risk=300.0))
    told = await told_of(db, source=source)
    line, others = told.summary.moves
    assert line == (
        "From round 301 to 302: 1 model began to stake (+100.0 NMR), 1 left (−100.0 NMR); net 0 NMR in all."
    )
    assert others.endswith("The largest moves: +100.0, −100.0 NMR.")
    await opened(db, opens_at=NOW - timedelta(days=6), closes_at=NOW + HOUR, now=NOW - timedelta(days=6))
    text = as_file(await told_of(db, source=source))
    assert f"\n- {line}\n" in text
    assert "model_0" not in text
    sample = await told_of(db, source=SampleSource())
    assert sample.summary.moves == (), "who left the sample's leaderboard has not left the tournament"


async def test_the_same_day_from_the_source_twice_is_one_snapshot(db: Database) -> None:
    yesterday = held(DAY - timedelta(days=1), 10, 10)
    for now in (NOW, NOW + timedelta(days=1)):
        await take_snapshot(db, yesterday, now)
        await summary_of(db, source=yesterday, now=now)
    assert [row["day"] for row in await fetch_all(db, "SELECT day FROM stake_snapshots")] == ["2031-05-03"]
    told = await told_of(db, source=yesterday, now=NOW + timedelta(days=1))
    assert told.notices == ()
    assert np.isnan(told.summary.measures[0].before), "the same numbers are not those of a week ago"


# ---------------------------------------------------------------- the rule


async def rules(db: Database) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in await fetch_all(db, "SELECT day, rule, differs FROM rule_snapshots")]


async def test_rules_are_kept_with_the_newest_rounds_once_a_day(db: Database) -> None:
    source = Announced(None, known_rounds=calendar(25), announced="1xCORR", differs="Odd.")
    assert await take_rules(db, source, NOW)
    assert not await take_rules(db, replace(source, announced="2xCORR"), NOW + HOUR)
    assert await rules(db) == [("2031-05-04", "1xCORR", "Odd.")]
    [row] = await fetch_all(db, "SELECT rounds FROM rule_snapshots")
    kept = json.loads(row["rounds"])
    assert [each["round"] for each in kept] == list(range(305, 325))
    assert kept[0] == {
        "round": 305, "payout_factor": 0.5, "stake_threshold": 500.0, "total_at_risk": 1000.0,
    }  # fmt: skip


async def test_what_is_not_known_of_a_round_is_kept_as_null(db: Database) -> None:
    assert await take_rules(db, Announced(None, known_rounds=calendar(1, at_risk=0)), NOW)
    [row] = await fetch_all(db, "SELECT rule, rounds FROM rule_snapshots")
    assert row["rule"] == ""
    assert json.loads(row["rounds"])[0]["payout_factor"] is None


async def test_a_changed_rule_is_noticed_whoever_looked_in_between(db: Database) -> None:
    old = Announced(None, known_rounds=calendar(3), announced="1xCORR")
    new = replace(old, announced="2xCORR + 1xTC")
    await take_rules(db, old, NOW - WEEK)
    await take_rules(db, new, IN_IT)
    changed = "The announced rule changed from 1xCORR to 2xCORR + 1xTC."
    assert (await told_of(db, source=new)).notices == (changed,)
    following = Period(("2031-W19",), NOW, NOW + WEEK)
    assert (await told_of(db, source=new, period=following, now=NOW + WEEK)).notices == ()
    gone = await told_of(db, source=old, period=following, now=NOW + WEEK)
    assert gone.notices == ("The announced rule changed from 2xCORR + 1xTC to 1xCORR.",)


async def test_a_rule_that_differs_from_the_table_is_a_notice(db: Database) -> None:
    source = Announced(None, known_rounds=calendar(3), announced="1xCORR", differs="The table says 2xCORR.")
    assert (await told_of(db, source=source)).notices == ("The table says 2xCORR.",)


@pytest.mark.parametrize("source", [EMPTY, Broken(None, known_rounds=calendar(1))])
async def test_a_source_that_does_not_answer_leaves_the_summary_without_numbers(
    db: Database, source: Any
) -> None:
    await opened(db, closes_at=NOW + HOUR)
    told = await told_of(db, source=source)
    assert len(told.summary.closing) == 1
    assert (told.summary.measures, told.notices) == ((), ())
    assert await rules(db) == []
