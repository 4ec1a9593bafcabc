"""The class of a column says who may see it, and in which form the open published file has it.

The classes stand beside the columns in the YAML of the models. Whatever has no class, or a class
that allows no form, is not in the open file: nobody publishes a name there by forgetting something.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import duckdb

# who writes the classes of what is published into the warehouse: macros/classify_columns.sql
CLASSES_TABLE = "main.column_classes"


class PrivacyError(ValueError):
    """A column has no class, or one that contradicts itself; the message names the column."""


class PrivacyClass(StrEnum):
    """What a value of a column gives away."""

    # names or reaches a person by itself: a name, an address, a number, free text
    DIRECT = "direct"
    # narrows down who it is, with other values: a birth date, a town, the key of a record
    QUASI = "quasi"
    # harms whoever it becomes known of: a national identifier, a payload that may hold anything
    SENSITIVE = "sensitive"
    # says nothing about who it is
    NONE = "none"


class OpenForm(StrEnum):
    """How the open file has a column that is not of class `none`."""

    # the column is a coarse form already: a birth year, a prefecture, the domain of an address
    AS_IS = "as_is"
    # the keyed token of the value: equal values have equal tokens
    TOKEN = "token"
    # a record key, or a list of them: as it is, the token where the source's keys are personal
    KEY = "key"
    # the last part of the column record_key of the same row, in the form that that one has
    SOURCE_KEY = "source_key"
    # the value of organizations; null for persons
    OF_ORGANIZATIONS = "of_organizations"


_FORMS = {
    PrivacyClass.DIRECT: {OpenForm.TOKEN},
    PrivacyClass.QUASI: set(OpenForm),
    PrivacyClass.SENSITIVE: set[OpenForm](),
    PrivacyClass.NONE: set[OpenForm](),
}


@dataclass(frozen=True)
class ColumnClass:
    """The class of one column, and its form in the open file; `None`: it has none there.

    Columns of class `none` are in the open file as they are.
    """

    privacy: PrivacyClass
    open_form: OpenForm | None = None

    @classmethod
    def of(cls, column: str, meta: Mapping[str, str | None]) -> "ColumnClass":
        """Read `privacy` and `open` of a column's `meta`.

        Raises:
            PrivacyError: where they are missing, unknown, or do not go together.

        """
        privacy, form = meta.get("privacy"), meta.get("open")
        if privacy not in list(PrivacyClass):
            raise PrivacyError(
                f"{column} has {f'the class {privacy!r}' if privacy else 'no class'}; give it one "
                f"in its YAML, config: {{meta: {{privacy: {' | '.join(PrivacyClass)}}}}}"
            )
        allowed = _FORMS[PrivacyClass(privacy)]
        if form is not None and form not in allowed:
            raise PrivacyError(
                f"{column} is {privacy}, so it cannot be published with open: {form}; "
                + (f"possible: {', '.join(sorted(allowed))}" if allowed else "leave that out")
            )
        return cls(PrivacyClass(privacy), OpenForm(form) if form else None)


@dataclass(frozen=True)
class TableClass:
    """The classes of a published table.

    Attributes:
        columns: by the column's name.
        is_restricted: the whole table is only in the restricted file.

    """

    columns: Mapping[str, ColumnClass]
    is_restricted: bool = False


NOTHING_CLASSIFIED = TableClass({})


def table_classes(con: duckdb.DuckDBPyConnection) -> dict[str, TableClass]:
    """The classes of all published tables, by the name that readers know.

    Raises:
        PrivacyError: when a column's class cannot be used.

    """
    columns: dict[str, dict[str, ColumnClass]] = {}
    restricted = set()
    for table, column, privacy, form, is_restricted in con.execute(
        f"select table_name, column_name, privacy, open_form, is_restricted from {CLASSES_TABLE}"
    ).fetchall():
        meta = {"privacy": privacy, "open": form}
        columns.setdefault(table, {})[column] = ColumnClass.of(f"{table}.{column}", meta)
        if is_restricted:
            restricted.add(table)
    return {name: TableClass(classes, name in restricted) for name, classes in columns.items()}


class PersonalKeys:
    """Which record keys are personal: an e-mail address, a telephone number, a handle."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Take patterns of system/instance/object, in which * stands for any text."""
        self._expression = "|".join(
            "[^/]*".join(re.escape(part) for part in pattern.split("*")) for pattern in patterns
        )

    def token(self, key: str) -> str:
        """SQL of a record key in the form that the open file has, the token behind its source.

        A key that holds an @ is taken for an address whatever its source.
        """
        return (
            f"case when {self._is_personal(key)}"
            f" then regexp_extract({key}, '^([^/]*/){{3}}') || privacy_token({key}) else {key} end"
        )

    def source_key(self, column: str) -> str:
        """SQL of the last part of `record_key`, in the form that the open file has."""
        return (
            f"case when {self._is_personal('record_key')} then privacy_token(record_key)"
            f" else {column} end"
        )

    def _is_personal(self, key: str) -> str:
        has_address = f"contains({key}, '@')"
        if not self._expression:
            return has_address
        return f"({has_address} or regexp_matches({key}, '^(?:{self._expression})/'))"


def open_columns(
    name: str,
    relation: duckdb.DuckDBPyRelation,
    columns: Sequence[str],
    classes: TableClass,
    personal_keys: PersonalKeys,
) -> list[str]:
    """SQL of the columns that the open file has of a table, in their open forms.

    Raises:
        PrivacyError: when a column has no class, or none of them has an open form.

    """
    types = dict(zip(relation.columns, relation.types, strict=True))
    forms = []
    for column in columns:
        column_class = classes.columns.get(column)
        if column_class is None:
            # says what to do
            column_class = ColumnClass.of(f"{name}.{column}", {})
        quoted = f'"{column}"'
        if column_class.privacy is PrivacyClass.NONE:
            forms.append(quoted)
            continue
        match column_class.open_form:
            case OpenForm.AS_IS:
                form = quoted
            case OpenForm.TOKEN:
                form = f"privacy_token({quoted})"
            case OpenForm.KEY if str(types[column]).endswith("[]"):
                form = f"list_transform({quoted}, lambda k: {personal_keys.token('k')})"
            case OpenForm.KEY:
                form = personal_keys.token(quoted)
            case OpenForm.SOURCE_KEY:
                form = personal_keys.source_key(quoted)
            case OpenForm.OF_ORGANIZATIONS:
                form = f"case when party_type = 'organization' then {quoted} end"
            case None:
                continue
        forms.append(f"{form} as {quoted}")
    if not forms:
        raise PrivacyError(
            f"{name} has no column that the open file may have; if that is meant, its YAML says so:"
            " config: {meta: {published: restricted}}"
        )
    return forms
