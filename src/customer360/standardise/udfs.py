"""The library as DuckDB functions: each takes a chunk of rows as Arrow arrays and returns one.

All are deterministic and accept NULL. They are meant for distinct values, and cache the parts of
what they see, since parts repeat even where wholes do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import accumulate, chain
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from customer360.standardise.addresses import parse_address
from customer360.standardise.birth_dates import parse_birth_date
from customer360.standardise.countries import parse_country
from customer360.standardise.emails import parse_email
from customer360.standardise.names import is_given_name, split_person_name
from customer360.standardise.organizations import parse_organization_name
from customer360.standardise.phones import parse_phone
from customer360.standardise.workers import Workers, default_size

TEXT = "VARCHAR"
PERSON_NAME = (
    "STRUCT(family VARCHAR, given VARCHAR, family_script VARCHAR, given_script VARCHAR, "
    "family_keys VARCHAR[], given_keys VARCHAR[], given_nickname_keys VARCHAR[], "
    "is_order_known BOOLEAN)"
)
EMAIL = (
    "STRUCT(address VARCHAR, local VARCHAR, domain VARCHAR, is_role BOOLEAN, "
    "family_keys VARCHAR[], given_keys VARCHAR[])"
)
ADDRESS = (
    "STRUCT(country_code VARCHAR, postal_code VARCHAR, region VARCHAR, locality VARCHAR, "
    "street VARCHAR, number VARCHAR)"
)
ORGANIZATION_NAME = (
    "STRUCT(name VARCHAR, legal_form VARCHAR, keys VARCHAR[], sounds VARCHAR[], stems VARCHAR[], "
    "words VARCHAR[], is_branch BOOLEAN)"
)

# no name or address is longer; what texts of megabytes have in common would take hours to find
_LONGEST = 1_000

_NO_EMAIL = (None, None, None, None, (), ())
_NO_ADDRESS = (None,) * 6
_NO_ORGANIZATION = (None, None, (), (), (), (), None)
_EPOCH = date(1970, 1, 1).toordinal()


def _values(texts: Any) -> list[str | None]:
    # many times faster than to_pylist, which makes a scalar of each value first
    return texts.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def _beginnings(texts: Any) -> list[str | None]:
    """The values, of each that is too long its first characters."""
    return [value and value[:_LONGEST] for value in _values(texts)]


def _texts(values: Iterable[str | None]) -> Any:
    return pa.array(values, pa.string())


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[Sequence[Any]]:
    """The columns of rows of equal width, also where there are no rows."""
    return list(zip(*rows, strict=True)) or [()] * width


def _lists(values: Sequence[tuple[str, ...]]) -> Any:
    offsets = pa.array(list(accumulate(map(len, values), initial=0)), pa.int32())
    return pa.ListArray.from_arrays(offsets, _texts(list(chain.from_iterable(values))))


def _structs(names: str, arrays: list[Any], is_null: list[bool] | None = None) -> Any:
    mask = None if is_null is None else pa.array(is_null, pa.bool_())
    return pa.StructArray.from_arrays(arrays, names.split(), mask=mask)


def person_names(full: Any, given: Any, family: Any, reading: Any) -> Any:
    """`split_person_name` of each row, as PERSON_NAME structs."""
    families, givens, is_order_known = _columns(
        map(split_person_name, *map(_beginnings, (full, given, family, reading))),
        3,
    )
    family_exact, family_script, family_keys, _ = _columns(families, 4)
    given_exact, given_script, given_keys, nickname_keys = _columns(givens, 4)
    return _structs(
        "family given family_script given_script family_keys given_keys given_nickname_keys "
        "is_order_known",
        [
            _texts(family_exact),
            _texts(given_exact),
            _texts(family_script),
            _texts(given_script),
            _lists(family_keys),
            _lists(given_keys),
            _lists(nickname_keys),
            pa.array(is_order_known, pa.bool_()),
        ],
    )


def emails(texts: Any) -> Any:
    """`parse_email` of each row, as EMAIL structs; no address is a null struct."""
    found = [parse_email(text) for text in _values(texts)]
    address, local, domain, is_role, family_keys, given_keys = _columns(
        [_NO_EMAIL if email is None else email for email in found], 6
    )
    return _structs(
        "address local domain is_role family_keys given_keys",
        [
            _texts(address),
            _texts(local),
            _texts(domain),
            pa.array(is_role, pa.bool_()),
            _lists(family_keys),
            _lists(given_keys),
        ],
        [email is None for email in found],
    )


def phones(texts: Any, country_codes: Any) -> Any:
    """`parse_phone` of each row."""
    return _texts(list(map(parse_phone, _values(texts), _values(country_codes))))


def addresses(street: Any, locality: Any, region: Any, postal_code: Any, country_code: Any) -> Any:
    """`parse_address` of each row, as ADDRESS structs; a blank address is a null struct."""
    fields = (street, locality, region, postal_code, country_code)
    found = list(map(parse_address, *map(_beginnings, fields)))
    parts = _columns([_NO_ADDRESS if address is None else address for address in found], 6)
    return _structs(
        "country_code postal_code region locality street number",
        [_texts(part) for part in parts],
        [address is None for address in found],
    )


def birth_dates(today: date) -> Callable[[Any], Any]:
    """A function that gives `parse_birth_date` of each row; later days than `today` are null."""

    def parse(texts: Any) -> Any:
        days = [parse_birth_date(text, today) for text in _values(texts)]
        numbers = [None if day is None else day.toordinal() - _EPOCH for day in days]
        return pa.array(numbers, pa.int32()).cast(pa.date32())

    return parse


def organization_names(texts: Any) -> Any:
    """`parse_organization_name` of each row, as ORGANIZATION_NAME structs."""
    found = [parse_organization_name(text) for text in _beginnings(texts)]
    name, legal_form, keys, sounds, stems, words, is_branch = _columns(
        [_NO_ORGANIZATION if one is None else one for one in found], 7
    )
    return _structs(
        "name legal_form keys sounds stems words is_branch",
        [
            _texts(name),
            _texts(legal_form),
            _lists(keys),
            _lists(sounds),
            _lists(stems),
            _lists(words),
            pa.array(is_branch, pa.bool_()),
        ],
        [o is None for o in found],
    )


def countries(texts: Any) -> Any:
    """`parse_country` of each row."""
    return _texts([parse_country(text) for text in _values(texts)])


def given_names(keys: Any) -> Any:
    """`is_given_name` of each row; false where there is no key."""
    return pa.array([key is not None and is_given_name(key) for key in _values(keys)], pa.bool_())


SPREAD: dict[str, Callable[..., Any]] = {
    "person_name": person_names,
    "email": emails,
    "phone": phones,
    "address": addresses,
    "organization_name": organization_names,
}
"""The functions that are worth more than one core, by their name in SQL."""

WORKERS = Workers(default_size())
"""Those that all connections of this process share."""


def register(
    con: duckdb.DuckDBPyConnection, today: date | None = None, workers: Workers = WORKERS
) -> None:
    """Give `con` the functions of this module.

    Afterwards it has person_name, email, phone, address, birth_date, organization_name, country and
    is_given_name.

    `today` is the day after which a birth date cannot lie; by default the current one. `workers`
    run what is worth it; they start with the first larger table and end with this process.
    """
    functions: dict[str, tuple[Callable[..., Any], list[Any], str]] = {
        "person_name": (person_names, [TEXT] * 4, PERSON_NAME),
        "email": (emails, [TEXT], EMAIL),
        "phone": (phones, [TEXT] * 2, TEXT),
        "address": (addresses, [TEXT] * 5, ADDRESS),
        "birth_date": (birth_dates(today or date.today()), [TEXT], "DATE"),
        "organization_name": (organization_names, [TEXT], ORGANIZATION_NAME),
        "country": (countries, [TEXT], TEXT),
        "is_given_name": (given_names, [TEXT], "BOOLEAN"),
    }
    for name, (function, parameters, result) in functions.items():
        con.create_function(
            name,
            workers.spread(name, function) if name in SPREAD else function,
            parameters,
            result,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=False,
        )
