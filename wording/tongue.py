"""The tongue of whoever reads: fixed sentences with their numbers and dates; English where it has none.

A sentence is looked up by its English. Catalogues are gettext's, one file a tongue, named after Discord's
locale.
"""

import functools
import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from wording.numbers import MINUS, number

FOLDER = Path(__file__).parent / "tongues"
ENGLISH = "en"
COMMAND, OPTION, CHOICE = "command", "option", "choice"  # words that mean something else in a sentence

# tasks and threads that are started for somebody speak theirs; what nobody in particular asked is English
_reader: ContextVar[str] = ContextVar("reader", default=ENGLISH)


def reader() -> str:
    """The tongue that is spoken now."""
    return _reader.get()


def hear(locale: str) -> None:
    """Speak from here on as whoever asks reads; locale: Discord's, like "ja" or "en-US"."""
    _reader.set(tongue_of(locale))


@contextmanager
def spoken(locale: str | None) -> Iterator[None]:
    """Speak another tongue for a while, for what others read."""
    before = _reader.set(tongue_of(locale))
    try:
        yield
    finally:
        _reader.reset(before)


@functools.lru_cache(64)
def tongue_of(locale: str | None) -> str:
    """The tongue for a locale of Discord's: its own, else that of its language, else English."""
    ways = (locale, locale.split("-")[0]) if locale else ()
    return next((way for way in ways if way in tongues()), ENGLISH)


@functools.cache
def tongues() -> tuple[str, ...]:
    """Every tongue but English that has a catalogue."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.po")))


@functools.cache
def catalogues() -> bytes:
    """All of them as they are written."""
    return b"".join((FOLDER / f"{tongue}.po").read_bytes() for tongue in tongues())


def marked(sentence: str) -> str:
    """The sentence as it is: it is said elsewhere, and belongs into the catalogues."""
    return sentence


def say(sentence: str, /, **values: object) -> str:
    """A sentence in the reader's tongue, in English where that has none.

    values: what stands in its braces. Numbers and dates are written as the sentence's tongue writes them: a
    whole number counts something, a round's or a year is handed over as text. Without any the sentence may
    hold what it likes, as one that another function made.
    """
    found = _catalogue(reader()).gettext(sentence) if sentence and reader() != ENGLISH else sentence
    return _filled(found, ENGLISH if found == sentence else reader(), values)


def say_counted(one: str, many: str, count: int, /, **values: object) -> str:
    """The sentence for one of a thing or for several, as the tongue counts; {count} is how many."""
    found = _catalogue(reader()).ngettext(one, many, count)
    return _filled(found, ENGLISH if found in (one, many) else reader(), {"count": count, **values})


def translated(text: str, tongue: str, context: str = "") -> str | None:
    """A text in a tongue, None where that has none; context: which word of the same spelling it is."""
    if not text or tongue == ENGLISH:
        return None
    catalogue = _catalogue(tongue)
    found = catalogue.pgettext(context, text) if context else catalogue.gettext(text)
    return None if found == text else found


def read_all() -> None:
    """Read every catalogue, so that nobody has to wait for it later."""
    for tongue in tongues():
        _catalogue(tongue)


@functools.cache
def _catalogue(tongue: str) -> gettext.NullTranslations:
    if tongue == ENGLISH:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with (FOLDER / f"{tongue}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=_locale(tongue)))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@functools.cache
def _locale(tongue: str) -> Locale:
    return Locale.parse(tongue, sep="-")


def _filled(sentence: str, tongue: str, values: dict[str, object]) -> str:
    if not values:
        return sentence
    return sentence.format(**{name: written(value, tongue) for name, value in values.items()})


def written(value: object, tongue: str) -> str:
    """A value as it stands in a sentence of that tongue: 1,234 and 2031-05-04 in English, 2031年5月4日 …"""
    if isinstance(value, int):
        return f"{value:,}" if tongue == ENGLISH else format_decimal(value, locale=_locale(tongue))
    if isinstance(value, float):
        told = number(value)
        return told if tongue == ENGLISH else _number_in(told, tongue)
    if isinstance(value, date):
        if tongue == ENGLISH:
            return f"{value:%Y-%m-%d}"
        from babel.dates import format_date  # it looks for this machine's time zone first

        return format_date(value, "long", _locale(tongue))
    return str(value)


def _number_in(told: str, tongue: str) -> str:
    """A number as English tells it, with the same digits, or the words in their place."""
    less = marked("less than {bound}")
    words = less.partition("{")[0]
    if told.startswith(words):
        with spoken(tongue):
            return say(less, bound=_number_in(told.removeprefix(words), tongue))
    digits = told.removeprefix(MINUS).replace(",", "")
    if told == marked("unknown"):
        with spoken(tongue):
            return say(told)
    places = len(digits.partition(".")[2])
    written = format_decimal(float(digits), f"#,##0.{'0' * places}", _locale(tongue))
    return f"{MINUS if told.startswith(MINUS) else ''}{written}"
