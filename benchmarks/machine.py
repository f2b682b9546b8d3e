"""What machine a table was measured on, as one line: processor, cores, load, Python and numpy."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np


def machine() -> str:
    """One line; the load beside the benchmark tells how far to trust its figures."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, load {load:.1f} at the end, "
        f"Python {platform.python_version()}, numpy {np.__version__}."
    )


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
