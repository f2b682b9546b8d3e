"""Refusals without the positions they end in, which follow from the numbers that were tried."""

import re


def without_places(error: ValueError) -> str:
    return re.sub(r" \(see [^.]*\)\.$", ".", str(error))
