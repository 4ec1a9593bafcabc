"""Which pairs of records are compared at all.

Every rule gives a record some keys; records that share a key become a pair, unless more records
share it than the rule's cap: such a value tells nobody apart. Where it is an identifier, its
records are then compared with their neighbours in the order of names and birth dates only, so that
many records of one party still meet. Many narrow rules find what a few broad ones miss, at a
fraction of their pairs.

A key is a number: a hash of the value, with the number of its rule in the last bits. So the keys of
a record are a plain list, and a pure function of the record alone.
"""

from dataclasses import dataclass

import duckdb

from customer360.matching.model import PartyType


@dataclass(frozen=True)
class BlockingRule:
    """Keys of one kind.

    Attributes:
        name: names the rule.
        texts: SQL for the list of a record's key texts; a null among them is no key.
        cap: a key that more records share is not used, or only between neighbours.

    """

    name: str
    texts: str
    cap: int
    is_identifier: bool = False


def _one(text: str) -> str:
    return f"[{text}]"


def _each(values: str, name: str, text: str) -> str:
    return f"list_transform({values}, lambda {name}: {text})"


def _emails(text: str) -> str:
    return _each("emails", "email", text)


def _families(text: str) -> str:
    return _each("family_keys", "family", text)


def _givens(text: str) -> str:
    return _each("given_nickname_keys", "given", text)


def _names(text: str) -> str:
    return f"flatten({_families(_givens(text))})"


def _family_sounds(text: str) -> str:
    return _each("family_sounds", "family_sound", text)


def _given_sounds(text: str) -> str:
    return _each("given_sounds", "given_sound", text)


_INITIAL = "left(given, 1)"
_BIRTH_YEAR = "left(birth_text, 4)"

_SHORTENED_IDS = (
    "case when length(national_id) >= 6 then list_transform("
    "range(0, length(national_id)), lambda i: national_id[:i] || national_id[i + 2:]) end"
)


def _sounds(text: str) -> str:
    return f"flatten({_family_sounds(_given_sounds(text))})"


def _family_sounds_and_initials(text: str) -> str:
    return f"flatten({_family_sounds(_givens(text))})"


PERSON_RULES = (
    BlockingRule("e-mail", "emails", 100, is_identifier=True),
    BlockingRule("phone", "phones", 100, is_identifier=True),
    BlockingRule("national id", _one("national_id"), 100, is_identifier=True),
    BlockingRule("identifier", "identifiers", 100, is_identifier=True),
    BlockingRule("family name, birth date", _families("family || '|' || birth_text"), 100),
    BlockingRule("given name, birth date", _givens("given || '|' || birth_text"), 100),
    BlockingRule("birth date, postal code", _one("birth_text || '|' || postal"), 100),
    BlockingRule(
        "street, initial",
        _givens(f"street || '|' || coalesce(house_number, '') || '|' || {_INITIAL}"),
        100,
    ),
    BlockingRule("street, family name", _families("street || '|' || family"), 8),
    BlockingRule(
        "full name in any order",
        _names("least(family, given) || '|' || greatest(family, given)"),
        20,
    ),
    BlockingRule("mailbox name", _emails("nullif(split_part(email, '@', 1), '')"), 20),
    BlockingRule("given name, postal code", _givens("given || '|' || postal"), 12),
    BlockingRule(
        "family name, initial, postal code",
        _names(f"family || '|' || {_INITIAL} || '|' || postal"),
        40,
    ),
    BlockingRule("street, birth year", _one(f"street || '|' || {_BIRTH_YEAR}"), 4),
    BlockingRule(
        "start of family name, number, postal code",
        _families("left(family, 3) || '|' || house_number || '|' || postal"),
        8,
    ),
    BlockingRule(
        "given name, number, postal area",
        _givens("given || '|' || house_number || '|' || left(postal, 2)"),
        12,
    ),
    BlockingRule(
        "first half of national id, initial",
        _givens(f"left(national_id, length(national_id) // 2) || '|' || {_INITIAL}"),
        40,
    ),
    BlockingRule(
        "second half of national id, initial",
        _givens(f"right(national_id, length(national_id) // 2) || '|' || {_INITIAL}"),
        40,
    ),
    BlockingRule("national id but for one character", _SHORTENED_IDS, 40),
    BlockingRule("start of street, postal code", _one("left(street, 5) || '|' || postal"), 4),
    BlockingRule("start of street, town", _one("left(street, 5) || '|' || place"), 6),
    BlockingRule(
        "birth place, occupation, family name",
        _families("birth_place || '|' || occupation || '|' || family"),
        40,
    ),
    BlockingRule(
        "birth place, occupation, given name",
        _givens("birth_place || '|' || occupation || '|' || given"),
        40,
    ),
    BlockingRule(
        "sound of family name, postal code", _family_sounds("family_sound || '|' || postal"), 12
    ),
    BlockingRule(
        "sound of given name, postal code", _given_sounds("given_sound || '|' || postal"), 5
    ),
    BlockingRule(
        "sound of family name, town, initial",
        _family_sounds_and_initials(f"family_sound || '|' || place || '|' || {_INITIAL}"),
        12,
    ),
    BlockingRule(
        "starts of both names, birth year",
        _names(f"left(family, 3) || '|' || left(given, 3) || '|' || {_BIRTH_YEAR}"),
        8,
    ),
    BlockingRule("birth date, initial", _givens(f"birth_text || '|' || {_INITIAL}"), 6),
    BlockingRule("birth date", _one("birth_text"), 6),
    BlockingRule("family name, initial", _names(f"family || '|' || {_INITIAL}"), 8),
    BlockingRule("postal code, number", _one("postal || '|' || house_number"), 4),
    BlockingRule("sound of both names", _sounds("family_sound || '|' || given_sound"), 6),
    BlockingRule(
        "sound of family name, birth month",
        _family_sounds("family_sound || '|' || left(birth_text, 6)"),
        4,
    ),
    BlockingRule(
        "sound of family name, birthday",
        _family_sounds("family_sound || '|' || right(birth_text, 4)"),
        4,
    ),
    BlockingRule(
        "sound of given name, birth month",
        _given_sounds("given_sound || '|' || left(birth_text, 6)"),
        3,
    ),
    BlockingRule(
        "sound of given name, birthday",
        _given_sounds("given_sound || '|' || right(birth_text, 4)"),
        3,
    ),
)

