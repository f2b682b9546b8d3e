"""The lines of the bench page: what a piece of work takes, beside a peer and a bound of the same run."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

HEAD = "| row | work | ours | peer | faster | bound | of the bound | apart |"


@dataclass(frozen=True)
class Beside:
    """What somebody else, or the machine itself, takes for the same; in the unit of the row."""

    name: str
    value: float


@dataclass(frozen=True)
class Row:
    """One figure, what it stands beside and what was asked for; all of one run.

    `ours` is in `unit`: "ms" or "MB" (less is better) or "a second" (more is). `faster` is the least that was
    asked for beside the peer, `of_bound` the most beside the bound (of "a second": the least share of it),
    `within` the limit of the figure itself. `apart` is how far ours and the peer's answers are apart, and may
    be.
    """

    name: str
    work: str
    ours: float
    peer: Beside | None = None
    bound: Beside | None = None
    faster: float | None = None
    of_bound: float | None = None
    within: float | None = None
    apart: tuple[float, float] | None = None
    unit: str = "ms"

    @property
    def times_the_peer(self) -> float | None:
        """How many times as fast as the peer."""
        return None if self.peer is None else self._better(self.peer.value, self.ours)

    @property
    def times_the_bound(self) -> float | None:
        """How many times what the machine needs for the part that nobody can do without."""
        return None if self.bound is None else self.ours / self.bound.value

    @property
    def is_met(self) -> bool:
        """Whether all that was asked for was reached, agreement included."""
        beside_peer, beside_bound = self.times_the_peer, self.times_the_bound
        more = self.unit == "a second"
        return (
            (self.faster is None or (beside_peer is not None and beside_peer >= self.faster))
            and (
                self.of_bound is None
                or (beside_bound is not None and _holds(beside_bound, self.of_bound, more))
            )
            and (self.within is None or _holds(self.ours, self.within, more))
            and (self.apart is None or self.apart[0] <= self.apart[1])
        )

    @property
    def line(self) -> str:
        """The row as a line of a Markdown table; what was asked for in brackets, a miss in bold."""
        peer, bound = self.times_the_peer, self.times_the_bound
        least = self.unit == "a second"
        cells = (
            self.name if self.is_met else f"**{self.name}: missed**",
            self.work,
            self._figure(self.ours) + _asked(self.within, self.unit, least),
            "" if self.peer is None else f"{self.peer.name} {self._figure(self.peer.value)}",
            "" if peer is None else f"{_short(peer)}x" + _asked(self.faster, "x", True),
            "" if self.bound is None else f"{self.bound.name} {self._figure(self.bound.value)}",
            "" if bound is None else f"{_short(bound)}x" + _asked(self.of_bound, "x", least),
            "" if self.apart is None else f"{self.apart[0]:.0e} ({self.apart[1]:.0e})",
        )
        return "| " + " | ".join(cells) + " |"

    def _better(self, theirs: float, ours: float) -> float:
        return theirs / ours if self.unit != "a second" else ours / theirs

    def _figure(self, value: float) -> str:
        return f"{_short(value)} {self.unit}"


def loop_pays(name: str, work: str, compiled: float, by_numpy: float) -> Row:
    """What a compiled loop has to be worth: at least twice as fast as numpy, or it goes."""
    return Row(name, f"{work}, compiled", compiled, Beside("numpy alone", by_numpy), faster=2)


def run_rows(
    benchmarks: Mapping[str, Callable[[], Iterable[Row]]], told: Callable[[str], None] = print
) -> list[Row]:
    """All rows of these benchmarks; one that fails is told and leaves the others alone."""
    rows: list[Row] = []
    for name, benchmark in benchmarks.items():
        told(f"\n== {name}")
        try:
            rows.extend(benchmark())
        except Exception:  # noqa: BLE001 - a report tells what broke, and goes on
            told(f"{name} BROKE:\n{traceback.format_exc()}")
    return rows


def table(rows: Iterable[Row]) -> str:
    """The bench page's table."""
    return "\n".join(
        [HEAD, "| " + " | ".join(["---"] * HEAD.count(" | ")) + " | --- |", *(row.line for row in rows)]
    )


def _holds(found: float, limit: float, more: bool) -> bool:
    return found >= limit if more else found <= limit


def _asked(limit: float | None, unit: str, least: bool) -> str:
    if limit is None:
        return ""
    return f" ({'≥' if least else '≤'} {_short(limit)}{'' if unit == 'x' else ' '}{unit})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
