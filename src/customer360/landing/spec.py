"""The sources YAML of an adapter, read as the specification of its extracts."""

import difflib
import re
import unicodedata
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import yaml  # type: ignore[import-untyped, unused-ignore]
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from customer360.landing.errors import LandingError

LANDING_SCHEMA = "landing"
# the same as yaml.safe_load; in C, where that is installed, ten times as fast
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def normalised(name: str) -> str:
    """Return the lower-case letters and digits of a name, which is how names are compared.

    Example: `customer-no`, `customerNo` and `Customer_No` all give `customerno`; `X__c` gives `xc`.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


class Kind(Enum):
    """The families of types that a declared column can have."""

    VARCHAR = "varchar"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"
    BIGINT = "bigint"
    DOUBLE = "double"
    DECIMAL = "decimal"
    TEXT_LIST = "varchar[]"
    PAIR_LIST = "struct(type varchar, value varchar)[]"


_DECIMAL = re.compile(r"decimal\(\d{1,2},\d{1,2}\)")
_SIMPLE_TYPES = {kind.value.replace(" ", ""): kind for kind in Kind if kind is not Kind.DECIMAL}


class _Meta(BaseModel):
    """A `meta` block: other tools may add keys, but a near miss of one of ours is an error."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _no_misspelt_key(cls, values: Any) -> Any:
        if isinstance(values, dict):
            for key in set(values) - set(cls.model_fields):
                near = difflib.get_close_matches(str(key), list(cls.model_fields), n=1, cutoff=0.8)
                if near:
                    raise ValueError(f"there is no meta key {key!r}; did you mean {near[0]!r}?")
        return values


class ColumnMeta(_Meta):
    """What an adapter says about a column beyond its name and type."""

    required: bool = False
    aliases: list[str] = []
    # dates and times more than a day ahead are plausible here (a planned event)
    future: bool = False
    # what stands for a missing or blank value
    default: str | None = None
    # a row with any other value (in any letter case) is quarantined
    accepted_values: list[str] = []
    # a row with one of these characters in the value is quarantined
    forbidden: str | None = None


class TableMeta(_Meta):
    """What an adapter says about an extract beyond its columns."""

    file: str | None = None
    key: list[str] = []
    # who a row is about: keys of records, orders, cases…, with columns in braces; docs/access.md
    about: list[str] = []
    latest_by: list[str] = []
    deleted: str | None = None
    optional: bool = False
    strict_columns: bool = False
    # nothing at all is plausible, also after there was something (every decision withdrawn)
    may_be_empty: bool = False


