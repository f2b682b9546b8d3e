"""The table of schemes: each one with all it needs, and each one without."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from scoring.schemes import SCHEMES, KnownOfHolders

DRAW = np.random.default_rng(7)
STAKE = DRAW.pareto(1.2, 40) * 10
CLUSTERS = DRAW.integers(0, 20, 40)
ALL = KnownOfHolders(
    scores=np.where(np.arange(40) % 9 == 0, np.nan, DRAW.normal(0.01, 0.02, 40)),
    errors=np.full(40, 0.01),
    correlations=DRAW.uniform(0, 1, 40),
    clusters=CLUSTERS,
    similarity=(CLUSTERS[:, None] == CLUSTERS) * 1.0,
)
SHARES = {
    "cluster_cap": 0.1,
    "soft_cap": 0.1,
    "cap": 0.05,
    "performance_cap": 0.08,
    "reshape": 0.5,
    "gate": 0.5,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_adds_up_and_says_what_it_needs(name: str) -> None:
    weighing = SCHEMES[name].with_share(SHARES.get(name))
    got = weighing.weigh(STAKE, ALL)
    assert got.sum() == pytest.approx(1)
    assert (got >= 0).all()
    assert set(weighing.needs) <= set(KnownOfHolders.__dataclass_fields__)
    assert not weighing.leaves_out or weighing.leaves_out in weighing.needs
    if weighing.needs:
        with pytest.raises(ValueError, match=r"^What this scheme weighs by is not known here\.$"):
            weighing.weigh(STAKE, KnownOfHolders())
    else:
        np.testing.assert_array_equal(weighing.weigh(STAKE, KnownOfHolders()), got)


def test_shares_are_as_they_are_typed() -> None:
    for name, scheme in SCHEMES.items():
        assert scheme.needs_share == (name in SHARES)
        if scheme.needs_share:
            with pytest.raises(ValueError, match=f"^“{scheme.typed[0]}” needs its {scheme.share}, such as “"):
                scheme.with_share(None)
    assert SCHEMES["gate"].example == "gate 0.5"
    assert SCHEMES["log"].example == "log"


def test_parts_are_like_the_whole() -> None:
    got = ALL.of(np.array([3, 5, 3]))
    assert got.scores is not None
    assert got.scores[0] == got.scores[2]
    assert got.similarity is not None
    assert got.similarity[0, 2] == 1
    assert KnownOfHolders().of(np.array([1])) == KnownOfHolders()


def test_one_more_of_whom_nothing_is_known_is_like_nobody() -> None:
    sparse = replace(ALL, similarity=csr_array(ALL.similarity))
    for known in (ALL, sparse):
        got = known.of(np.array([3, 5, 3])).with_unknown()
        assert got.scores is not None
        assert got.clusters is not None
        assert np.isnan(got.scores).tolist() == [False, False, False, True]
        assert got.clusters[3] not in got.clusters[:3]
        table = got.similarity.toarray() if known is sparse else got.similarity
        assert table[3].tolist() == table[:, 3].tolist() == [0, 0, 0, 1]
        assert (table[0, 2], table.shape) == (1, (4, 4))
    assert KnownOfHolders().with_unknown() == KnownOfHolders()
