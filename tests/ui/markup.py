"""What readers of Markdown make of a text: parsers of CommonMark and of forums, and Discord's own rules."""

# ruff: noqa: E501

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it import MarkdownIt

from governance.text import shown

HOSTILE = (
    "[1](https://a.b) [Log in to Numerai](https://evil.example)",
    "[a [b] c](https://evil.example)", "[a](<https://evil.example>)", "![x](https://evil.example/a.png)",
    "](https://evil.example) [", "[x]: https://evil.example", "[x]", "[^1]", "<https://evil.example|Numerai>",
    "https://numer.ai@evil.example/", "https://numer.ai\\@evil.example/", "https://num\u0435r.ai/login",
    "https://evil.example/\u202efdp.txt", "https://evil.example/[Log in](https://numer.ai)",
    "https://a.example/`x` and https://b.example/`y`", "https://a.example/||x||", "http://a.example).",
    "https://forum.numer.ai/t/a_b_c_(d)", "HTTPS://EVIL.EXAMPLE/*x*", "www.evil.example", "mailto:a@evil.example",
    "javascript://evil.example/%0aalert(1)", "//evil.example/x", "a@evil.example", "discord://-/channels/@me",
    "@everyone", "\\@everyone", "@here", "@\u200beveryone", "<@900719925474099301>", "<@!900719925474099301>",
    "<@&900719925474099301>", "<#900719925474099301>", "@staff", "#topic", "<t:1:R>", "<:emoji:900719925474099301>",
    "<a:emoji:900719925474099301>", "</cmd sub:900719925474099301>", "<id:guide>", ":smile:", "<+4912345>",
    "# heading", "### heading", "a\n# b", "a\n===", "a\n---", "***", "- a", "* a", "+ a", "1. a", "2) a", "-# small",
    "> quote", ">>> quote", "a\n>>> b", "    code", "\tcode", "a\n\n      code", "```ansi\n\x1b[31mred\n```", "`code`",
    "``a ` b``", "~~~\nx\n~~~", "||spoiler||", "\\||spoiler||", "**b** *i* ***bi***", "__u__ _i_ a_b_ c_d", "~~s~~",
    "| a | b |\n| --- | --- |\n| c | d |", "<b>x</b>", "<!-- x -->", "<script>", "&copy; &#64;everyone &amp;", "$x^2$",
    "corr_v2", "\\", "\\\\", "x\\", "\\*a\\*", "a\u202eb\u202c", "a\u200eb\u200f\u061c", "a\u2066b\u2069",
    "a\u200b\u2060\ufeff\u00adb", "a\u034f\u17b4\u180bb", "\u3164\u115f\u2800", "a\u200db\u200cc", "\U000e0041x",
    "a\rb\u2028c\u2029d\x0be\x85f", "\x00\x1b[31m\x7f", "5 < 6 > 4 & 7 = 8 - 9 + 1", "-5 %", "#3 a", "12:30:15",
)  # fmt: skip
PIECES = ("[", "](", ")", "]", "(", "<", ">", "https://evil.example", "https://a.example/b_c", "http://", ":", "/", "\\", "`",
          "```", "*", "**", "_", "__", "~~", "||", "|", "#", "-#", "-", "+", "=", "1.", "@everyone", "@", "<@12345678901234567>",
          "&", "amp;", "$", "^", "!", "{", "}", " ", "  ", "    ", "\n", "\n\n", "\t", "a", "b_c", "9", ".", "x", "é",
          "\u202e", "\u200b", "\u200d", "\u200e", "\ufe0f", "🚀", "می", "\u0301")  # fmt: skip

