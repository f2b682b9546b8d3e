"""Who began to stake and who stopped: by pandas over rounds that were made up, and by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.stakes.changes import StakeChanges, stake_changes
from scoring.rules import PayoutRule, parse_rule, rule_in_force
from tests.features.stakes.made_up import MadeUp, rows_of
from tournament.sample import SampleSource
from tournament.source import History, Rounds

FIRST, ROUNDS, MODELS = 1350, 40, 300  # daily rounds, of a rule that risks a part of the stake in each


def rounds_of(rows: History) -> Rounds:
    """Rounds from Tuesday to Saturday that resolve after 30 days and risked what these rows did."""
    numbers = np.unique(rows.round)
    at = np.arange(numbers.size)
    opened = (np.datetime64("2031-05-06") + at // 5 * 7 + at % 5).astype("datetime64[s]")
    total = np.array([rows.stake[rows.round == number].sum() for number in numbers])
    one = np.ones(numbers.size)
    return Rounds(numbers, opened, opened + np.timedelta64(30 * 86400, "s"), total, total, one, one > 0)


def source_of(risked: np.ndarray, payout: np.ndarray | float = 0.0, first: int = FIRST) -> MadeUp:
    """A source of models (m,) that risked so much in each of r rounds (m, r), NMR."""
    rows = rows_of(np.zeros(risked.shape), risked, payout)
    rows = replace(rows, round=rows.round - 300 + first)
    known = rounds_of(rows)
    late = known.number[known.resolves > known.opened.max()]
    return MadeUp(None, replace(rows, resolved=~np.isin(rows.round, late)), known)


async def told(source: MadeUp | SampleSource) -> StakeChanges:
    found = await stake_changes(source)
    assert found is not None
    return found


def random_stakes() -> tuple[np.ndarray, np.ndarray]:
    """What models risked by round, and what each round paid; some come, some go, most only earn."""
    rng = np.random.default_rng(7)
    share = rule_in_force("classic", round=FIRST).stake_fraction
    stake = rng.lognormal(4, 1.5, MODELS)
    stake[:60] = 0
    risked, payout = np.zeros((2, MODELS, ROUNDS))
    for at in range(ROUNDS):
        if at >= 30:  # payouts of the round that resolves on this day
            stake = stake + payout[:, at - 22] * (stake > 0)
        if at >= ROUNDS - 4:
            begin, leave, more, less = rng.permutation(MODELS).reshape(-1, 10)[:4]
            stake[begin[stake[begin] == 0]] = rng.lognormal(3, 1)
            stake[leave] = 0
            stake[more] *= 1.5
            stake[less] *= 0.6
        risked[:, at] = stake * share
        payout[:, at] = risked[:, at] * rng.normal(0, 0.02, MODELS).clip(-0.05, 0.05)
    return risked, payout


async def test_who_came_went_and_moved_is_what_pandas_counts() -> None:
    risked, payout = random_stakes()
    made = source_of(risked, payout)
    got = await told(made)
    assert made.rows is not None
    assert made.known_rounds is not None
    names = ("model", "round", "stake", "payout")
    rows = pd.DataFrame({name: getattr(made.rows, name) for name in names})
    calendar = pd.DataFrame(
        {"opened": made.known_rounds.opened, "resolves": made.known_rounds.resolves},
        index=made.known_rounds.number,
    )
    now = calendar.index.max()
    before = now - 5
    assert got.rounds == (before, now)
    assert calendar.opened[now] - calendar.opened[before] == pd.Timedelta(days=7)
    rule = rule_in_force("classic", round=FIRST)
    assert rule.stake_fraction < 1
    whole = rows.pivot_table(index="model", columns="round", values="stake") / rule.stake_fraction
    then, newest = whole[before], whole[now]
    began, left = newest[(then == 0) & (newest > 0)], then[(then > 0) & (newest == 0)]
    assert (got.began.models, got.left.models) == (len(began), len(left))
    assert min(len(began), len(left)) > 2
    assert (got.began.nmr, got.left.nmr) == (pytest.approx(began.sum()), pytest.approx(left.sum()))
    assert got.net == pytest.approx(newest.sum() - then.sum())
    resolved = calendar[
        (calendar.resolves > calendar.opened[before]) & (calendar.resolves <= calendar.opened[now])
    ]
    assert len(resolved) == 5
    paid = rows[rows["round"].isin(resolved.index)].groupby("model")["payout"].sum()
    stayed = (then > 0) & (newest > 0)
    assert got.paid == pytest.approx(paid[stayed].sum())
    own = (newest - then - paid)[stayed]
    own = own[own.abs() > 2 * rule.clip * rule.stake_fraction * then[stayed]]
    assert got.raised is not None
    assert got.lowered is not None
    assert (got.raised.models, got.raised.nmr) == ((own > 0).sum(), pytest.approx(own[own > 0].sum()))
    assert (got.lowered.models, got.lowered.nmr) == ((own < 0).sum(), pytest.approx(-own[own < 0].sum()))
    assert 0 < got.raised.models < 60
    moves = pd.concat([began, -left, own])
    np.testing.assert_allclose(got.up, moves.nlargest(5))
    np.testing.assert_allclose(got.down, -moves.nsmallest(5))


async def test_by_hand() -> None:
    """Weekly rounds that risk whole stakes: 5 begins, 7 leaves, 10 becomes 30, 40 becomes 10, 20 earns 2."""
    before = np.array([0.0, 7.0, 10.0, 40.0, 20.0])
    risked = np.tile(before[:, None], 8)
    risked[:, -1] = [5, 0, 30, 10, 22]
    payout = np.zeros((5, 8))
    payout[4, 2] = 2.0  # of the round that resolves between the last two
    rows = replace(rows_of(np.zeros((5, 8)), risked, payout))
    known = rounds_of(rows)
    weekly = (np.datetime64("2031-05-03") + 7 * np.arange(8)).astype("datetime64[s]")
    month = np.timedelta64(30 * 86400, "s")
    source = MadeUp(None, rows, replace(known, opened=weekly, resolves=weekly + month))
    got = await told(source)
    assert (got.rounds, got.net, got.paid) == ((306, 307), 5 - 7 + 20 - 30 + 2, 2)
    assert (got.up, got.down) == ((20, 5), (30, 7))
    assert got.sentences == (
        "From round 306 to 307: 1 model began to stake (+5.00 NMR), 1 left (−7.00 NMR); "
        "net −10.00 NMR in all.",
        "1 model raised a stake (+20.00 NMR), 1 lowered one (−30.00 NMR), beside pay of +2.00 NMR. "
        "The largest moves: +20.00, +5.00, −30.00, −7.00 NMR.",
    )
    # where a round that resolved meanwhile is not known, who raised and lowered is not told
    without = replace(source, rows=rows.only(rows.round != 302))
    some = await told(without)
    assert (some.raised, some.lowered, some.up, some.down) == (None, None, (5,), (7,))
    assert some.sentences == got.sentences[:1]


async def test_nobody_is_said_to_have_left_where_rows_may_be_missing(source: SampleSource) -> None:
    assert await stake_changes(source) is None, "the sample is who stayed on a leaderboard"
    whole = source_of(np.full((4, 12), 10.0))
    assert (await told(whole)).sentences[0].endswith("0 models began to stake, 0 left; net 0 NMR in all.")
    assert whole.rows is not None
    missing = replace(whole, rows=whole.rows.only((whole.rows.round != FIRST + 6) | (whole.rows.model > 0)))
    assert await stake_changes(missing) is None, "not all of the round of a week before is there"
    # of a newest round that is not whole the one before it is the newest
    newest = replace(whole, rows=whole.rows.only((whole.rows.round != FIRST + 11) | (whole.rows.model > 0)))
    assert (await told(newest)).rounds == (FIRST + 5, FIRST + 10)
    assert await stake_changes(source_of(np.full((4, 2), 10.0))) is None, "there is no round of a week before"
    unknown = replace(whole.known_rounds or rounds_of(whole.rows), total_at_risk=np.full(12, np.nan))
    assert await stake_changes(replace(whole, known_rounds=unknown)) is None


class _Announced(MadeUp):
    async def live_rule(self) -> PayoutRule | None:
        rule = parse_rule("1xCORR", rule_in_force("classic", round=FIRST))
        return replace(rule, status="effective", first_round=FIRST, id="live", stake_fraction=0.5)


async def test_whole_stakes_are_those_of_the_announced_rule() -> None:
    risked = np.full((4, 12), 10.0)
    risked[0, -1] = 0
    dated = source_of(risked)
    live = _Announced(None, dated.rows, dated.known_rounds)
    assert (await told(live)).left.nmr == 20
    assert (await told(dated)).left.nmr == 10 / rule_in_force("classic", round=FIRST).stake_fraction
