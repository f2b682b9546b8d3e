"""What people type, without the characters that nobody sees, and how many of a thing there are."""

import math
import re
import unicodedata
from collections.abc import Callable

_INVISIBLE = {"Cc", "Cf", "Cs"}
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0\U00013441\U00013442\U0001d159"  # drawn as nothing
_JOINERS = "\u200c\u200d\u200e\u200f"  # emoji, Persian and mixed directions need them, between two characters
_LOOSE_JOINERS = re.compile(rf"(?:^|(?<=\s))[{_JOINERS}]|[{_JOINERS}](?=\s|$)")
_NAMED = re.compile(r"@(?=\S)|<#|discord(?:app)?\.com/users/", re.IGNORECASE)
_UNUSUAL = re.compile(  # what may not be shown as it is: control, format, fillers, selectors of variants
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_HONEST = re.compile(  # ASCII, no name before the host, no backslash
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?",
    re.IGNORECASE,
)
_LONGEST_ADDRESS = 400  # that is a link: a page must hold it whole
_ENDS = ".,:;!?*_~|\"'`]}”’»›…。"  # after an address, not of it
_MARKUP = re.compile(
    r"[\\`*{}\[\]<>|~#&$^]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|:(?=//\S)"  # inside a word _ is none
)
_IN_ADDRESS = str.maketrans({"|": "%7C", "`": "%60", "@": "%40"})  # what would mean something there
_ROUND = str.maketrans("[]", "()")
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


def shown(text: str) -> str:
    """A text as it may be shown anywhere: without direction marks and without signs that nobody sees.

    Joiners stay where letters or emoji are joined by them; breaks of lines are all of one kind.
    """
    if _UNUSUAL.search(text) is None:
        return text
    kept = [""]
    for at, sign in enumerate(text):
        told = _kept(sign, kept[-1], text[at + 1 : at + 2]) if _UNUSUAL.match(sign) else sign
        kept += [told] if told else []
    return "".join(kept)


def escaped(text: str, *, links: bool = True) -> str:
    """What a member wrote, so that Markdown shows it as it was typed: no markup, no table cells, no pings.

    Addresses stay links where links are wanted, and show where they lead; where none are, as inside of a
    link, square brackets become round ones: not every reader of Markdown knows them as escaped there. A space
    parts @ and # from a name: forums look for @name and #topic after markup is gone.
    """
    if not links:
        return re.sub(r":(?!//)|\.", r"\\\g<0>", _escaped(shown(text).translate(_ROUND)))
    return with_addresses(text, _escaped)


def with_addresses(text: str, escape: Callable[[str], str]) -> str:
    """What a member wrote, escaped; an address in it becomes <https://a.b>, which shows where it leads.

    escape: also keeps what follows a colon from being an address. An address that may look like another (a
    name before its host, letters beyond ASCII, a backslash) is no link.
    """
    text, parts, at = shown(text), list[str](), 0
    for found in _ADDRESS.finditer(text):
        address = found[0]
        if len(address) > _LONGEST_ADDRESS:
            continue
        while address[-1] in _ENDS or (address[-1] == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        if _HONEST.fullmatch(address):
            parts += [escape(text[at : found.start()]), f"<{address.translate(_IN_ADDRESS)}>"]
            at = found.start() + len(address)
    return "".join([*parts, escape(text[at:])])


def _escaped(text: str) -> str:
    text = _MARKUP.sub(r"\\\g<0>", text)
    text = re.sub(r"(?m)^([ \t]*)([-+=])", r"\1\\\2", text)
    text = re.sub(r"(?m)^([ \t]*[0-9]+)([.)])(?=\s|$)", r"\1\\\2", text)
    text = re.sub(r"(?m)^[ \t]{4,}", "   ", text)  # four are a block of code
    return re.sub(r"@(?=[\w!&])|(?<!\w)\\#(?=[^\W\d])", r"\g<0> ", text)


def _kept(sign: str, before: str, after: str) -> str:
    """What is shown of an unusual sign between two others, "" at an end."""
    if sign in "\r\v\f\x85\u2028\u2029":
        return "" if after == "\n" else "\n"
    if sign in "\u200c\u200d":
        arabic = unicodedata.bidirectional(before or " ") == "AL"
        joins = arabic or _category(before) in ("Mn", "Mc", "So", "Sk")
        joined = before >= "\u0600" and after >= "\u0600" and not _UNUSUAL.match(after)
        return sign if joins and joined else ""
    if sign == "\ufe0f":  # draws the sign before it as an emoji
        return sign if after == "\u20e3" or _category(before) in ("So", "Sm", "Po", "Pd") else ""
    return " " if sign == "\t" or sign in _BLANKS else ""


def _category(sign: str) -> str:
    return unicodedata.category(sign) if sign else ""


def _visible(sign: str) -> str:
    if sign == "\n" or sign in _JOINERS:
        return sign
    category = unicodedata.category(sign)
    if category[0] == "Z" or sign in _BLANKS or sign in "\t\v\f\x1c\x1d\x1e\x1f\x85":
        return "\n" if category in ("Zl", "Zp") else " "
    return "" if category in _INVISIBLE else sign
