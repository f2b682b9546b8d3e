"""What people type, without the characters that nobody sees, and how many of a thing there are."""

import math
import re
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs"}
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0\U00013441\U00013442\U0001d159"  # drawn as nothing
_JOINERS = "\u200c\u200d\u200e\u200f"  # emoji, Persian and mixed directions need them, between two characters
_LOOSE_JOINERS = re.compile(rf"(?:^|(?<=\s))[{_JOINERS}]|[{_JOINERS}](?=\s|$)")
_NAMED = re.compile(r"@(?=\S)|<#|discord(?:app)?\.com/users/", re.IGNORECASE)
_REPEATED_JOINERS = re.compile(rf"([{_JOINERS}])[{_JOINERS}]+")


def counted(count: float, thing: str, plural: str = "") -> str:
    """ "1 round", "20 rounds"; a number that is none is "an unknown number of rounds"."""
    if math.isnan(count):
        return f"an unknown number of {plural or thing + 's'}"
    return f"{count:,.0f} {thing if f'{count:.0f}' == '1' else plural or thing + 's'}"


def clean(text: str) -> str:
    """A text of several lines in NFC, without control, zero-width and bidirectional override characters.

    Joiners stay, one at a time and only inside a word; what is drawn as nothing counts as a space; spaces
    at the ends of lines and more than one empty line go. What has nothing to see in it is nothing. Cleaning
    a clean text changes nothing. Mentions and markup are kept as they are.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", "".join(map(_visible, text)))
    text = _LOOSE_JOINERS.sub("", _REPEATED_JOINERS.sub(r"\1", text))
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
        return ""
    text = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def clean_line(text: str) -> str:
    """The same on one line, with single spaces."""
    return " ".join(clean(text).split())


def clean_phrase(text: str) -> str:
    """The same for one setting among several on a line: semicolons, which part settings, become commas."""
    return clean_line(text).replace(";", ",")


def names_somebody(text: str) -> bool:
    """Whether a clean text names a member, a role or a channel, as far as signs tell.

    That is an at sign before anything but a space, in any of its forms (＠, ﹫), also inside an address, what
    Discord writes for a channel, and the address of a member's page. A name without a sign is for members
    to see.
    """
    return _NAMED.search(unicodedata.normalize("NFKC", text)) is not None


def escaped(text: str, *, links: bool = True) -> str:
    """What a member wrote, so that Markdown shows it as it was typed: no markup, no table cells, no pings.

    Addresses stay links where links are wanted. A space without width parts @ and # from what follows:
    forums look for @name and #topic after markup is gone.
    """
    text = re.sub(r"[\\`*_{}\[\]<>|~#&$^]" if links else r"[\\`*_{}\[\]<>|~#&$^:.]", r"\\\g<0>", text)
    text = re.sub(r"(?m)^(\s*)([-+=])", r"\1\\\2", text)
    text = re.sub(r"(?m)^(\s*[0-9]+)([.)])(?=\s|$)", r"\1\\\2", text)
    return re.sub(r"[@#]", "\\g<0>\u200b", text)


def _visible(sign: str) -> str:
    if sign == "\n" or sign in _JOINERS:
        return sign
    category = unicodedata.category(sign)
    if category[0] == "Z" or sign in _BLANKS or sign in "\t\v\f\x1c\x1d\x1e\x1f\x85":
        return "\n" if category in ("Zl", "Zp") else " "
    return "" if category in _INVISIBLE else sign
