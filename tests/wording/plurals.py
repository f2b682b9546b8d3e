"""Where a number stands before a plural: in source, and in what people read."""

import ast
import re
from collections.abc import Iterator

# between a number and what it counts there may be such words as "more" or "guessed", but none of these
BETWEEN = re.compile(
    r"\b(a|about|again|all|already|an|and|are|as|at|be|been|between|by|can|could|do|does|for|from|gain|had|has|"
    r"have|if|in|is|it|lie|lies|lose|lost|may|must|no|not|of|on|once|or|over|run|so|than|that|the|their|them|"
    r"there|they|to|under|was|were|which|who|whom|will|with|would)\b"
)
# words in s that count nothing: after a name or an amount, mostly verbs
NO_NOUNS = re.compile(
    r"agrees|always|announces|as|asks|beats|becomes|changes|closes|comes|describes|does|ends|falls|fans|fits|gains|gives|goes|"
    r"grows|has|holds|is|its|joins|lacks|leads|less|lies|lists|makes|names|needs|opens|pays|picks|plus|repeats|replaces|"
    r"runs|says|sees|sets|stands|takes|this|times|types|was|wins|withdraws|works|yours"
)
AFTER = re.compile(r"^ ((?:[a-z-]+ ){0,2}?)([a-z]+s)\b")
TELLS_NO_COUNT = ("counted", "number", "amount", "percent", "spans", "span", "listed", "signed", "plus_minus")


def spelled_plurals(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) of every number before a plural in a text, and of every s that depends on a number."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                    found = AFTER.match(str(after.value))
                    if found and _noun(found) and _counts(value.value):
                        yield node.lineno, f"{{{ast.unparse(value.value)}}}{found[0]}"
        if isinstance(node, ast.IfExp):
            ways = [each.value for each in (node.body, node.orelse) if isinstance(each, ast.Constant)]
            if "" in ways and {"s", "es"} & set(ways):
                yield node.lineno, ast.unparse(node)


def ones_before_plurals(text: str) -> list[str]:
    """Every "1 rounds" in what people read."""
    found = [AFTER.match(text[one.end() :]) for one in re.finditer(r"(?<![\d.,#-])1(?= )", text)]
    return [f"1{each[0]}" for each in found if each and _noun(each)]


def _noun(found: re.Match[str]) -> bool:
    return not BETWEEN.search(found[1]) and not NO_NOUNS.fullmatch(found[2])


def _counts(value: ast.expr) -> bool:
    """Whether it may be 1: what a constant says is known, and some functions write no bare number."""
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return called not in TELLS_NO_COUNT
    names = [each.id for each in ast.walk(value) if isinstance(each, ast.Name)]
    return not names or not all(name.isupper() for name in names)
