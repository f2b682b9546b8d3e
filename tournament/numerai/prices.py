"""The price of NMR: the newest that Numerai gives, and those of the days on which somebody asked."""

import contextlib
from collections.abc import Mapping
from datetime import date

from tournament.numerai.cache import Cache
from tournament.numerai.reading import Reading
from tournament.source import SourceError


class Prices:
    """Prices in any currency; Numerai gives the newest alone, so each is kept from the day it was seen."""

    def __init__(self, reading: Reading, cache: Cache) -> None:
        self._reading, self._cache = reading, cache
        self._kept: dict[str, tuple[date, float]] = {}

    async def newest(self, currency: str) -> tuple[date, float] | None:
        """The newest price, which is kept; None where there is none in this currency.

        Raises SourceError where Numerai can't be asked.
        """
        told = (await self._reading.price(currency)).value
        if told is None:
            return None
        newest = date.fromisoformat(told[0]), float(told[1])
        if self._kept.get(currency) != newest and await self._cache.keep_price(currency, *newest):
            self._kept[currency] = newest
        return newest

    async def by_day(self, currency: str) -> Mapping[str, float]:
        """Those that are kept, with the newest. Raises SourceError where there is neither."""
        kept = await self._cache.prices(currency)
        try:
            newest = await self.newest(currency)
        except SourceError:
            if not kept:
                raise
            return kept
        return kept if newest is None else dict(sorted({**kept, newest[0].isoformat(): newest[1]}.items()))

    async def keep(self) -> None:
        """Keep the newest price in USD and in every currency that somebody has asked for."""
        for currency in sorted({"USD", *await self._cache.currencies()}):
            with contextlib.suppress(SourceError):  # it is tried again
                await self.newest(currency)
