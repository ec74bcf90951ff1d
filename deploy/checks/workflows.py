"""Workflows ask nothing but their history: no clock, chance, environment, file or network.

A replay has to decide as the first run did. Whatever a workflow's module calls is looked through,
our own functions and all methods of the classes that are called too, wherever they stand. A
function that is only named may be called by whom it is handed to; an activity is not: it runs
elsewhere.
"""

import ast
import builtins
import functools
import importlib
import inspect
import symtable
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = ("workflows", "activities", "models", "api")
_MODULES = {
    "aiohttp", "glob", "http", "httptools", "io", "openstack", "os", "pathlib", "platform",
    "posix", "random", "requests", "secrets", "shutil", "socket", "sqlalchemy", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
_MEMBERS = {"now", "utcnow", "today", "fromtimestamp"}
_BUILTINS = {"open", "input", "print"}


def refused(root: Path = ROOT) -> list[str]:
    """Return each place that a replay could not repeat, with the calls that lead there."""
    seen: set[tuple[str, str]] = set()
    found: list[str] = []
    for file in sorted((root / "workflows").rglob("*.py")):
        if "@workflow.defn" in file.read_text():
            name = ".".join(file.relative_to(root).with_suffix("").parts)
            module = importlib.import_module(name)
            found += _looked(ast.parse(file.read_text()), module, file, root, (), seen)
    return sorted(set(found))


def _looked(
    tree: ast.AST,
    module: ModuleType,
    file: Path,
    root: Path,
    trail: tuple[str, ...],
    seen: set[tuple[str, str]],
) -> Iterator[str]:
    locals_ = _locals(file)
    owners = _owners(file)
    calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        place = f"{file.relative_to(root)}:{getattr(node, 'lineno', 0)}"
        by = f" (called by {' < '.join(trail)})" if trail else ""
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                if name in _MODULES:
                    yield f"{place}: {name} is imported{by}"
        if isinstance(node, ast.Name | ast.Attribute):
            thing = _value(node, module, locals_)
            if _is_forbidden(node, thing):
                yield f"{place}: {ast.unparse(node)} differs from run to run{by}"
            if thing is None:
                thing = _of_self(node, module, owners)
            # A class that is not called only says whose a method is.
            if isinstance(thing, type) and id(node) not in calls:
                continue
            for called in _functions(thing):
                key = (called.__module__, called.__qualname__)
                if key in seen:
                    continue
                seen.add(key)
                source = Path(called.__code__.co_filename)
                where = inspect.getmodule(called)
                # A dataclass's own methods are made from no file, of assignments only.
                if where is None or not source.is_file():
                    continue
                if body := _definition(source, called):
                    yield from _looked(body, where, source, root, (place, *trail), seen)


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [(node.module or "").partition(".")[0]]


def _value(node: ast.expr, module: ModuleType, locals_: dict[int, set[str]]) -> Any:
    """Return what a dotted name stands for in the module; None for what only a run knows."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id in locals_.get(node.lineno, ()):
        return None
    thing = vars(module).get(node.id, getattr(builtins, node.id, None))
    for part in reversed(parts):
        thing = getattr(thing, part, None)
    return thing


def _is_forbidden(node: ast.Name | ast.Attribute, thing: Any) -> bool:
    if thing is None or isinstance(thing, ModuleType):
        return False
    if isinstance(node, ast.Attribute) and node.attr in _MEMBERS:
        return (getattr(thing, "__qualname__", "") or "").partition(".")[0] in ("date", "datetime")
    if getattr(thing, "__module__", "") == "builtins" or isinstance(thing, type(open)):
        name = getattr(thing, "__name__", "")
        if name in _BUILTINS and getattr(builtins, name, None) is thing:
            return True
    home = (
        getattr(thing, "__module__", None)
        or getattr(getattr(thing, "__self__", None), "__class__", type(None)).__module__
    )
    return isinstance(home, str) and home.partition(".")[0].lstrip("_") in _MODULES


def _functions(thing: Any) -> list[FunctionType]:
    """Return the functions of ours that a call of it runs."""
    if isinstance(thing, MethodType):
        thing = thing.__func__
    if isinstance(thing, property):
        thing = thing.fget
    if isinstance(thing, type) and not issubclass(thing, BaseException):
        own = [getattr(each, "__func__", each) for each in vars(thing).values()]
        return [each for each in own if isinstance(each, FunctionType) and _is_ours(each)]
    return [thing] if isinstance(thing, FunctionType) and _is_ours(thing) else []


def _of_self(node: ast.Name | ast.Attribute, module: ModuleType, owners: dict[int, str]) -> Any:
    """Return the method that ``self.method`` is in the class around it."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    owner = vars(module).get(owners.get(node.lineno, ""))
    return getattr(owner, node.attr, None) if node.value.id in ("self", "cls") else None


def _is_ours(function: FunctionType) -> bool:
    runs_elsewhere = hasattr(function, "__temporal_activity_definition")
    return function.__module__.partition(".")[0] in OURS and not runs_elsewhere


@functools.cache
def _owners(file: Path) -> dict[int, str]:
    """Return, by line, the class of the module that it stands in."""
    return {
        line: node.name
        for node in _tree(file).body
        if isinstance(node, ast.ClassDef)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


@functools.cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def _definition(file: Path, function: FunctionType) -> ast.AST | None:
    line = function.__code__.co_firstlineno
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            if first == line and node.name == function.__name__:
                return node
    return None


@functools.cache
def _locals(file: Path) -> dict[int, set[str]]:
    """Return, by line, the names that are local to the functions around it."""
    found: dict[int, set[str]] = {}
    table = symtable.symtable(file.read_text(), str(file), "exec")
    names = {(each.get_name(), each.get_lineno()): each for each in _tables(table)}
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            name = getattr(node, "name", "lambda")
            scope = names.get((name, node.lineno))
            if isinstance(scope, symtable.Function):
                for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    found.setdefault(line, set()).update(scope.get_locals())
    return found


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _tables(child)