ORGANIZATION_RULES = (
    BlockingRule("registration number", _one("national_id"), 100, is_identifier=True),
    BlockingRule("domain", "company_domains", 100),
    BlockingRule("phone", "phones", 100, is_identifier=True),
    BlockingRule("end of phone", _each("phones", "phone", "right(phone, 8)"), 20),
    BlockingRule("name", "name_sounds", 60),
    BlockingRule(
        "start of name, postal code", _one("left(name_sounds[1], 4) || '|' || postal"), 60
    ),
    BlockingRule("start of name, town", _one("left(name_sounds[1], 4) || '|' || place"), 60),
    BlockingRule("street and number", _one("street || '|' || coalesce(house_number, '')"), 40),
    BlockingRule("rare word", "name_keys", 20),
    BlockingRule("start of name", _one("left(name_sounds[1], 8)"), 12),
    BlockingRule("end of name", _one("right(name_sounds[1], 12)"), 8),
)

RULES = {PartyType.PERSON: PERSON_RULES, PartyType.ORGANIZATION: ORGANIZATION_RULES}

# the last bits of a key say which rule it is of
_RULE_BITS = 63


def record_keys(party_type: PartyType) -> str:
    """SQL of the keys of a record, as a list of numbers: each key once."""
    lists = ", ".join(
        f"list_transform({rule.texts}, lambda text: {_key('text', number)})"
        for number, rule in enumerate(RULES[party_type])
    )
    return f"list_distinct(flatten([{lists}]))"


def _key(text: str, number: int) -> str:
    hashed = f"(hash({text}) & {2**64 - 1 - _RULE_BITS}::ubigint) | {number}::ubigint"
    return f"case when {text} is not null then {hashed} end"


def rule_property(party_type: PartyType, name: str, key: str = "key") -> str:
    """SQL of an attribute (`cap`, `is_identifier`) of the rule that a key is of."""
    values = ", ".join(str(getattr(rule, name)) for rule in RULES[party_type])
    return f"[{values}][cast({key} & {_RULE_BITS} as bigint) + 1]"


def blocking_keys(
    con: duckdb.DuckDBPyConnection, *, records: str, party_type: PartyType, result: str
) -> None:
    """Create the temporary table `result` of the keys that bring records together.

    Args:
        con: a connection that sees `records`, with the lists of keys and values that rules read.
        records: the records to pair.
        party_type: whose rules to use.
        result: name of the table: as `usable_keys` says.

    """
    con.execute(
        "create or replace temp table all_keys as"
        f" select record_id, unnest({record_keys(party_type)}) as key from {records}"
    )
    usable_keys(con, keys="all_keys", records=records, party_type=party_type, result=result)
    con.execute("drop table all_keys")


