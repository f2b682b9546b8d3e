"""Schemes side by side on the bundled leaderboard, by pandas, and what splitting gains, by hand."""

import numpy as np
import pandas as pd
import pytest

from features.lab.schemes import TRIED, SchemesCompared, schemes_compared
from features.lab.schemes_card import compared_answer, split_answer
from features.lab.splitting import split_test
from tests.features.simulation.proposed import made_up, stakes_of
from tests.ui.cards import check_answer
from tournament.sample import FOLDER, SampleSource

ASKED = {"scheme": None, "tournament": "classic"}


@pytest.fixture(scope="module")
def board() -> pd.Series:
    stake = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz").groupby("account")["nmr_staked"].sum()
    return stake[stake > 0]


async def compared(source: SampleSource) -> SchemesCompared:
    return await schemes_compared(source)


@pytest.mark.slow
async def test_the_table_is_what_pandas_finds(source: SampleSource, board: pd.Series) -> None:
    found = await compared(source)
    assert [each.typed for each in found.tried] == list(TRIED)
    tables = dict(found.applied)
    for typed, weight in (("sqrt", board**0.5), ("log", np.log1p(board))):
        share = weight / weight.sum()
        got = tables[typed]
        running = share.sort_values(ascending=False).cumsum()
        assert got.spread.half[1] == (running <= 0.5).sum() + 1
        assert got.spread.effective[1] == pytest.approx(1 / (share**2).sum())
        assert got.spread.largest[1] == pytest.approx(share.max())
        assert got.moved == pytest.approx((share - board / board.sum()).abs().sum() / 2)
    # ten parts of the largest under the root: sqrt(10) times its root, of all that is there then
    root, whole = board.max() ** 0.5, (board**0.5).sum()
    ten = 10**0.5 * root / (whole + (10**0.5 - 1) * root) / (root / whole)
    assert tables["sqrt"].splitting == pytest.approx(ten)
    assert {typed for typed, _ in found.applied} - {typed for typed, _ in found.of_everybody} == {
        "account rank", "gate 0.5",
    }  # fmt: skip
    assert found.how_many.startswith("12 schemes tried: of many, one always looks good.")
    assert found.finding == (
        "Today 40 accounts hold half of the weight; under these schemes 62 to 2,114 would."
    )
    check_answer(compared_answer(found, ASKED))


@pytest.mark.slow
async def test_one_scheme_in_full(source: SampleSource, board: pd.Series) -> None:
    found = await schemes_compared(source, "Square Root")
    root = board**0.5
    then, now = 10 / (root.sum() + 10), 100 / (board.sum() + 100)
    assert f"{then / now:.2f} times as much" in found.newcomer
    answer = compared_answer(found, {**ASKED, "scheme": "sqrt"})
    check_answer(answer)
    told = {card.heading: card.text for card in answer.details}
    assert "At the pay per NMR of rounds 302-321" in told["Effect on pay"]
    assert "12 schemes tried" in told["What was assumed"]
    assert "CORR a round" in told["Effect on the meta model"]
    assert "Meta model: +0.0014 (+0.0001 to +0.0028) CORR a round." in answer.card.text
    assert "in effect never gone" in told["If skill fades"]
    capped = await schemes_compared(source, "performance cap 2%")
    told = {card.heading: card.text for card in compared_answer(capped, ASKED).details}
    assert "which here is wholly" in told["What was assumed"], "TC does not come again"
    ranked = await schemes_compared(source, "rank")
    assert ranked.newcomer.startswith("A newcomer weighs nothing before there is a score")
    alike = compared_answer(await schemes_compared(source, "soft cap 0.02%"), ASKED)
    assert alike.card.heading == "This scheme can't be applied here"
    assert (
        "A soft cap of 0.02 % can't be kept: with who is like whom here, 0.025 % is the sm" in alike.card.text
    )


async def test_splitting_by_hand() -> None:
    made = made_up([[0.02] * 6, [0.01] * 6], stakes_of([64, 36], guessed=False))
    # roots 8 and 6; in four parts the first has 4 x 4: 16 / 22 over 8 / 14
    found = await split_test(made, parts=4)
    assert found.name == "heron_0"
    assert found.whole == pytest.approx(8 / 14)
    np.testing.assert_array_equal(found.parts, [1, 2, 3, 4])
    assert found.gains[-1] == pytest.approx(16 / 22 * 14 / 8)
    assert found.finding == "Splitting into 4 gives heron_0 1.27 times the weight."
    assert found.for_others(None).finding == "Splitting into 4 gives one account 1.27 times the weight."
    check_answer(split_answer(found, {"scheme": "sqrt"}))
    # a stake of 16 more beside them: root 4 of 18, in four parts 8 of 22
    sized = await split_test(made, size=16.0, parts=4)
    assert (sized.whole, sized.gains[-1]) == pytest.approx((4 / 18, 8 / 22 * 18 / 4))
    assert (await split_test(made, who="owl_1", scheme="stake")).finding == (
        "Splitting into 10 gains heron_1 nothing."
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"who": "heron_0", "size": 5.0}, "Give a name or a size, not both."),
        ({"parts": 0}, "A stake is split into 1 to 100 parts."),
        ({"parts": 101}, "A stake is split into 1 to 100 parts."),
        ({"size": -1.0}, "A size is an amount above 0 and at most 1,000,000,000 NMR."),
        ({"size": float("nan")}, "A size is an amount above 0"),
        ({"scheme": "magic"}, "“magic” is no way to weigh; there are “stake”"),
        ({"scheme": ""}, "“weights” has nothing after it."),
        ({"scheme": "soft cap 5%"}, "No two accounts share 40 final rounds"),
        ({"scheme": "cap 1%"}, "A cap of 1 % is too low"),
        ({"scheme": "account rank", "size": 5.0}, "This scheme weighs nobody without a past"),
        ({"who": "heron_2"}, "heron_2 has no stake, so there is nothing to split."),
        ({"who": "heron_9"}, "“heron_9”"),
    ],
)
async def test_what_cannot_be_asked(asked: dict[str, object], sentence: str) -> None:
    made = made_up([[0.02] * 6, [0.01] * 6], stakes_of([60, 40, 0], guessed=False))
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        await split_test(made, **asked)  # type: ignore[arg-type]
    assert sentence in str(refused.value)


@pytest.mark.slow
async def test_a_soft_cap_on_hundreds_of_copies_is_refused_with_the_reason() -> None:
    corr = np.random.default_rng(3).normal(0, 0.02, (600, 45))
    corr[:450] = corr[0]
    made = made_up(corr.tolist(), stakes_of([1.0] * 600, guessed=False))
    soft = (await schemes_compared(made, "soft cap 2%")).chosen
    assert soft is not None
    assert soft.impact is None
    # 101,025 of the copies, and those who are alike by luck
    assert soft.why_not.startswith("Of 600 holders 101,")
    assert soft.why_not.endswith("more than the 100,000 that can be worked out: count them as alike from a "
                                 "higher correlation.")  # fmt: skip
    hard = (await schemes_compared(made, "cluster cap 2%")).chosen
    assert hard is not None
    assert hard.impact is not None
    assert hard.impact.after[:450].sum() == pytest.approx(0.02)


async def test_nobody_with_a_stake() -> None:
    made = made_up([[0.02] * 6], stakes_of([0.0]))
    with pytest.raises(ValueError, match=r"^No account on the leaderboard has a stake\.$"):
        await schemes_compared(made)
