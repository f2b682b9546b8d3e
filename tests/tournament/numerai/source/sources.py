"""Sources of any tournament over the loopback API."""

from storage.database import Database
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import Tournament


def source_of(
    tournament: Tournament, api: LoopbackNumerai, database: Database, present: Present
) -> NumeraiSource:
    plenty = Throttle(100_000)  # the number of requests is not what those tests are about
    return NumeraiSource(
        database, tournament=tournament, address=api.address, now=present, patience=CALM, throttle=plenty
    )
