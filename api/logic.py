"""Logic: which modules of ``models`` and ``activities`` a handler asks, read from its code.

Nothing is run, and nothing is listed by hand. From ``call`` and its annotation on, attributes,
calls and assignments are followed as a type checker would, through every function of ``api``.
"""

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from types import FunctionType, MethodType
from typing import Any, get_args, get_type_hints

_LAYERS = ("activities.", "models.")
_API = "api."
# What it asks, it asks for every route.
_AROUND = "api.microversions"
_Code = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class _Of:
    """Something of which only the class is known."""

    kind: type


@dataclass(frozen=True, slots=True)
class _Method:
    """A function of an object."""

    owner: Any
    function: Any

    @property
    def kind(self) -> type:
        """The class of the object."""
        return self.owner.kind if isinstance(self.owner, _Of) else type(self.owner)


def logic(handler: Callable[..., Any], folder: str) -> tuple[str, ...]:
    """Return the modules whose objects the handler asks, in the order of the code.

    Those that the API's own folder asks; where it asks none, those that the engines ask for it.
    """
    reader = _Reader()
    reader.read(inspect.unwrap(handler))
    own = [asked for asking, asked in reader.found if f"{asking}.".startswith(f"{folder}.")]
    return tuple(dict.fromkeys(own or [asked for _, asked in reader.found]))


@dataclass
class _Reader:
    """Who asks whom, as pairs of modules, in the order of the code."""

    found: list[tuple[str, str]] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)

    def read(self, function: Any, owner: Any = None) -> None:
        """Read a function, once; ``owner`` is whose method it is."""
        if isinstance(function, FunctionType) and function not in self.seen:
            self.seen.add(function)
            code = _code(function)
            if code is not None:
                _Visitor(self, function, {"self": owner} if owner else {}).read(code)

    def note(self, called: Any, asking: str) -> None:
        """Note a call of an object of the layers below, or read on in a function of the API."""
        function, owner = called, None
        if isinstance(called, _Method):
            function, owner = called.function, called.owner
            module = called.kind.__module__
            # What is handed around is no one to ask.
            if module.startswith(_LAYERS) and not is_dataclass(called.kind):
                self.found.append((asking, module))
        module = str(getattr(function, "__module__", ""))
        if module.startswith(_API) and module != _AROUND:
            self.read(inspect.unwrap(function), owner)


class _Visitor(ast.NodeVisitor):
    """What the names in one function stand for, and what it calls."""

    def __init__(
        self, reader: _Reader, function: FunctionType, arguments: Mapping[str, Any]
    ) -> None:
        self._reader = reader
        self._module = function.__module__
        closed = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        self._known: dict[str, Any] = {
            **function.__globals__,
            **{name: cell.cell_contents for name, cell in closed},
            **{name: _of(kind) for name, kind in _hints(function).items()},
            **arguments,
        }

    def read(self, code: _Code) -> None:
        """Visit the body, in order."""
        for node in code.body if isinstance(code.body, list) else [code.body]:
            self.visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Learn what a name stands for from here on."""
        self.generic_visit(node)
        for target in node.targets:
            self._learn(target, node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """Follow a call: first what its arguments call, then itself."""
        self.generic_visit(node)
        self._reader.note(self.value(node.func), self._module)

    def value(self, node: ast.expr) -> Any:
        """Return what an expression is: itself, ``_Of`` its class, or None if nobody knows."""
        match node:
            case ast.Name():
                return self._known.get(node.id)
            case ast.Await():
                return self.value(node.value)
            case ast.IfExp():
                return self.value(node.body) or self.value(node.orelse)
            case ast.Attribute():
                return _attribute(self.value(node.value), node.attr)
            case ast.Call():
                return self._result(self.value(node.func), node.args)
        return None

    def _learn(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._known[target.id] = self.value(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self._learn(one, other)

    def _result(self, called: Any, given: list[ast.expr]) -> Any:
        if isinstance(called, type):
            return _Of(called)
        function = called.function if isinstance(called, _Method) else called
        code = _code(function) if isinstance(function, FunctionType) else None
        if isinstance(code, ast.Lambda):
            names = [argument.arg for argument in code.args.args]
            known = dict(zip(names, (self.value(one) for one in given), strict=False))
            return _Visitor(self._reader, function, known).value(code.body)
        return _of(_hints(function).get("return"))


def _attribute(owner: Any, name: str) -> Any:
    if owner is None:
        return None
    if not isinstance(owner, _Of):
        found = getattr(owner, name, None)
        if isinstance(found, MethodType):
            return _Method(found.__self__, found.__func__)
        return found
    found = inspect.getattr_static(owner.kind, name, None)
    if isinstance(found, FunctionType):
        return _Method(owner, found)
    if isinstance(found, property):
        return _of(_hints(found.fget).get("return"))
    # What is made by a constructor keeps what it is given under the same name.
    made = _hints(inspect.getattr_static(owner.kind, "__init__"))
    return _of(_hints(owner.kind).get(name) or made.get(name.strip("_")))


def _of(kind: Any) -> _Of | None:
    """Return something of the class, or of the first class that it may have."""
    kinds = [one for one in (kind, *get_args(kind)) if isinstance(one, type)]
    return _Of(kinds[0]) if kinds else None


@cache
def _hints(annotated: Any) -> dict[str, Any]:
    try:
        return get_type_hints(annotated)
    except (NameError, TypeError):
        # It is not annotated, or with what only a type checker imports.
        return {}


@cache
def _code(function: FunctionType) -> _Code | None:
    """Return the code of a function as it is written."""
    for node in ast.walk(_tree(function.__code__.co_filename)):
        if isinstance(node, _Code):
            first = getattr(node, "decorator_list", None) or [node]
            if first[0].lineno == function.__code__.co_firstlineno:
                return node
    return None


@cache
def _tree(file: str) -> ast.Module:
    with open(file, encoding="utf-8") as source:
        return ast.parse(source.read())
