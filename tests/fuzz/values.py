"""What is typed, picked and attached: what members would, and what nobody should."""

# ruff: noqa: E501

import json
import random
from typing import Any

from demo.tour import EXAMPLES
from tests.ui.markup import HOSTILE, PIECES

EVIL = "[1](https://a.b) [Log in](https://evil.example) \u202e@everyone <@900719925474099301> ||s|| # x"
EDGES = (  # no bare "nan": whoever typed it would read it on a card, which is searched for numbers that are none
    "", " ", "\n", "0", "-0", "-1", "1", "1e308", "1e309", "-1e-320", "-nan", "NaN", "inf", "-inf", "∞", "½", "٣", "1,5",
    "1 000", "0x10", "1e", "--1", "+", ".", "9" * 30, "9223372036854775808", "0.1" * 40, "1/0", "50%", "-50 %", "NMR",
    "2026-02-30", "0000-00-00", "9999-12-31", "1969-12-31", "-1 week", "tomorrow", "2031-05-04T12:00:00+99:00",
    "1--1", "321-311", "0-0", "1-99999999999999999999", "last -5", "all", "none", "null", "undefined", "None", "True",
    "'; DROP TABLE polls; --", '" OR 1=1 --', "%s%n%x", "{0.__class__}", "${jndi:ldap://x}", "../../etc/passwd",
    "https://evil.example/%0a", "javascript:alert(1)", "\x00", "\ud7ff", "\U0010ffff", "a" * 5, "a" * 101, "a" * 4000,
    "é" * 2000, "\u0301" * 300, "🚀" * 500, "\n" * 900, "x\n" * 900, "a b " * 900, "](" * 300, "`" * 99, "||" * 99,
    "1xCORR + 3xTC", "1C3T vs 2C1T vs 1C", "1C" + "+1C" * 60, "vs", "vs vs", "0xCORR", "-1xCORR", "1e9xCORR", "nanxTC",
    "1C3T clip 0", "1C3T clip NaN", "2C1T " * 200, "a;b;c", ";" * 60, ";;", "a;a", "yes, no", "0 to 1 step 0.05",
    "0 to 1 step 0", "1 to 0 step 0.1", "0 to 1e308 step 1e-308", "0 to 1 step 1e-9", "NaN to inf step NaN",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 24, 25, 26, 99, 365, 10**6, 2**31, 2**53 - 1, -(2**53 - 1))
FLOATS = (*NUMBERS, 0.0, -0.0, 0.5, 1e-320, 1e-9, 0.1 + 0.2, 72.0, 1e15, 2.0**53)

# what fits, by the name of an option or field
FITTING: dict[str, tuple[Any, ...]] = {
    "name": ("model_07585", "model_02765", "Europe/Berlin", "model_00001"),
    "model": ("model_07585", "model_02765"),
    "account": ("account_00001",),
    "who": ("me", "everyone", "model_07585", "model_07585, model_02765", "the team"),
    "zone": ("Europe/Berlin", "America/New_York", "UTC"),
    "command": ("poll new", "payout", "recount"),
    "claim": ("Stake is confidence", "Say it first", "TC was a lottery", "Nobody had a week to adapt to it."),
    "proposed": ("1C3T", "1xCORR + 3xTC", "1C3T vs 2C1T vs 1C", "2xCORR"),
    "current": ("2xCORR + 1xTC", "1C"),
    "rule": ("1C3T", "classic-2023-10-07", "2C1T"),
    "rounds": ("30", "all", "311-321", "600"),
    "scores": ("corr 0.02, tc 0.05", "corr -0.1"),
    "score": ("corr", "tc"),
    "day": ("2023-01-01", "2022-06-01"),
    "stage": ("discussion", "vote", "seconding"),
    "to": ("discussion", "vote", "last call", "withdrawn"),
    "question": ("Tea?",),
    "answers": ("yes, no", "yes; no; neither"),
    "title": ("What should be paid?", "Say it eight weeks ahead", "Two weeks' notice"),
    "description": ("", "Pick what you can live with."),
    "options": ("Keep it\nCut TC\nPay MMC", "0 to 1 step 0.05", "A\nB\nC\nD\nE\nF\nG"),
    "problem": ("Rules change within days.",),
    "change": ("A change takes effect eight weeks after its text is published.",),
    "parameters": (
        "notice: 8 weeks",
        "rule: 1.5xCORR + 2xTC\nnotice: 8 weeks\nphase-in: 20 rounds\nfallback: 1xCORR",
    ),
    "reason": ("Asked by mistake.",),
    "what": ("A page that lists every rule", "whole text", "arguments"),
    "link": ("https://forum.example/t/1",),
    "said_on": ("2026-09-01",),
    "due_on": ("2032-11-01",),
    "note": ("It is there.",),
    "statement": ("Thank you.",),
    "text": ("Keep it: 4\nCut TC: 5\nPay MMC: 1", "0.35", "B, A", "1, 2", "corr 0.03", "30", "1C3T"),
    "hours": (1.0, 24.0, 96.0),
    "number": (1, 1, 2, 3, 4, 5),
    "least": (2,),
    "hour": (18,),
    "page": (1, 2),
    "stake": (100.0, 1.0),
    "successor": (1, 2),
    "open_at_once": (10, 50),
    "secondings": (1, 2),
}


def typed(rng: random.Random, name: str, *, hostile: float) -> str:
    """A text for a field of that name; hostile: the share of what does not fit."""
    if rng.random() >= hostile:
        return str(rng.choice(FITTING.get(name, ("text",))))
    kind = rng.randrange(4)
    if kind == 0:
        return EVIL if rng.random() < 0.5 else rng.choice(HOSTILE)
    if kind == 1:
        return "".join(rng.choices(PIECES, k=rng.randint(1, 60)))
    if kind == 2:  # what fits, and something behind it
        return f"{rng.choice(FITTING.get(name, ('text',)))}{rng.choice((*PIECES, *EDGES))}"
    return rng.choice(EDGES)


def number(rng: random.Random, name: str, *, whole: bool, hostile: float) -> int | float:
    """A number for an option of that name."""
    if rng.random() >= hostile:
        value = rng.choice(
            [fit for fit in FITTING.get(name, ()) if not isinstance(fit, str)] or [1, 2, 5, 20]
        )
        return value if not whole else int(value)
    return rng.choice(NUMBERS) if whole else rng.choice(FLOATS)


def attached(rng: random.Random, *, hostile: float) -> tuple[str, str]:
    """(the name, the text) of a file with a proposal."""
    path = rng.choice(sorted(EXAMPLES.glob("*.json")))
    text = path.read_text("utf-8")
    if rng.random() >= hostile:
        return path.name, text
    broken: dict[str, Any] = json.loads(text)
    kind = rng.randrange(5)
    if kind == 0:
        broken[rng.choice(sorted(broken))] = rng.choice((None, 7, [], {}, EVIL, "a" * 9000, [[[[]]]]))
    elif kind == 1:
        del broken[rng.choice(sorted(broken))]
    elif kind == 2:
        broken[rng.choice(EDGES)[:40]] = EVIL
    elif kind == 3:
        return path.name, rng.choice((*EDGES, "[" * 5000, "{" * 50, "[1e999]", '{"title": NaN}', text[:200]))
    else:
        broken["title"] = typed(rng, "title", hostile=1.0)
    return rng.choice((path.name, "a.txt", "x" * 200 + ".json", "\u202enosj.json")), json.dumps(broken)
