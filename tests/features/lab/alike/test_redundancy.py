"""Which models say the same: by pandas on the bundled sample, by hand, and what others are shown of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.lab.alike.redundancy import redundancy
from features.lab.alike.redundancy_card import redundancy_answer
from features.lab.alike.redundancy_chart import picture_of_closest, picture_of_clusters
from scoring.lab.many_models import ALIKE
from tests.features.simulation.proposed import MadeUp, calendar, rows_of, stakes_of
from tests.tournament.sample import file_rows
from tests.ui.cards import check_answer
from tournament.overview import Likeness
from tournament.sample import FOLDER, SampleSource


class Liked(MadeUp):
    """A source whose tournament tells what predictions go with."""

    async def likeness(self, model: str) -> Likeness | None:
        return Likeness(360, 0.75, 0.5, 0.875) if model == "owl_0" else None


def copies(rounds: int = 60, models: int = 8) -> list[list[float]]:
    """The first three say the same."""
    corr = np.random.default_rng(1).normal(0, 0.02, (models, rounds))
    corr[1:3] = corr[0]
    return corr.tolist()


def flock(**known: object) -> Liked:
    return Liked(
        rows_of(copies()),
        calendar(60),
        stakes_of([10, 30, 20, 5, 5, 5, 25, 0], [0, 0, 1, 2, 3, 4, 5, 6], **known),
    )


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """CORR of the staked models of the sample, a column each."""
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz").set_index("model")["nmr_staked"]
    rows = file_rows.final_rows()
    rows = rows[rows["model"].map(board).fillna(0) > 0]
    corr = rows.pivot(index="round", columns="model", values="corr")
    return corr.loc[:, corr.count() >= 40]


@pytest.mark.slow
async def test_the_sample_by_pandas(source: SampleSource, table: pd.DataFrame) -> None:
    found = await redundancy(source)
    n = table.shape[1]
    r = table.sub(table.mean(axis=1), axis=0).corr(min_periods=40).to_numpy() * (1 - 1 / n) + 1 / n
    off = ~np.eye(n, dtype=bool)
    alike = off & (r >= ALIKE)
    independent = n**2 / (n + (r[alike] ** 2).sum())
    assert found.finding == f"{n} models are worth about {independent:.0f} independent ones."
    assert f"{alike.sum() // 2:,} of {np.isfinite(r[off]).sum() // 2:,} pairs have an r of 0.62" in found.sure
    assert sum(each.models for each in found.clusters) + found.found - len(found.clusters) == n
    same = sum(
        bool((table.iloc[:, one] - table.iloc[:, other]).dropna().eq(0).all())
        for one, other in np.argwhere(np.triu(alike & (r > 0.9999), 1))
    )
    assert found.owners.endswith(
        f"{same} pairs of all have the same score in every round they share: what they send is the same."
    )
    assert found.owners.startswith("10 of 468 clear pairs are of one guessed account; ")
    answer = redundancy_answer(found, {"name": None})
    check_answer(answer)
    picture = picture_of_clusters(found)
    assert f"stake: {found.clusters[0].told}; " in picture.alt
    assert found.clusters[0].models == max(each.models for each in found.clusters)


@pytest.mark.slow
async def test_one_of_the_sample_by_pandas(source: SampleSource, table: pd.DataFrame) -> None:
    found = await redundancy(source, "Model_07585")
    n = table.shape[1]
    beyond = table.sub(table.mean(axis=1), axis=0)
    r = beyond.corrwith(beyond["model_07585"]) * (1 - 1 / n) + 1 / n
    common = beyond.notna().mul(beyond["model_07585"].notna(), axis=0).sum()
    r = r[common >= 40].drop("model_07585").sort_values(ascending=False)
    assert [each.name for each in found.closest] == r.index[:8].tolist()
    np.testing.assert_allclose([each.r for each in found.closest], r[:8], atol=1e-9)
    assert (found.others, found.as_alike) == (len(r), (r >= ALIKE).sum())
    assert (
        found.finding
        == f"{r.index[0]} is most like model_07585: r {r.iloc[0]:.2f}, which luck could explain."
    )
    assert not found.closest[0].is_clear
    check_answer(redundancy_answer(found, {"name": "model_07585"}))
    assert f"{r.index[0]} {r.iloc[0]:.2f} ± " in picture_of_closest(found).alt
    account = await redundancy(source, "account_00001")
    assert account.name.startswith("model_")


async def test_copies_by_hand() -> None:
    found = await redundancy(flock(guessed=False))
    # 7 with a stake; three pairs with r 1
    assert found.finding == f"7 models are worth about {49 / (7 + 6):.0f} independent ones."
    assert [(each.models, each.share) for each in found.clusters] == [(3, pytest.approx(0.6))]
    assert found.numbers == (
        "5 clusters, 1 of them with several models; the largest has 3 models and 60 % of all stake."
    )
    assert found.owners.startswith("1 of 3 clear pairs is of one account; 3 pairs of all have the same score")
    check_answer(redundancy_answer(found, {"name": None}))


@pytest.mark.slow
async def test_a_name_by_hand_and_what_others_see() -> None:
    found = await redundancy(flock(), "OWL_0")
    assert found.name == "owl_0"
    assert {each.name for each in found.closest[:2]} == {"owl_1", "owl_2"}
    assert found.closest[0].r == pytest.approx(1)
    assert found.closest[0].is_clear
    assert not found.closest[2].is_clear
    assert found.numbers == (
        "Of 6 other models 2 have an r of 0.62 or more with it. "
        "Its cluster has 3 models and 60 % of all stake."
    )
    answer = redundancy_answer(found, {"name": "owl_0"})
    check_answer(answer)
    assert "0.50 with other staked models on average, 0.88 with the one most like it." in answer.card.after
    for own, name in ((None, "one model"), ("owl_0", "owl_0"), ("owl_1", "one model")):
        shown = found.for_others(own)
        assert shown.name == name
        told = repr(redundancy_answer(shown, {"name": "owl_0"}).details) + picture_of_closest(shown).alt
        assert "owl_1" not in told + shown.finding
        assert shown.finding.startswith(f"Another model is most like {name}: r 1.00")
    alone = await redundancy(flock(), "owl_6")
    assert alone.finding.startswith("Nobody is like owl_6: the most alike has an r of ")
    assert (alone.own, alone.told) == (None, None)
    unstaked = await redundancy(flock(), "owl_7")
    assert (unstaked.others, unstaked.alike.compared) == (7, 8)
    largest = await redundancy(flock(), "heron_0")
    assert largest.name == "owl_1", "the largest of that account"


async def test_who_was_not_there_long_enough() -> None:
    corr = copies()
    corr[6][:30] = [float("nan")] * 30
    short = Liked(rows_of(corr), calendar(60), stakes_of([1] * 8))
    found = await redundancy(short, "owl_6")
    assert found.finding == "It can't be told who is like owl_6: it has too few final rounds with others."
    check_answer(redundancy_answer(found, {"name": "owl_6"}))


async def test_what_cannot_be_asked() -> None:
    made = flock()
    untold = replace(made, held=replace(stakes_of([1] * 8), account_of=None))
    for source, name, sentence in (
        (made, "owl_99", "There is no model or account called “owl_99”"),
        (untold, "heron_0", "Made up does not say which models are that account's. Name a model."),
        (replace(made, held=stakes_of([0.0] * 8)), None, "No model on the leaderboard has a stake."),
        (replace(made, rows=rows_of(copies(39))), None, "No two models share 40 final rounds"),
    ):
        with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
            await redundancy(source, name)
        assert str(refused.value).startswith(sentence)
    apart = await redundancy(Liked(rows_of(copies()[2:]), calendar(60), stakes_of([1] * 6)))
    assert (apart.numbers, apart.owners) == ("No two of them are alike.", "")
    answer = redundancy_answer(apart, {"name": None})
    assert answer.card.draw is None
    check_answer(answer)


def test_shares_are_told_with_two_digits() -> None:
    from features.lab.alike.redundancy import AlikeCluster

    told = [AlikeCluster(1, share).percent for share in (0.43, 0.0161, 0.00044, 0.00001)]
    assert told == ["43 %", "1.6 %", "0.044 %", "under 0.01 %"]
