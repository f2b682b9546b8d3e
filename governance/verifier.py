"""Makes verify.py, which checks an export with nothing but Python: `python -m governance.verifier`."""

import ast
import sys
from pathlib import Path

FILE = Path(__file__).with_name("verify.py")
_FIRST = "governance.receipts"
_QUOTES = "'" * 3

_HEAD = '''#!/usr/bin/env python3
"""Check the export of a poll of Roundtable: `python verify.py poll-7.json --head HEAD --receipt RECEIPT`.

It needs Python 3.9 or newer and nothing else: no installation, no network, no other file. It is made of files
of the bot, letter by letter, by its governance/verifier.py; below each stands under its name. They check the
chain and its commitments, count the choices again under the poll's method, with the lots that break ties, and
say what they checked and what no such check can tell.
"""

import __future__

import ast
import sys
import types
import typing

SOURCES = {}
'''

_FOOT = '''

def either(one, other):
    """What one | other means: of two types either of them, also before Python 3.10."""
    is_type = isinstance(one, type) or hasattr(one, "__origin__")
    return typing.Union[one, other] if is_type else one | other


class Older(ast.NodeTransformer):
    """What Python 3.9 does not know, in words that it knows."""

    def visit_Call(self, node):
        name = getattr(node.func, "id", "")
        if name == "isinstance" and isinstance(node.args[1], ast.BinOp):
            node.args[1] = ast.Tuple(self.parts(node.args[1]), ast.Load())
        if name == "zip":  # it only makes sure of equal lengths
            node.keywords = [each for each in node.keywords if each.arg != "strict"]
        return self.generic_visit(node)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.BitOr):
            return node
        return ast.Call(ast.Name("either", ast.Load()), [node.left, node.right], [])

    def parts(self, node):
        if isinstance(node, ast.BinOp):
            return self.parts(node.left) + self.parts(node.right)
        return [node]


def load():
    """Run the sources in their order, each as the module that it is."""
    if sys.version_info < (3, 9):
        sys.exit("This needs Python 3.9 or newer.")
    types.NoneType = type(None)
    typing.TypeGuard = getattr(typing, "TypeGuard", None)
    for name in ("governance", "governance.votes"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    for name, source in SOURCES.items():
        module = sys.modules[name] = types.ModuleType(name)
        module.either = either
        tree = ast.fix_missing_locations(Older().visit(ast.parse(source)))
        # annotations are left as they are written
        later = __future__.annotations.compiler_flag
        exec(compile(tree, name, "exec", flags=later, dont_inherit=True), module.__dict__)


if __name__ == "__main__":
    load()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    sys.exit(sys.modules["governance.receipts"].main_alone())
'''


def script() -> str:
    """The text of verify.py, of the modules as they are now.

    Raises ValueError for a module that imports what is not in the standard library, or can't stand in quotes.
    """
    sources: dict[str, str] = {}
    _collect(_FIRST, sources)
    parts = [f"SOURCES[{name!r}] = r{_QUOTES}\n{source}{_QUOTES}\n" for name, source in sources.items()]
    return "\n".join([_HEAD, *parts]) + _FOOT


def _collect(name: str, sources: dict[str, str]) -> None:
    """The source of a module, after those of all that it imports."""
    top = Path(__file__).parent
    source = top.joinpath(*name.split(".")[1:]).with_suffix(".py").read_text(encoding="utf-8")
    if _QUOTES in source:
        raise ValueError(f"{name} has {_QUOTES} in it, so that it can't stand in verify.py.")
    for node in ast.walk(ast.parse(source)):
        imported: list[str] = []
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported = [node.module]
        for each in imported:
            if each.split(".")[0] == "governance":
                if each not in sources:
                    _collect(each, sources)
            elif each.split(".")[0] not in sys.stdlib_module_names:
                raise ValueError(f"{each} is not part of Python, so that verify.py can't hold {name}.")
    sources.setdefault(name, source)


if __name__ == "__main__":
    FILE.write_text(script(), encoding="utf-8")