def usable_keys(
    con: duckdb.DuckDBPyConnection, *, keys: str, records: str, party_type: PartyType, result: str
) -> None:
    """Create the temporary table `result` of the keys that at least two records share.

    A pure function of who has which key: it does not matter which other keys there are.

    Args:
        con: a connection.
        keys: `record_id, key`: every record that has one of the keys.
        records: the records, for the order of neighbours.
        party_type: whose rules the keys are of.
        result: name of the table: `record_id, key, is_neighbour`; records that share a key are to
            be compared. Where an identifier is crowded, each of its records and the next two in
            order have a key of their own (`is_neighbour`).

    """
    con.execute(
        f"""
        create or replace temp table key_sizes as
        select
            key,
            count(*) <= {rule_property(party_type, "cap")} as is_usable
        from {keys}
        group by key
        having count(*) > 1;
        create or replace temp table {result} as
        select record_id, key, false as is_neighbour
        from {keys}
        semi join (select key from key_sizes where is_usable) as usable using (key)
        union all
        select
            record_id,
            unnest([
                hash(key, record_id),
                hash(key, lag(record_id) over in_order),
                hash(key, lag(record_id, 2) over in_order)
            ]) as key,
            true as is_neighbour
        from (
            select
                record_id,
                key,
                name_sounds[1] as name_sound,
                family_keys[1] as family,
                given_keys[1] as given,
                birth_text,
                record_key
            from {keys}
            semi join (
                select key from key_sizes
                where not is_usable and {rule_property(party_type, "is_identifier")}
            ) as crowded using (key)
            inner join {records} using (record_id)
        )
        window in_order as (
            partition by key order by name_sound, family, given, birth_text, record_key
        );
        drop table key_sizes;
        """
    )


class PairBudgetError(RuntimeError):
    """The rules bring more pairs together than were allowed for."""


def candidate_pairs(
    con: duckdb.DuckDBPyConnection,
    *,
    keys: str,
    records: str,
    party_type: PartyType,
    largest: int,
    result: str,
    is_asked: str = "true",
) -> None:
    """Create the temporary table `result` of the pairs that share a key, each once.

    Args:
        con: a connection.
        keys: what `usable_keys` made, perhaps with more columns.
        records: the records, to name the value at fault.
        party_type: whose rules the keys are of.
        largest: how many pairs are not too many, counting those that several keys bring together.
        result: name of the table: `record_id_l, record_id_r`, the smaller id on the left.
        is_asked: SQL over the key rows `l` and `r` of a pair: which pairs are wanted.

    Raises:
        PairBudgetError: there are more; with the rule and the value that have most of them.

    """
    ((pairs,),) = con.execute(
        f"select coalesce(sum(n * (n - 1) // 2), 0)"
        f" from (select count(*) as n from {keys} group by key)"
    ).fetchall()
    if pairs > largest:
        raise PairBudgetError(_explosion(con, keys, records, party_type, pairs, largest))
    con.execute(
        f"""
        create or replace temp table {result} as
        select distinct l.record_id as record_id_l, r.record_id as record_id_r
        from {keys} as l
        inner join {keys} as r on l.key = r.key and l.record_id < r.record_id
        where {is_asked}
        """
    )


def _explosion(
    con: duckdb.DuckDBPyConnection,
    keys: str,
    records: str,
    party_type: PartyType,
    pairs: int,
    largest: int,
) -> str:
    number, rule_pairs, record_id = con.execute(
        f"""
        select
            cast(key & {_RULE_BITS} as bigint) as rule,
            sum(n * (n - 1) // 2) as pairs,
            max_by(record_id, n)
        from (
            select key, count(*) as n, min(record_id) as record_id
            from {keys} where not is_neighbour group by key
        )
        group by rule
        order by pairs desc
        limit 1
        """
    ).fetchall()[0]
    rule = RULES[party_type][number]
    values = con.execute(
        f"select unnest({rule.texts}) from {records} where record_id = ?", [record_id]
    ).fetchall()
    example = ", ".join(repr(value) for (value,) in values if value is not None)
    return (
        f"the {party_type} records make {pairs:,} pairs to compare, and {largest:,} are allowed"
        f" (max_pairs_per_record in dbt_project.yml). Most of them, {rule_pairs:,}, share the same"
        f" {rule.name}; {example} is among the commonest values. Is that column filled with"
        " something else, or with a default? seeds/placeholder_values.csv sets a value aside."
    )


@dataclass(frozen=True)
class SharedKey:
    """A key that two records have in common.

    Attributes:
        rule: the rule that gives it.
        record_count: how many records have it.

    """

    rule: BlockingRule
    record_count: int

    @property
    def is_used(self) -> bool:
        """Few enough records share it for it to bring them together."""
        return self.record_count <= self.rule.cap


def shared_keys(
    con: duckdb.DuckDBPyConnection, *, records: str, party_type: PartyType, pair: tuple[int, int]
) -> list[SharedKey]:
    """Find every key that two records have in common, and how many others have it.

    Args:
        con: a connection that sees `records`, as for `blocking_keys`.
        records: all records.
        party_type: whose rules to use.
        pair: the two records, by `record_id`.

    """
    keys = record_keys(party_type)
    rows = con.execute(
        f"""
        with common as (
            select unnest(list_intersect(l.keys, r.keys)) as key
            from (select {keys} as keys from {records} where record_id = ?) as l
            cross join (select {keys} as keys from {records} where record_id = ?) as r
        )
        select key & {_RULE_BITS}, count(*)
        from (select unnest({keys}) as key from {records})
        semi join common using (key)
        group by key
        order by all
        """,
        list(pair),
    ).fetchall()
    return [SharedKey(RULES[party_type][rule], int(count)) for rule, count in rows]
