"""Members' text as it may stand on a card, and cards cut to Discord's limits."""

import re

from governance.text import shown, with_addresses

ADVISORY = "Advisory, not binding on Numerai."

_MARKUP = re.compile(
    r"[\\`*\[\]|~]|<(?=\S|$)"
    r"|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"  # inside of a word it formats nothing
    r"|:(?=//\S|[\w+~-]+:)|&(?=#?\w+;)"  # addresses, names of emoji, signs by their names
)
_PINGS = re.compile(r"@(?=everyone|here|[!&]?[0-9])")  # whoever they are for, as Discord looks for them
_FIRST = re.compile(r"(?m)^([ \t]*)(#(?=#{0,5}(?:\s|$))|>|-(?=[\s#-]|$)|\+(?=\s|$)|=(?=[=\s]*$))")
_COUNTED = re.compile(r"(?m)^([ \t]*[0-9]{1,9})([.)])(?=\s|$)")


def plain(text: str) -> str:
    """What a member wrote, for where Discord renders Markdown: it neither formats nor pings nor hides a link.

    A space parts @ from whom it would ping. An address stays a link, written <https://a.b>: it shows where it
    leads, and no preview of it. One that may look like another is text.
    """
    return with_addresses(text, _escaped)


def caption(text: str, most: int) -> str:
    """What a member wrote, for where Discord renders no Markdown: labels, titles, names of threads, alt text.

    On one line, without signs that nobody sees, cut to so many characters.
    """
    return shortened(" ".join(shown(text).split()), most)


def as_read(text: str) -> str:
    """What is read of a text of Markdown: its escapes and the brackets of its addresses are not."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", re.sub(r"<(https?://[^\s>]+)>", r"\1", text))


def _escaped(text: str) -> str:
    text = _PINGS.sub("@ ", _MARKUP.sub(r"\\\g<0>", text))
    return re.sub(r"(?m)^[ \t]{4,}", "   ", _inline(text))


def _inline(text: str) -> str:
    """The text, whose lines begin no heading, quote or list."""
    return _COUNTED.sub(r"\1\\\2", _FIRST.sub(r"\1\\\2", text))


def shortened(text: str, most: int) -> str:
    """A text that fits, cut with an ellipsis and inside neither an escape nor an address."""
    return text if len(text) <= most else text[: _whole(text, most - 1)] + "…"


def _whole(text: str, at: int) -> int:
    """Where an escaped text may be cut, at this place or before it."""
    opened = text.rfind("<", 0, at)
    if opened >= 0 and ">" not in text[opened:at] and not _slashes(text[:opened]) % 2:
        at = opened
    return at - _slashes(text[:at]) % 2


def _slashes(text: str) -> int:
    return len(text) - len(text.rstrip("\\"))


def split_text(text: str, first: int, most: int) -> list[str]:
    """The text in parts: the first of at most `first` characters, the others of `most`.

    Cut between lines, else between sentences, else between words; at least one part, which may be empty.
    """
    parts: list[str] = []
    room = first
    while len(text) > room:
        at = max(text.rfind("\n", 0, room), 0) or max(text.rfind(". ", 0, room) + 1, 0)
        at = at or max(text.rfind(" ", 0, room), 0) or _whole(text, room) or room
        parts.append(text[:at].rstrip())
        line, broken, rest = text[at:].lstrip().partition("\n")
        # what stood inside of a line begins none
        text, room = (line if text[at] == "\n" else _inline(line)) + broken + rest, most
    return [*parts, text]