_FORUM = MarkdownIt("gfm-like", {"html": True})
_COMMON = MarkdownIt("commonmark")
_URL = r"""https?://[^\s<]+[^<.,:;"'\]\s]"""
_LABEL = r"(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*"
_TARGET = r"""\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['"][\s\S]*?['"])?\s*\)"""
# at the beginning of a line, then anywhere; the first that fits is meant, as Discord's apps have them
_FIRST = (
    ("heading", r"#{1,3}\s+(?=\S)"),
    ("subtext", r"-#\s+(?=\S)"),
    ("quote", r"[^\S\n]*>(?:>>)?\s"),
    ("list", r"[^\S\n]*(?:[-*]|\d+\.)\s+(?=\S)"),
)
_ANYWHERE = (
    ("escape", r"\\([^0-9A-Za-z\s])"),
    ("autolink", r"<((?:https?|discord|steam)://[^\s>]+|[^\s<>@]+@[^\s<>]+|\+\d+)>"),
    ("code", r"```[\s\S]+?```|(`+)[\s\S]*?[^`]\1(?!`)"),
    ("address", _URL),
    ("link", rf"\[({_LABEL})\]{_TARGET}"),
    ("mention", r"<(?:@[!&]?|#)\d+>|@everyone|@here"),
    ("emoji", r"<a?:\w+:\d+>|:[\w+~-]+:"),
    ("moment", r"<t:-?\d+(?::[a-zA-Z])?>"),
    ("command", r"</[^\n>:]+:\d+>"),
    ("place", r"<id:[a-z]+>"),
    ("spoiler", r"\|\|[\s\S]+?\|\|"),
    ("bold", r"\*\*(?:\\[\s\S]|[^\\])+?\*\*(?!\*)"),
    ("underline", r"__(?:\\[\s\S]|[^\\])+?__(?!_)"),
    ("italic", r"\b_(?:__|\\[\s\S]|[^\\_])+?_\b|\*(?=\S)(?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?\*(?!\*)"),
    ("struck", r"~~(?:\\[\s\S]|[^\\])+?~~"),
)  # fmt: skip


def discord_makes(text: str) -> tuple[str, list[tuple[str, str, str]]]:
    """(what is read, [(kind, what is read of it, where it leads)]) of all that is more than text."""
    found: list[tuple[str, str, str]] = []
    read, at = "", 0
    while at < len(text):
        first = at == 0 or text[at - 1] == "\n"
        for kind, rule in (*(_FIRST if first else ()), *_ANYWHERE):
            match = re.match(rule, text[at:])
            if match is None:
                continue
            if kind == "escape":
                read += match[1]
            elif kind in ("autolink", "address"):
                address = match[1] if kind == "autolink" else match[0]
                read += address
                found.append(("address", address, address))
            else:
                leads = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", match[2]) if kind == "link" else ""
                found.append((kind, match[1] if kind == "link" else match[0], leads))
                read += match[0]
            at += match.end()
            break
        else:
            read += text[at]
            at += 1
    return read, found


def markdown_makes(text: str, *, forum: bool = True) -> tuple[str, list[tuple[str, str, str]]]:
    """The same as forums' parser (tables, strike-through, addresses made links), or CommonMark's, makes it."""
    found: list[tuple[str, str, str]] = []
    read: list[str] = []
    waiting = [*(_FORUM if forum else _COMMON).parse(text)]
    leads, link = "", ""
    while waiting:
        token = waiting.pop(0)
        if token.type == "inline":
            waiting[:0] = token.children or []
        elif token.type == "link_open":
            leads, link = str(token.attrs["href"]), ""
        elif token.type == "link_close":
            found.append(("address" if _bare(leads) == _bare(link) else "link", link, leads))
        elif token.type in ("text", "text_special"):
            read.append(token.content)
            link += token.content
        elif token.type in ("softbreak", "hardbreak"):
            read.append("\n")
        elif token.type not in ("paragraph_open", "paragraph_close"):
            found.append((token.type, token.content, ""))
    return "".join(read), found


def _bare(address: str) -> str:
    """An address without what a reader need not write."""
    return unquote(address).removeprefix("mailto:").removeprefix("http://")


def beyond_text(found: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """All of it but addresses that show where they lead."""
    return [each for each in found if each[0] != "address" or "@" in each[1].split("/")[2:3]]


def is_clean(text: str) -> bool:
    """Whether there is neither a direction mark nor a sign that nobody sees, save joiners that are needed."""
    return shown(text) == text
