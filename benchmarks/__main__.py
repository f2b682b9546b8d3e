"""Runs the benchmarks and prints one table: `python -m benchmarks [ROW ...] [--write]`."""

import argparse
from pathlib import Path

from benchmarks.answers import ahead, drawing, growth, memory, waiting, whole_field
from benchmarks.machine import machine
from benchmarks.rows import run_rows, table
from benchmarks.scoring import eras, influence, metrics, payouts, plan, stakes, transition, weights
from benchmarks.votes import ballots, closing, opinions, tally, voting
from scoring import kernels

MODULES = (
    payouts,
    stakes,
    influence,
    metrics,
    eras,
    transition,
    plan,
    weights,
    tally,
    ballots,
    closing,
    voting,
    opinions,
    waiting,
    drawing,
    ahead,
    growth,
    memory,
    whole_field,
)
BENCHMARKS = {name: benchmark for module in MODULES for name, benchmark in module.BENCHMARKS.items()}
PAGE = Path(__file__).parent / "README.md"


def main() -> None:
    """Run what was named, or all, and print the table; with --write, keep it in benchmarks/README.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one of: {', '.join(BENCHMARKS)}; none: all")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/README.md")
    asked = parser.parse_args()
    unknown = [name for name in asked.rows if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}: the rows are {', '.join(BENCHMARKS)}")
    for loop in kernels.NAMES:
        if not kernels.load(loop):
            print("LEFT OUT: numba is missing, every figure is numpy's (pip install -r requirements.txt)")
            break
    rows = run_rows({name: BENCHMARKS[name] for name in asked.rows or BENCHMARKS})
    page = f"{machine()}\n\n{table(rows)}"
    print(f"\n{page}")
    if asked.write:
        words, mark, _ = PAGE.read_text().partition("## The last table\n")
        PAGE.write_text(f"{words}{mark}\n{page}\n")


main()
