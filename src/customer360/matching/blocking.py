"""Which pairs of records are compared at all.

Every rule gives a record some keys; records that share a key become a pair, unless more records
share it than the rule's cap: such a value tells nobody apart. Where it is an identifier, its
records are then compared with their neighbours in the order of names and birth dates only, so that
many records of one party still meet. Many narrow rules find what a few broad ones miss, at a
fraction of their pairs.
"""

from dataclasses import dataclass

import duckdb

from customer360.matching.model import PartyType


@dataclass(frozen=True)
class BlockingRule:
    """Keys of one kind.

    Attributes:
        name: names the rule.
        key: SQL for the key text, null where the record has none.
        cap: a key that more records share is not used, or only between neighbours.
        source: the view of the keys: the records or one of their unnested forms.

    """

    name: str
    key: str
    cap: int
    source: str = "blocking_records"
    is_identifier: bool = False


_INITIAL = "left(given, 1)"

PERSON_RULES = (
    BlockingRule("e-mail", "email", 100, "record_emails", is_identifier=True),
    BlockingRule("phone", "phone", 100, "record_phones", is_identifier=True),
    BlockingRule("national id", "national_id", 100, is_identifier=True),
    BlockingRule("identifier", "identifier", 100, "record_identifiers", is_identifier=True),
    BlockingRule("family name, birth date", "family || '|' || birth_text", 100, "families"),
    BlockingRule("given name, birth date", "given || '|' || birth_text", 100, "givens"),
    BlockingRule("birth date, postal code", "birth_text || '|' || postal", 100),
    BlockingRule(
        "street, initial",
        f"street || '|' || coalesce(house_number, '') || '|' || {_INITIAL}",
        100,
        "givens",
    ),
    BlockingRule("street, family name", "street || '|' || family", 60, "families"),
    BlockingRule(
        "full name in any order",
        "least(family, given) || '|' || greatest(family, given)",
        40,
        "names",
    ),
    BlockingRule("mailbox name", "local_part", 40, "record_emails"),
    BlockingRule("given name, postal code", "given || '|' || postal", 40, "givens"),
    BlockingRule(
        "family name, initial, postal code",
        f"family || '|' || {_INITIAL} || '|' || postal",
        40,
        "names",
    ),
    BlockingRule("street, birth year", "street || '|' || birth_year", 40),
    BlockingRule(
        "start of family name, number, postal code",
        "left(family, 3) || '|' || house_number || '|' || postal",
        40,
        "families",
    ),
    BlockingRule(
        "given name, number, postal area",
        "given || '|' || house_number || '|' || left(postal, 2)",
        40,
        "givens",
    ),
    BlockingRule(
        "first half of national id, initial",
        f"left(national_id, length(national_id) // 2) || '|' || {_INITIAL}",
        40,
        "givens",
    ),
    BlockingRule(
        "second half of national id, initial",
        f"right(national_id, length(national_id) // 2) || '|' || {_INITIAL}",
        40,
        "givens",
    ),
    BlockingRule("national id but for one character", "shortened_id", 40, "shortened_ids"),
    BlockingRule("start of street, postal code", "left(street, 5) || '|' || postal", 12),
    BlockingRule("start of street, town", "left(street, 5) || '|' || place", 12),
    BlockingRule(
        "birth place, occupation, family name",
        "birth_place || '|' || occupation || '|' || family",
        40,
        "families",
    ),
    BlockingRule(
        "birth place, occupation, given name",
        "birth_place || '|' || occupation || '|' || given",
        40,
        "givens",
    ),
    BlockingRule(
        "sound of family name, postal code", "family_sound || '|' || postal", 20, "families"
    ),
    BlockingRule("sound of given name, postal code", "given_sound || '|' || postal", 20, "givens"),
    BlockingRule(
        "sound of family name, town, initial",
        f"family_sound || '|' || place || '|' || {_INITIAL}",
        20,
        "names",
    ),
    BlockingRule(
        "starts of both names, birth year",
        "left(family, 3) || '|' || left(given, 3) || '|' || birth_year",
        20,
        "names",
    ),
    BlockingRule("birth date, initial", f"birth_text || '|' || {_INITIAL}", 12, "givens"),
    BlockingRule("birth date", "birth_text", 12),
    BlockingRule("family name, initial", f"family || '|' || {_INITIAL}", 12, "names"),
    BlockingRule("postal code, number", "postal || '|' || house_number", 12),
    BlockingRule("sound of both names", "family_sound || '|' || given_sound", 12, "names"),
    BlockingRule(
        "sound of family name, birth month",
        "family_sound || '|' || left(birth_text, 6)",
        10,
        "families",
    ),
    BlockingRule(
        "sound of family name, birthday",
        "family_sound || '|' || right(birth_text, 4)",
        10,
        "families",
    ),
    BlockingRule(
        "sound of given name, birth month",
        "given_sound || '|' || left(birth_text, 6)",
        10,
        "givens",
    ),
    BlockingRule(
        "sound of given name, birthday",
        "given_sound || '|' || right(birth_text, 4)",
        10,
        "givens",
    ),
)

ORGANIZATION_RULES = (
    BlockingRule("registration number", "national_id", 100, is_identifier=True),
    BlockingRule("domain", "domain", 100, "record_domains"),
    BlockingRule("phone", "phone", 100, "record_phones", is_identifier=True),
    BlockingRule("end of phone", "right(phone, 8)", 20, "record_phones"),
    BlockingRule("name", "name_sound", 60, "name_sounds"),
    BlockingRule("start of name, postal code", "left(name_sounds[1], 4) || '|' || postal", 60),
    BlockingRule("start of name, town", "left(name_sounds[1], 4) || '|' || place", 60),
    BlockingRule("street and number", "street || '|' || coalesce(house_number, '')", 40),
    BlockingRule("rare word", "name_key", 20, "name_words"),
    BlockingRule("start of name", "left(name_sounds[1], 8)", 12),
    BlockingRule("end of name", "right(name_sounds[1], 12)", 8),
)

