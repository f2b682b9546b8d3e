"""What rounds paid according to a live source: final or so far, once, or said to be unknown."""

from typing import Any

import numpy as np

from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Json, Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tests.tournament.numerai.told import row, score
from tournament.source import History

PAID = {"v2_corr20": 0.5, "mmc": 2.0}
GONE_ON = row(
    1300,
    [score("mmc", 0.03, 20, "1.5"), score("mmc", 0.05, 25), score("mmc", 0.07, 60)],
    PAID,
    roundResolveTime="2026-10-01T20:00:00Z",
)
TWO_WAYS = row(1301, [score("v2_corr20", 0.1, 20, "2.5"), score("mmc", 0.1, 20, "2.5")], PAID)
PARTS = row(1302, [score("v2_corr20", 0.1, 20, "2.5"), score("mmc", 0.1, 20, "2.6")], PAID)
TOO_SOON = row(  # called resolved, eight hours before its time
    1303, [score("mmc", 0.02, 19, "0.0", "0.75")], PAID, roundResolveTime="2026-11-20T20:00:00Z"
)
UNKNOWN = "Not known: the payout of 1 round, told by score in amounts that can be read in two ways."


class Telling(LoopbackNumerai):
    """An API that tells these rounds of every model."""

    def _v2RoundModelPerformances(self, variables: dict[str, Any]) -> list[Json]:  # noqa: N802
        return [TOO_SOON, PARTS, TWO_WAYS, GONE_ON]


def is_as_told(history: History) -> None:
    assert history.round.tolist() == [1300, 1301, 1302, 1303]
    assert history.scores["mmc"].tolist() == [0.03, 0.1, 0.1, 0.02]
    np.testing.assert_allclose(history.payout, [1.5, np.nan, 5.1, 0.75], rtol=1e-12)
    assert history.resolved.tolist() == [True, True, True, False]


async def test_a_history_has_what_rounds_paid_or_says_what_is_unknown(
    database: Database, present: Present
) -> None:
    assert present() == numerai_data.NOW
    async with Telling() as api:
        live = source_of("classic", api, database, present)
        history = await live.history("solo_wren")
        is_as_told(history)
        assert history.notice == UNKNOWN
        account = await live.history("drifters")
        assert account.notice == UNKNOWN.replace("payout of 1 round", "payouts of 2 rounds")
        await live.close()
        kept = source_of("classic", api, database, present)
        is_as_told(await kept.history("solo_wren"))
        await kept.close()
