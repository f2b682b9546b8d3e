"""What happens next: drawn from what stands on the screens, by one number each, what was least used first."""

# ruff: noqa: E501

import random
from typing import Any

from tests.fuzz.steps import BUTTON, PERISHABLE, STRINGS, UPLOAD, Played, Step, kind_of, usable
from tests.fuzz.values import EDGES, EVIL, attached, number, typed

HOSTILE = 0.35  # the share of what does not fit
MEMBERS = ("ben", "chloe", "mona", "mona", "rex", "dora", "dina")
KINDS = {
    "type": 36,
    "press": 34,
    "fill": 6,
    "complete": 6,
    "forge": 7,
    "menu": 1,
    "delete": 2,
    "gone": 2,
    "wait": 5,
}
WAITS = (1, 10, 61, 60 * 24, 60 * 24 * 4, 60 * 24 * 8, 60 * 24 * 40)
RECENT = 60
HEADINGS = (1, 9, 10, 14, 17, 18)  # parts of a form that hold others, or are read only


def next_step(played: Played, seed: int, place: int) -> Step:
    """The step of that place under that seed."""
    rng = random.Random(f"{seed}:{place}")
    if place - 1 in played.forms and rng.random() < 0.85:
        return _fill(played, rng, place, place - 1)
    if rng.random() < 0.003:
        return Step(place, "restart")
    kind = rng.choices(list(KINDS), weights=list(KINDS.values()))[0]
    step = _MAKE[kind](played, rng, place) if kind in _MAKE else None
    return step or _type(played, rng, place)


def _twice(rng: random.Random) -> dict[str, Any]:
    draw = rng.random()
    return {"times": 2, "echo": draw < 0.04} if draw < 0.1 else {}


def _least_used(played: Played, rng: random.Random, names: list[str], of: int = 6) -> str:
    some = rng.sample(names, min(of, len(names)))
    return min(some, key=lambda name: (played.used.get(f"/{name}", 0), name))


def _type(played: Played, rng: random.Random, place: int) -> Step:
    commands, who = played.stage.commands, rng.choice(MEMBERS)
    name = _least_used(played, rng, sorted(name for name in commands if _is_offered(played, who, name)))
    values = {}
    for option in commands[name][1].get("options") or []:
        if option.get("required") or rng.random() < 0.35:
            values[option["name"]] = _option(rng, option)
    return Step(place, "type", who, name, values, **_twice(rng))


def _is_offered(played: Played, who: str, command: str) -> bool:
    """Whether Discord offers a command where somebody types: most belong to servers."""
    contexts = played.stage.commands[command][0].get("contexts")
    return who != "dina" or contexts is None or 1 in contexts


def _option(rng: random.Random, option: dict[str, Any]) -> Any:
    kind, name = option["type"], option["name"]
    choices = [choice["value"] for choice in option.get("choices", ())]
    if choices and rng.random() < 0.95:
        return rng.choice(choices)
    if kind == 3:
        # Discord takes 6,000 characters where the command says nothing else
        return typed(rng, name, hostile=HOSTILE)[: option.get("max_length", 6000)]
    if kind in (4, 10):
        return number(rng, name, whole=kind == 4, hostile=HOSTILE)
    if kind == 5:
        return rng.random() < 0.5
    if kind == 11:
        return list(attached(rng, hostile=0.5))
    rooms = ["talk", "news"] + ["forum"] * (15 in option.get("channel_types", (15,)))
    return rng.choice({6: ["ben", "chloe", "mona"], 7: rooms, 8: ["moderators", "team"]}[kind])


def _complete(played: Played, rng: random.Random, place: int) -> Step | None:
    who = rng.choice(MEMBERS)
    options = [
        (name, option)
        for name, (_, leaf, _) in sorted(played.stage.commands.items())
        for option in leaf.get("options") or []
        if option.get("autocomplete") and _is_offered(played, who, name)
    ]
    name, option = rng.choice(options)
    others = played.stage.commands[name][1]["options"]
    values = {option["name"]: typed(rng, option["name"], hostile=0.7)[:6000]}
    for other in others:
        if other["name"] != option["name"] and other["type"] == 3 and rng.random() < 0.4:
            values[other["name"]] = _option(rng, other)
    return Step(place, "complete", who, name, values)


def _menu(played: Played, rng: random.Random, place: int) -> Step:
    text = typed(rng, "claim", hostile=0.7)[:2000]
    # Discord sends no message without a sign that is seen
    return Step(
        place, "menu", rng.choice(("ben", "chloe", "mona")), "Add as statement", text if text.strip() else "x"
    )


