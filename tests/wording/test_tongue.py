"""A sentence comes in the reader's tongue with its numbers and dates, and in English where that has none."""

import asyncio
import math
from datetime import UTC, date, datetime

import pytest

from wording.numbers import number
from wording.tongue import hear, reader, say, say_counted, spoken, tongue_of, tongues, translated, written


@pytest.mark.parametrize(
    ("locale", "tongue"),
    [("ja", "ja"), ("en-US", "en"), ("en-GB", "en"), ("de", "en"), ("zh-TW", "en"), ("", "en"), (None, "en")],
)
def test_whose_tongue_has_no_catalogue_reads_english(locale: str | None, tongue: str) -> None:
    assert tongue_of(locale) == tongue


def test_a_sentence_is_said_as_the_reader_reads() -> None:
    assert say("Share") == "Share"
    with spoken("ja"):
        assert (reader(), say("Share"), say("Verified: {account}", account="{x}")) == (
            "ja",
            "共有",
            "認証済み: {x}",
        )
        with spoken("de"):
            assert (reader(), say("Share")) == ("en", "Share")
        assert say("Share") == "共有"
    assert say("Share") == "Share"


@pytest.mark.parametrize("sentence", ["Nobody has translated {this}.", "", "msgid", "\x04", "報酬"])
def test_what_is_in_no_catalogue_stays_as_it_is(sentence: str) -> None:
    with spoken("ja"):
        assert say(sentence) == sentence
        assert translated(sentence, "ja") is None


def test_numbers_of_a_sentence_that_stays_english_are_english() -> None:
    with spoken("ja"):
        assert say("On {day}: {count}", day=date(2031, 5, 4), count=1234) == "On 2031-05-04: 1,234"
        assert "2031年5月4日" in say(
            "**Verified** You proved on {day} that it is yours.", day=date(2031, 5, 4)
        )


def test_a_word_is_found_by_what_it_is() -> None:
    assert translated("link", "ja", "command") == "連携"
    assert translated("link", "ja", "option") == "リンク"
    assert translated("link", "ja") is None
    assert translated("link", "en", "command") is None


def test_one_and_several() -> None:
    forms = "{count} model", "{count} models"
    assert [say_counted(*forms, count) for count in (0, 1, 1200)] == ["0 models", "1 model", "1,200 models"]
    with spoken("ja"):
        assert [say_counted(*forms, count) for count in (1, 1200)] == ["1 個のモデル", "1,200 個のモデル"]
        assert say_counted("{count} owl", "{count} owls", 1) == "1 owl"


@pytest.mark.parametrize(
    "value", [0.0, 1.5, -4.2, 124091.0, 0.00001, -0.00001, 65.46, math.nan, 1234.5678, 99.996]
)
def test_english_numbers_are_those_of_every_card(value: float) -> None:
    assert written(value, "en") == number(value)
    assert written(value, "ja").replace(" 未満", "").replace("不明", "") == (
        number(value).replace("less than ", "").replace("unknown", "")
    ), "Japanese groups and points as English does"


def test_numbers_and_dates_go_by_the_tongue() -> None:
    assert written(1234567, "de") == "1.234.567"
    assert written(-1234.5, "de") == "−1.234"  # rounded as in English, which has no decimals there
    assert written(65.46, "pt-BR") == "65,46"
    assert written(datetime(2031, 5, 4, 23, tzinfo=UTC), "ja") == "2031年5月4日"
    assert written(date(2031, 5, 4), "de") == "4. Mai 2031"
    assert written(date(2031, 5, 4), "en") == "2031-05-04"
    assert written("1234", "de") == "1234", "a round is no amount"


async def test_tasks_and_threads_speak_as_whoever_started_them() -> None:
    async def asked(locale: str) -> list[str]:
        hear(locale)
        await asyncio.sleep(0)
        return [reader(), await asyncio.to_thread(say, "Share"), await asyncio.create_task(_said("Share"))]

    of_each = await asyncio.gather(*map(asked, ("ja", "en-US", "de")))
    assert of_each == [["ja", "共有", "共有"], ["en", "Share", "Share"], ["en", "Share", "Share"]]
    assert reader() == "en"


async def _said(sentence: str) -> str:
    return say(sentence)


def test_there_is_japanese() -> None:
    assert "ja" in tongues()