class _Config(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _ColumnConfig(_Config):
    meta: ColumnMeta = ColumnMeta()


class _TableConfig(_Config):
    meta: TableMeta = TableMeta()


class ColumnSpec(BaseModel):
    """A declared column: the vendor's name for it and the type that the view gives it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    data_type: str
    config: _ColumnConfig = _ColumnConfig()

    @field_validator("data_type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        compact = re.sub(r"\s*([(),\[\]])\s*", r"\1", value.strip().lower()).replace(",", ", ")
        if _DECIMAL.fullmatch(compact.replace(" ", "")):
            return compact.replace(" ", "")
        if compact.replace(" ", "") in _SIMPLE_TYPES:
            return str(_SIMPLE_TYPES[compact.replace(" ", "")].value)
        allowed = ", ".join(kind.value for kind in Kind if kind is not Kind.DECIMAL)
        raise ValueError(f"data_type {value!r} is not one of: {allowed}, decimal(p,s)")

    @property
    def meta(self) -> ColumnMeta:
        """The column's `config.meta`."""
        return self.config.meta

    @property
    def kind(self) -> Kind:
        """The family that `data_type` belongs to."""
        return _SIMPLE_TYPES.get(self.data_type.replace(" ", ""), Kind.DECIMAL)

    @property
    def known_names(self) -> list[str]:
        """The normalised names under which a file may deliver the column, best first."""
        return [normalised(self.name), *(normalised(alias) for alias in self.meta.aliases)]


class TableSpec(BaseModel):
    """One object of a system: where its files are, what identifies a row, which columns it has."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    identifier: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    config: _TableConfig = _TableConfig()
    columns: Annotated[list[ColumnSpec], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_consistent(self) -> "TableSpec":
        names = [column.name for column in self.columns]
        claimed: dict[str, str] = {}
        for column in self.columns:
            for known in column.known_names:
                other = claimed.setdefault(known, column.name)
                if other != column.name or names.count(column.name) > 1:
                    raise ValueError(f"columns {other} and {column.name} have the same name")
        meta = self.config.meta
        used = {"key": meta.key, "latest_by": meta.latest_by}
        used["deleted"] = [meta.deleted] if meta.deleted else []
        used["about"] = sorted(set(re.findall(r"{(\w+)}", " ".join(meta.about))) - {"_instance"})
        for setting, columns in used.items():
            for name in columns:
                if name not in names:
                    raise ValueError(
                        f"{setting} names {name!r}, which is not a declared column; "
                        f"declared: {', '.join(names)}"
                    )
        return self

    @property
    def meta(self) -> TableMeta:
        """The table's `config.meta`."""
        return self.config.meta

    @property
    def view(self) -> str:
        """The name of the view in schema `landing`."""
        return self.identifier or self.name

    @property
    def file(self) -> str:
        """The name that the object's files have, before normalisation."""
        return self.meta.file or self.name

    def column(self, name: str) -> ColumnSpec:
        """Return the declared column of this name."""
        return next(column for column in self.columns if column.name == name)


class SystemSpec(BaseModel):
    """One adapter: the source of its YAML that has the system's name."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    schema_name: Annotated[str, Field(alias="schema")] = LANDING_SCHEMA
    tables: Annotated[list[TableSpec], Field(min_length=1)]

    @model_validator(mode="after")
    def _lands_in_landing(self) -> "SystemSpec":
        if self.schema_name != LANDING_SCHEMA:
            raise ValueError(f"schema must be {LANDING_SCHEMA!r}, not {self.schema_name!r}")
        names = [table.name for table in self.tables]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"table {name} is declared twice")
        return self


def sources_file(project: Path, system: str) -> Path:
    """Return where the sources YAML of a system belongs."""
    return project / "models" / "staging" / system / f"_{system}__sources.yml"


def known_systems(project: Path) -> list[str]:
    """Return the systems that have an adapter in the project, sorted."""
    folders = sorted((project / "models" / "staging").glob("*/"))
    names = [folder.name for folder in folders if folder.name != LANDING_SCHEMA]
    return [name for name in names if sources_file(project, name).is_file()]


def load_system(project: Path, system: str) -> SystemSpec:
    """Read what a system's adapter says about its extracts.

    Jinja in the YAML is dbt's business and is not rendered here.

    Raises:
        LandingError: when there is no such adapter, or its YAML is wrong.

    """
    path = sources_file(project, system)
    where = path.relative_to(project).as_posix()
    if not path.is_file():
        known = known_systems(project)
        near = difflib.get_close_matches(system, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        listed = ", ".join(known) or "none"
        raise LandingError(
            [f"there is no adapter for system {system!r} ({where} is missing).{hint} "
             f"Known systems: {listed}."]
        )  # fmt: skip
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise LandingError([f"{where} is not valid YAML: {error}"]) from None
    sources = content.get("sources") if isinstance(content, dict) else None
    for source in sources or []:
        if isinstance(source, dict) and source.get("name") == system:
            try:
                return SystemSpec.model_validate(source)
            except ValidationError as error:
                problems = [_explain(where, source, problem) for problem in error.errors()]
            # from here, since as its context pydantic's error would keep the variables of all
            # callers, among them DuckDB's, for good: the collector does not see through it
            raise LandingError(problems)
    raise LandingError([f"{where} must declare a source named {system!r}"])


def _explain(where: str, source: dict[str, Any], problem: Any) -> str:
    """Turn a pydantic error into a sentence that names the table and column by name."""
    place: list[str] = []
    node: Any = source
    for part in problem["loc"]:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
        if isinstance(part, int) and isinstance(node, dict) and "name" in node:
            place[-1] = f"{place[-1].removesuffix('s')} {node['name']}"
        else:
            place.append(str(part))
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {', '.join(place) or 'source'}: {message}"