def _press(played: Played, rng: random.Random, place: int) -> Step | None:
    found = [
        (step, nth, number, item)
        for step, shown in list(played.messages.items())[-RECENT * 3 :]
        for nth, message in enumerate(shown)
        if (kept := played.stage.message(message)) is not None
        for number, item in enumerate(usable(kept))
    ]
    if not found:
        return None
    some = [found[-1 - int(len(found) * rng.random() ** 2)] for _ in range(8)]
    step, nth, number, item = min(some, key=lambda each: played.used.get(kind_of(each[3]["custom_id"]), 0))
    message = played.stage.message(played.messages[step][nth])
    assert message is not None
    who = played.owners.get(message.id) or _somebody(played, rng, message)
    values: Any = None
    if item["type"] == STRINGS:
        most = max(1, min(item.get("max_values", 1), len(item.get("options", ())) or 1))
        least = min(item.get("min_values", 1), most)
        values = rng.sample(
            range(max(len(item.get("options", ())), 1)), rng.randint(least, most) if most else 0
        )
    elif item["type"] != BUTTON:
        values = [rng.choice(("talk", "news", "forum", "proposals", "moderators", "team", "ben", "chloe"))]
    return Step(
        place, "press", who, values=values, under=step, message=nth, place=number,
        **_twice(rng),
    )  # fmt: skip


def _somebody(played: Played, rng: random.Random, message: Any) -> str:
    there = [name for name in MEMBERS if played.stage.shown_to(message, name)]
    return rng.choice(there or ["ben"])


def _fill_any(played: Played, rng: random.Random, place: int) -> Step | None:
    """A form again, that was opened a while ago and perhaps submitted before."""
    return _fill(played, rng, place, rng.choice(list(played.forms)[-10:])) if played.forms else None


def _fill(played: Played, rng: random.Random, place: int, under: int) -> Step:
    who, form, _ = played.forms[under]
    return Step(place, "fill", who, kind_of(form["custom_id"]), _fields(rng, form), under, **_twice(rng))


def _fields(rng: random.Random, form: dict[str, Any]) -> dict[str, Any]:
    """What is put into the fields of a form."""
    values = {}
    waiting = list(form["components"])
    while waiting:
        part = waiting.pop(0)
        waiting += [*part.get("components", ()), *([part["component"]] if "component" in part else [])]
        if "custom_id" in part and part["type"] not in HEADINGS:
            values[part["custom_id"]] = _field(rng, part)
    return values


def _field(rng: random.Random, part: dict[str, Any]) -> Any:
    if part["type"] == UPLOAD:
        return [list(attached(rng, hostile=0.5))]
    if part["type"] == 4:
        text = typed(rng, part["custom_id"], hostile=HOSTILE)
        if part.get("required", True) and not text:
            text = "x"
        # Discord holds its own lengths; now and then it is as if it did not
        return text if rng.random() < 0.1 else text[: part.get("max_length", 4000)]
    options = [option["value"] for option in part.get("options", ())]
    if part["type"] == 21:  # one of several
        return rng.choice(options) if options and rng.random() < 0.9 else None
    if options:
        most = min(part.get("max_values") or len(options), len(options))
        least = min(part.get("min_values", 1) or 0, most)
        return rng.sample(options, rng.randint(least, most))
    return rng.random() < 0.2


def _forge(played: Played, rng: random.Random, place: int) -> Step | None:
    """An id from somewhere else, with another row's number, or broken; Discord sends the rest as it is."""
    shown = [(step, message[0]) for step, message in list(played.messages.items())[-RECENT:] if message]
    kept = [
        (step, message) for step, number in shown if (message := played.stage.message(number)) is not None
    ]
    who = rng.choice(MEMBERS)
    there = [step for step, message in kept if played.stage.shown_to(message, who)]
    items = [(item["custom_id"], item) for _, message in kept for item in usable(message)]
    forms = [(form["custom_id"], form) for _, form, _ in list(played.forms.values())[-10:]]
    if not there or not items + forms:
        return None
    custom_id, found = rng.choice(items + forms)
    draw, parts = rng.random(), custom_id.split(":")
    if draw < 0.6:
        row = rng.choice(("0", "1", "2", "3", "99", "9" * 18, "s1", "s99", "-1", "x", ""))
        custom_id = ":".join([*parts[:2], row, *parts[3:]])
    elif draw < 0.7:
        custom_id = ":".join([*parts[:-1], rng.choice((EVIL, "f" * 16, "0" * 16, *EDGES))])
    elif draw < 0.8 and "title" not in found:
        custom_id = rng.choice(EDGES)
    values: Any = {"type": found.get("type"), "values": []}
    if "title" in found:
        values = _fields(rng, found) | {"form": found["components"]}
    elif found["type"] == STRINGS:
        values["values"] = [rng.choice((*EDGES, *(line["value"] for line in found.get("options", ()))))[:100]]
    return Step(
        place, "forge", who, (custom_id or "x")[:100], values, rng.choice(there),
        **_twice(rng),
    )  # fmt: skip


def _delete(played: Played, rng: random.Random, place: int) -> Step | None:
    shown = [step for step, messages in played.messages.items() if messages]
    what = rng.choice(("message", "message", "thread"))
    return Step(place, "delete", what=what, under=rng.choice(shown)) if shown else None


def _gone(played: Played, rng: random.Random, place: int) -> Step:
    return Step(place, "gone", what=rng.choice(PERISHABLE), place=rng.randrange(1000))


def _wait(played: Played, rng: random.Random, place: int) -> Step:
    return Step(place, "wait", values=rng.choice(WAITS))


_MAKE = {"press": _press, "fill": _fill_any, "complete": _complete, "forge": _forge, "menu": _menu, "delete": _delete,
         "gone": _gone, "wait": _wait}  # fmt: skip