RULES = {PartyType.PERSON: PERSON_RULES, PartyType.ORGANIZATION: ORGANIZATION_RULES}

_PERSON_SOURCES = """
create or replace temp view families as
select *, {family_sound} as family_sound
from (select *, unnest(family_keys) as family from blocking_records);
create or replace temp view givens as
select *, {given_sound} as given_sound
from (select *, unnest(given_nickname_keys) as given from blocking_records);
create or replace temp view names as
select *, {family_sound} as family_sound, {given_sound} as given_sound
from (
    select *, unnest(given_nickname_keys) as given
    from (select *, unnest(family_keys) as family from blocking_records)
);
"""


def _sound(column: str) -> str:
    # first letter and up to three consonant classes, in the spirit of Soundex
    classes = (
        f"translate(substr({column}, 2), 'bfpvcgjkqsxzdtlmnraeiouyhw',"
        " '11112222222233455600000000')"
    )
    return f"left({column}, 1) || left(replace({classes}, '0', ''), 3)"


def blocking_keys(
    con: duckdb.DuckDBPyConnection, *, records: str, party_type: PartyType, result: str
) -> None:
    """Create the temporary table `result` of the keys that at least two records share.

    Args:
        con: a connection that sees `records` (as for `compare`, with lists of keys and values).
        records: the records to pair.
        party_type: whose rules to use.
        result: name of the table: `record_id, key`; records that share a key are to be compared.

    """
    _create_sources(con, records)
    con.execute(
        "create or replace temp table all_keys"
        " (record_id bigint, key ubigint, cap integer, is_identifier boolean)"
    )
    for number, rule in enumerate(RULES[party_type]):
        con.execute(
            f"""
            insert into all_keys
            select distinct record_id, hash({number}, {rule.key}), {rule.cap}, {rule.is_identifier}
            from {rule.source}
            where {rule.key} is not null
            """
        )
    con.execute(
        f"""
        create or replace temp table key_sizes as
        select
            key,
            count(*) <= any_value(cap) as is_usable,
            any_value(is_identifier) as is_identifier
        from all_keys
        group by key
        having count(*) > 1;
        create or replace temp table {result} as
        select record_id, key
        from all_keys
        semi join (select key from key_sizes where is_usable) as usable using (key)
        union all
        -- a key of its own for each record of a crowded identifier and the next two
        select neighbour.record_id, hash(neighbour.key, neighbour.place - step.distance) as key
        from (
            select
                all_keys.record_id,
                all_keys.key,
                row_number() over (
                    partition by all_keys.key
                    order by
                        record.name_sounds[1],
                        record.family_keys[1],
                        record.given_keys[1],
                        record.birth_text,
                        record.record_key
                ) as place
            from all_keys
            semi join (
                select key from key_sizes where is_identifier and not is_usable
            ) as crowded using (key)
            inner join {records} as record on all_keys.record_id = record.record_id
        ) as neighbour
        cross join range(0, 3) as step (distance);
        drop table all_keys;
        drop table key_sizes;
        """
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
    con.execute(
        "create or replace temp table two_records as"
        f" select * from {records} where record_id in (?, ?)",
        list(pair),
    )
    _create_sources(con, "two_records")
    found = []
    for rule in RULES[party_type]:
        keys = con.execute(
            f"select {rule.key} as key from {rule.source} where {rule.key} is not null"
            " group by key having count(distinct record_id) = 2 order by key"
        ).fetchall()
        found += [(rule, key) for (key,) in keys]
    _create_sources(con, records)
    shared = []
    for rule, key in found:
        rows = con.execute(
            f"select count(distinct record_id) from {rule.source} where {rule.key} = ?", [key]
        ).fetchall()
        shared.append(SharedKey(rule, int(rows[0][0])))
    con.execute("drop table two_records")
    return shared


def _create_sources(con: duckdb.DuckDBPyConnection, records: str) -> None:
    """Create the views that the rules read: the records, and their lists unnested."""
    con.execute(
        f"""
        create or replace temp view blocking_records as
        select * exclude (family, given), left(birth_text, 4) as birth_year
        from {records};
        create or replace temp view record_emails as
        select record_id, email, nullif(split_part(email, '@', 1), '') as local_part
        from (select record_id, unnest(emails) as email from blocking_records);
        create or replace temp view record_phones as
        select record_id, unnest(phones) as phone from blocking_records;
        create or replace temp view record_identifiers as
        select record_id, unnest(identifiers) as identifier from blocking_records;
        create or replace temp view record_domains as
        select record_id, unnest(company_domains) as domain from blocking_records;
        create or replace temp view shortened_ids as
        select
            record_id,
            unnest([
                national_id[:i] || national_id[i + 2:] for i in range(0, length(national_id))
            ]) as shortened_id
        from blocking_records
        where length(national_id) >= 6;
        create or replace temp view name_words as
        select record_id, unnest(name_keys) as name_key from blocking_records;
        create or replace temp view name_sounds as
        select record_id, unnest(name_sounds) as name_sound from blocking_records;
        """
    )
    con.execute(_PERSON_SOURCES.format(family_sound=_sound("family"), given_sound=_sound("given")))
