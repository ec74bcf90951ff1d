"""Records: one class declares a table, its columns, and the typed row that is read from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Literal,
    Never,
    Self,
    TypeVar,
    dataclass_transform,
    overload,
)

from sqlalchemy import Column, ForeignKey, MetaData, Select, Table

from models.resource import ITEMS, Attribute, AttributeKind, Most

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

T = TypeVar("T")
R = TypeVar("R", bound="Record")


@dataclass(eq=False)
class Field(Generic[T]):
    """A column of a record: in statements that of the table, in a row its value."""

    sql: TypeEngine[Any]
    parts: tuple[ForeignKey, ...]
    options: dict[str, Any]
    attribute: Attribute | None = None
    name: str = ""
    column: Column[T] = field(init=False)

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name
        if self.attribute is not None:
            self.attribute = self.attribute.of(name)

    @overload
    def __get__(self, row: None, owner: Any) -> Column[T]: ...

    @overload
    def __get__(self, row: Record, owner: Any) -> T: ...

    def __get__(self, row: Record | None, owner: Any) -> Column[T] | T:
        if row is None:
            return self.column
        return row[self.name]  # type: ignore[index]

    def __set__(self, row: Record, value: T) -> None:
        row[self.name] = value

    def made(self) -> Field[T]:
        """Return the field of one table, with a column of its own."""
        new: Field[T] = Field(self.sql, self.parts, self.options, self.attribute, self.name)
        parts = [ForeignKey(part.target_fullname, ondelete=part.ondelete) for part in self.parts]
        new.column = Column(self.name, self.sql, *parts, **self.options)
        return new


@dataclass(eq=False)
class Unstored(Generic[T]):
    """A value of a row that no column holds: computed when shown, or said in a request only."""

    attribute: Attribute | None
    name: str = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name
        if self.attribute is not None:
            self.attribute = self.attribute.of(name)

    @overload
    def __get__(self, row: None, owner: Any) -> Unstored[T]: ...

    @overload
    def __get__(self, row: Record, owner: Any) -> T: ...

    def __get__(self, row: Record | None, owner: Any) -> Unstored[T] | T:
        if row is None:
            return self
        return row[self.name]  # type: ignore[index]

    def __set__(self, row: Record, value: T) -> None:
        row[self.name] = value


@overload
def column(type_: TypeEngine[T], *parts: ForeignKey, **options: Any) -> Field[T]: ...


@overload
def column(
    type_: TypeEngine[T], *parts: ForeignKey, null: Literal[True], **options: Any
) -> Field[T | None]: ...


def column(
    type_: TypeEngine[Any], *parts: ForeignKey, null: bool = False, **options: Any
) -> Field[Any]:
    """Declare a column that no client of an API sees as an attribute.

    The options are those of SQLAlchemy's ``Column``; ``null`` lets it be empty.
    """
    return Field(type_, parts, {"nullable": null, **options})


def attribute(
    kind: AttributeKind[T],
    *,
    default: Any = None,
    name: str = "",
    index: bool = False,
    post: bool = True,
    put: bool = True,
    admin: bool = False,
    admin_sets: bool = False,
    service_sets: bool = False,
    copied: bool = False,
    most: Most = ITEMS,
) -> Field[T]:
    """Declare an attribute that a column holds; see ``models.resource.Attribute``.

    ``name`` is the client's, where it is not the row's (``router:external``).
    """
    said = Attribute(
        name, kind, default, post, put, admin, admin_sets, service_sets, copied=copied, most=most
    )
    return Field(kind.type, (), {"index": index}, said)


def fixed(
    kind: AttributeKind[T], *, default: Any = None, name: str = "", index: bool = False
) -> Field[T]:
    """Declare an attribute that a column holds and the gateway alone sets."""
    return attribute(kind, default=default, name=name, index=index, post=False, put=False)


def unstored(
    kind: AttributeKind[T],
    *,
    default: Any = None,
    name: str = "",
    post: bool = False,
    put: bool = False,
    admin: bool = False,
) -> Unstored[T]:
    """Declare an attribute that no column holds."""
    return Unstored(Attribute(name, kind, default, post, put, admin, stored=False))


@dataclass_transform(kw_only_default=True, field_specifiers=(column, attribute, fixed, unstored))
class Record(dict[str, Any]):
    """A row, as a dict by column name with typed access: ``port.network_id``.

    ``class Port(Record, table="ports")`` declares the table with the fields of the class and of
    its bases; ``parts`` are its indexes and constraints. ``Port.network_id`` is the column,
    ``Port(...)`` a new row, ``Port.select()`` the statement that a transaction answers with
    ports.
    """

    if TYPE_CHECKING:
        # A field is read as an attribute, whose name mypy knows.
        def __getitem__(self, key: Never) -> Never: ...  # type: ignore[override]

    table: ClassVar[Table]
    attributes: ClassVar[tuple[Attribute, ...]] = ()

    def __init_subclass__(
        cls, *, table: str = "", parts: Sequence[SchemaItem] = (), **options: Any
    ) -> None:
        super().__init_subclass__()
        if not table:
            return
        fields: dict[str, Field[Any] | Unstored[Any]] = {}
        for base in reversed(cls.__mro__):
            found = {k: f for k, f in vars(base).items() if isinstance(f, Field | Unstored)}
            fields |= {k: f.made() if isinstance(f, Field) else f for k, f in found.items()}
        for name, made in fields.items():
            setattr(cls, name, made)
        columns = [made.column for made in fields.values() if isinstance(made, Field)]
        cls.table = Table(table, METADATA, *columns, *parts, **options)
        cls.attributes = tuple(made.attribute for made in fields.values() if made.attribute)

    @classmethod
    def select(cls) -> RecordSelect[Self]:
        """Return the statement of the whole rows, to be narrowed with ``where``."""
        return RecordSelect(cls)

    def changed(self, *changes: Mapping[str, Any]) -> Self:
        """Return the row with the changes in it."""
        new = type(self)(self)  # type: ignore[arg-type]
        for change in changes:
            new.update(change)
        return new


class RecordSelect(Select[Any], Generic[R]):
    """A statement of whole rows of one table, which knows what they are."""

    inherit_cache = True
    record: type[R]

    def __init__(self, record: type[R]) -> None:
        super().__init__(record.table)
        self.record = record
