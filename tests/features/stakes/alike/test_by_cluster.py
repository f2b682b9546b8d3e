"""Concentration with accounts that score alike counted as one: by pandas on the sample, and by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.simulation.accounts_known import known_of
from features.stakes.concentration import stake_concentration
from features.stakes.concentration_card import concentration_answer
from features.stakes.moments import Moment, Moments
from tests.features.simulation.proposed import MadeUp, calendar, rows_of, stakes_of
from tests.ui.cards import check_answer
from tournament.sample import SampleSource

ASKED = {"unit": "cluster", "zeros": False, "day": None, "tournament": "classic"}


def three_alike() -> MadeUp:
    corr = np.random.default_rng(1).normal(0, 0.02, (8, 60))
    corr[1:3] = corr[0]
    held = stakes_of([10, 30, 20, 5, 5, 5, 25, 0], guessed=False)
    return MadeUp(rows_of(corr.tolist()), calendar(60), held)


async def test_by_hand() -> None:
    made = three_alike()
    found = await stake_concentration(made, unit="cluster")
    # 60 of 100 in one, and 25, 5, 5, 5
    assert sorted(found.holders.stake.tolist()) == [5, 5, 5, 25, 60]
    assert found.finding == "1 cluster holds half of the stake"
    assert found.measures.effective_number == pytest.approx(1 / (0.36 + 0.0625 + 3 * 0.0025))
    assert found.apart is None
    answer = concentration_answer(found, ASKED, Moments((found.holders.day,), ()))
    check_answer(answer)
    assert answer.menus[0].chosen.label == "By cluster of accounts that score alike"
    zeros = await stake_concentration(made, unit="cluster", zeros=True)
    assert (zeros.holders.stake.size, zeros.without_stake) == (6, 1)
    then = Moment(await made.stakes(), "at risk in round 330", counts="Everybody in it is counted: 8 models.")
    past = await stake_concentration(made, unit="cluster", at=then)
    told = concentration_answer(past, ASKED, Moments((past.holders.day,), ())).details[0].text
    assert "**Who is alike**\nPredictions are not public; alike is who has" in told


@pytest.mark.slow
async def test_the_sample_by_pandas(source: SampleSource) -> None:
    stakes = await source.stakes()
    known = known_of(stakes, await source.everyone(), await source.rounds())
    assert known.known.clusters is not None
    held = pd.Series(stakes.account_stake).groupby(known.known.clusters).sum()
    shares = held.sort_values(ascending=False).cumsum() / held.sum()
    found = await stake_concentration(source, unit="cluster")
    assert found.measures.half == (shares <= 0.5).sum() + 1
    assert found.measures.effective_number == pytest.approx(1 / ((held / held.sum()) ** 2).sum())
    assert found.who == f"{(held > 0).sum():,} guessed clusters"
    by_account = await stake_concentration(source)
    assert found.measures.half < by_account.measures.half
    answer = concentration_answer(found, ASKED, Moments((found.holders.day,), ()))
    check_answer(answer)
    assert "298 accounts with 30 % of stake could be compared, the others count alone." in answer.card.after
    assert "accounts guessed from models' names" in answer.card.small


async def test_what_cannot_be_told() -> None:
    made = three_alike()
    assert made.held is not None
    untold = replace(made, held=replace(made.held, account_of=None))
    with pytest.raises(ValueError, match=r"^This source does not say whose models are whose, so it can't be"):
        await stake_concentration(untold, unit="cluster")
    short = MadeUp(rows_of([[0.01, 0.02]] * 3), calendar(2), stakes_of([1, 1, 1]))
    with pytest.raises(ValueError, match=r"^No two accounts share 40 final rounds"):
        await stake_concentration(short, unit="cluster")
