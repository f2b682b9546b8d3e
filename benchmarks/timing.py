"""Fair timings on a noisy machine: contenders take turns, medians are compared, nothing stops a report."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from scoring import kernels

SHORTEST = 0.05  # seconds a turn lasts at least: short contenders are called several times in one


def side_by_side(title: str, turns: int, **contenders: Callable[[], Any]) -> dict[str, float]:
    """Median milliseconds a call of each contender, in turn after a warm-up; the first is the peer."""
    calls = {name: max(1, round(SHORTEST / _seconds(contender, 1))) for name, contender in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, contender in contenders.items():
            times[name].append(1000 * _seconds(contender, calls[name]) / calls[name])
    medians = {name: statistics.median(values) for name, values in times.items()}
    peer = next(iter(medians.values()))
    print(f"\n{title} ({turns} turns, medians)")
    for name, median in medians.items():
        low, high = min(times[name]), max(times[name])
        shown = f"{name.replace('_', ' '):<34} {median:9.2f} ms  ({low:.2f} to {high:.2f})"
        print(f"  {shown}  {peer / median:6.1f}x")
    return medians


def by_numpy(work: Callable[[], Any]) -> Callable[[], Any]:
    """The same work as where numba is not installed."""

    def called() -> Any:
        kept = dict(kernels._loaded)
        kernels._loaded.update(dict.fromkeys(kernels.NAMES))
        try:
            return work()
        finally:
            kernels._loaded.clear()
            kernels._loaded.update(kept)

    return called


def asked_for(what: str, found: float, most: float, unit: str = "ms") -> None:
    """Print a figure, what was asked for, and whether it was met."""
    verdict = "" if found <= most else "  MISSED"
    print(f"  {what:<34} {found:9,.4g} {unit}  (asked for: at most {most:,.4g}){verdict}")


def agreement(what: str, apart: float, most: float) -> None:
    """Print how far apart two ways of doing the same are, and whether that is rounding or a fault."""
    print(
        f"  {what:<34} {apart:9.1e}  (apart at most: {most:.0e}){'' if apart <= most else '  THEY DISAGREE'}"
    )


def _seconds(contender: Callable[[], Any], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        contender()
    return time.perf_counter() - start
