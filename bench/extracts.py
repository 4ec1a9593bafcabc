"""The families of `households.py` as the extracts of four systems, for measuring speed and scale.

SQL makes them, so that ten million records take minutes and little memory: every value is a hash of
who or what it belongs to. The same arguments give the same rows. Who shares what, and how a system
is filled in, follows `households.py`; `Habits` is read from there.

- sales_cloud: contacts (its crm) and tasks.
- commerce_cloud: customers (its web) with address books, orders and baskets.
- service_cloud: person accounts (its support) and cases.
- marketing_cloud: contacts (its billing) and, with nothing but the same key and an address,
  subscribers; sends, opens, clicks, bounces and unsubscriptions.

About three facts per party record. Files are written in parts of whole households, so that a later
delivery (`deliver_changes`) replaces a few of them and leaves the others as they are. Another one
(`deliver_openings`) is of facts alone.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import phonenumbers
import pyarrow as pa
from faker.providers.address.en_US import Provider as FakerAddresses
from faker.providers.person.en import Provider as FakerRareNames
from faker.providers.person.en_US import Provider as FakerNames

from bench import households
from bench.households import HABITS, Habits

SYSTEMS = ("sales_cloud", "service_cloud", "commerce_cloud", "marketing_cloud")
# what dbt is told about this landing folder
VARIABLES: Mapping[str, object] = {"systems": list(SYSTEMS), "instances": {}}
TRUTH_FOLDER = "truth"
SHARED_ADDRESS = "everybody@mail.example.com"
RECORDS_PER_HOUSEHOLD = 5.355

_PART_HOUSEHOLDS = 100_000
_SEED = 20261103
# a name's slots of so many are its share of the people
_SLOTS = 1 << 18
_MOST_MEMBERS = 6
# homes and mobile numbers of a household: two homes of its own, one of each member; per member two
# numbers and a later one
_LINES_PER_HOUSEHOLD = 2 + _MOST_MEMBERS * 4
# exchanges that subscribers are not given
_EXCHANGES = (*(f"{n}11" for n in range(2, 10)), "555", "950", "958", "959", "976")
# scatter what is counted: primes that divide none of the ranges
_LINE_STEP, _KEY_STEP, _KEY_RANGE = 999_983, 7_654_321, 999_999_937

_SALES, _COMMERCE, _SERVICE, _CONTACT, _SUBSCRIBER = range(5)
_HABITS: Sequence[Habits] = (HABITS["crm"], HABITS["web"], HABITS["support"], HABITS["billing"])
_MARKETING_SHARE, _SUBSCRIBER_SHARE = 0.36, 0.7
_REGISTERED_TWICE = 0.035

# objects that an adapter reads and that nobody here uses
_EMPTY = {
    "sales_cloud/Account": "Id",
    "sales_cloud/Lead": "Id",
    "sales_cloud/Opportunity": "Id",
    "sales_cloud/OpportunityLineItem": "Id",
    "sales_cloud/Event": "Id",
    "service_cloud/CaseComment": "Id",
    "commerce_cloud/order_items": "orderNo itemId",
}


@dataclass(frozen=True)
class Changes:
    """What a later delivery holds that the first did not.

    Attributes:
        records: party records that are new (two fifths, half of them of new people), changed (half)
            or deleted (a tenth).

    """

    records: int

    @property
    def new_households(self) -> int:
        """Households nobody knew."""
        return max(1, round(self.records * 0.2 / RECORDS_PER_HOUSEHOLD))


def write(folder: Path, *, records: int, shared_address: int = 0) -> int:
    """Write `<folder>/landing` and `<folder>/truth` anew.

    Args:
        folder: where to write.
        records: about so many party records.
        shared_address: beside them so many contacts of different people with one e-mail address.

    Returns:
        How many party records there are.

    Raises:
        ValueError: when there are not enough telephone numbers for so many people.

    """
    for name in ("landing", TRUTH_FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
    with _world(folder, records, crowd=shared_address) as (con, count):
        for part, (first, last) in enumerate(_spans(count + shared_address)):
            _make_records(con, first, last)
            _write_part(con, folder, part)
        for path, columns in _EMPTY.items():
            names = ", ".join(f"null::varchar as {column}" for column in columns.split())
            _copy(con, f"select {names} limit 0", folder / "landing" / path / "part-0000.parquet")
    return _count(folder)


def deliver_changes(folder: Path, *, records: int, changes: Changes) -> int:
    """Replace the parts of `<folder>` that the changes touch, and add those of new households.

    Args:
        folder: as `write` left it.
        records: what it was written with.
        changes: what happened since.

    Returns:
        How many party records there are now.

    Raises:
        ValueError: when there are more changes than half of the records.

    """
    if changes.records > records // 2:
        raise ValueError(f"{changes.records} changes are more than half of {records} records")
    with _world(folder, records, new_households=changes.new_households) as (con, count):
        spans = list(enumerate(_spans(count)))
        part_records = (spans[0][1][1] - spans[0][1][0]) * RECORDS_PER_HOUSEHOLD
        touched = spans[: math.ceil(changes.records / (part_records * 0.5))]
        households_touched = sum(last - first for _, (first, last) in touched)
        rate = changes.records / (households_touched * RECORDS_PER_HOUSEHOLD)
        for part, (first, last) in touched:
            _make_records(con, first, last, change_rate=rate)
            _write_part(con, folder, part)
        _make_records(con, count, count + changes.new_households)
        _write_part(con, folder, len(spans))
    return _count(folder)


def deliver_openings(folder: Path, *, openings: int) -> None:
    """Add a file of so many further openings of e-mails that were sent, and nothing else.

    Args:
        folder: as `write` or `deliver_changes` left it.
        openings: how many; fewer when not so many e-mails were sent.

    """
    with duckdb.connect() as con:
        marketing = folder / "landing" / "marketing_cloud"
        _copy(
            con,
            f"""
            select * exclude (EventDate), EventDate + interval 3 day as EventDate, false as IsUnique
            from read_parquet('{marketing / "_Sent"}/*.parquet')
            order by hash(SubscriberID, JobID)
            limit {openings}
            """,
            marketing / "_Open" / "part-again.parquet",
        )


def _spans(count: int) -> list[tuple[int, int]]:
    """The households of each part, as first and before last."""
    return [
        (first, min(first + _PART_HOUSEHOLDS, count)) for first in range(0, count, _PART_HOUSEHOLDS)
    ]


def _count(folder: Path) -> int:
    rows = duckdb.execute(
        f"select count(*) from read_parquet('{folder / TRUTH_FOLDER}/*.parquet')"
    ).fetchall()
    return int(rows[0][0])


@contextmanager
def _world(
    folder: Path, records: int, *, new_households: int = 0, crowd: int = 0
) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
    """A connection with everybody who lives, and how many households the base has.

    New households, or those of the crowd (each of one), are counted after the others, whose values
    are the same with and without them.
    """
    base = max(1, round(records / RECORDS_PER_HOUSEHOLD))
    count = base + new_households + crowd
    people = int(base * 2.25)
    folder.mkdir(parents=True, exist_ok=True)
    areas = _area_codes()
    lines = len(areas) * len(_EXCHANGES) * 10_000
    if count * _LINES_PER_HOUSEHOLD > lines:
        raise ValueError(
            f"{records:,} records need more telephone numbers than the {lines:,} that nobody is"
            f" given; at most {int(lines / _LINES_PER_HOUSEHOLD * RECORDS_PER_HOUSEHOLD):,} work"
        )
    with (
        tempfile.TemporaryDirectory(prefix="world-", dir=folder) as scratch,
        duckdb.connect(f"{scratch}/world.duckdb") as con,
    ):
        con.execute("set enable_progress_bar = false")
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"set temp_directory = '{scratch}'")
        for name, value in {
            "areas": areas,
            "exchanges": list(_EXCHANGES),
            "lines": lines,
            "households": count,
            "base_households": base,
            "crowd_from": count - crowd,
            "shared_address": SHARED_ADDRESS,
            "offices": max(2, people // households.PEOPLE_PER_OFFICE),
            "streets": _expanded(_ranked(households.STREET_NAMES, 0.6), 512),
            "kinds": _expanded(
                {kind: share for kind, (_, share) in households.STREET_KINDS.items()}, 100
            ),
            "providers": _expanded(households.PROVIDERS, 100),
            "handles": list(households.HANDLES),
            "neighbours": [households.NEIGHBOURS[chr(97 + n)] for n in range(26)],
            "town_starts": list(households.TOWN_STARTS),
            "town_ends": list(households.TOWN_ENDS),
        }.items():
            con.execute(f"set variable {name} = $value", {"value": value})
        for name, table in {
            "names": _names(),
            "town_ranks": _town_ranks(max(12, people // households.PEOPLE_PER_TOWN)),
            "states": _states(),
            "short_kinds": pa.table(
                {
                    "kind": list(households.STREET_KINDS),
                    "short": [short for short, _ in households.STREET_KINDS.values()],
                }
            ),
        }.items():
            con.register("arrow_table", table)
            con.execute(f"create table {name} as from arrow_table")
            con.unregister("arrow_table")
        con.execute(_MACROS + _PEOPLE + _HOMES)
        yield con, base


def _ranked(items: Sequence[str], exponent: float) -> dict[str, float]:
    return {item: (rank + 3.0) ** -exponent for rank, item in enumerate(dict.fromkeys(items))}


def _expanded(shares: Mapping[str, float], slots: int) -> list[str]:
    """The items, each as often as its share of the slots."""
    items = list(shares)
    return [items[place] for place in _places(list(shares.values()), slots)]


def _places(weights: Sequence[float], slots: int) -> np.ndarray:
    """For every slot which item it holds, each item about as often as it weighs."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    places: np.ndarray = np.searchsorted(bounds, (np.arange(slots) + 0.5) / slots * bounds[-1])
    return places


@cache
def _names() -> pa.Table:
    """`kind, slot, name, plain, nicknames` for given names (f, m) and family names (l)."""
    nicknames = households.nicknames()
    common = households.COMMON_GIVEN_SHARE
    tables = []
    for kind, frequent, others, share, exponent in (
        ("f", FakerNames.first_names_female, FakerRareNames.first_names_female, common, 0.4),
        ("m", FakerNames.first_names_male, FakerRareNames.first_names_male, common, 0.4),
        (
            "l",
            FakerNames.last_names,
            households.rare_surnames(),
            households.COMMON_SURNAME_SHARE,
            0.75,
        ),
    ):
        total = sum(frequent.values())
        tail = _ranked([name for name in others if name not in frequent], exponent)
        tail_total = sum(tail.values())
        rare = 1 - share
        weights = {name: weight / total * share for name, weight in frequent.items()}
        weights |= {name: weight / tail_total * rare for name, weight in tail.items()}
        names = list(weights)
        places = _places(list(weights.values()), _SLOTS)
        plain = ["".join(c for c in n.lower() if c.isascii() and c.isalpha()) for n in names]
        tables.append(
            pa.table(
                {
                    "kind": pa.array([kind] * _SLOTS),
                    "slot": pa.array(np.arange(_SLOTS, dtype=np.int64)),
                    "name": pa.array(names).take(pa.array(places)),
                    "plain": pa.array(plain).take(pa.array(places)),
                    "nicknames": pa.array([nicknames.get(n) for n in names]).take(pa.array(places)),
                }
            )
        )
    return pa.concat_tables(tables)


def _town_ranks(towns: int) -> pa.Table:
    places = _places([(rank + 3.0) ** -0.6 for rank in range(towns)], _SLOTS)
    return pa.table({"slot": pa.array(np.arange(_SLOTS, dtype=np.int64)), "town": places})


def _states() -> pa.Table:
    ranges = sorted(FakerAddresses.states_postcode.items())
    return pa.table(
        {
            "number": list(range(len(ranges))),
            "state": [state for state, _ in ranges],
            "low": [low for _, (low, _) in ranges],
            "high": [high for _, (_, high) in ranges],
        }
    )


@cache
def _area_codes() -> list[str]:
    """The area codes in which numbers of every exchange above are well formed."""
    return [
        str(area)
        for area in range(201, 990)
        if all(
            phonenumbers.is_valid_number(phonenumbers.parse(f"+1{area}{exchange}0142"))
            for exchange in _EXCHANGES
        )
    ]


def _make_records(
    con: duckdb.DuckDBPyConnection, first: int, last: int, *, change_rate: float = 0.0
) -> None:
    """Create the table `records` of the households from first to before last."""
    con.execute("set variable first = $n", {"n": first})
    con.execute("set variable last = $n", {"n": last})
    con.execute("set variable change_rate = $rate", {"rate": change_rate})
    con.execute(_RECORDS)


def _write_part(con: duckdb.DuckDBPyConnection, folder: Path, part: int) -> None:
    """Write one part of every object and of the truth from the table `records`."""
    for path, query in _OBJECTS.items():
        _copy(con, query, folder / "landing" / path / f"part-{part:04d}.parquet")
    _copy(con, _TRUTH, folder / TRUTH_FOLDER / f"part-{part:04d}.parquet")


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    con.execute(f"copy ({query}) to '{unfinished}' (format parquet)")
    unfinished.replace(path)


def _by_system(values: Sequence[float]) -> str:
    """SQL for the value of a record's system."""
    return f"([{', '.join(str(value) for value in values)}])[system + 1]"


_MACROS = f"""
create macro mixed(id, salt) as hash(xor(id::ubigint, hash(salt || ':{_SEED}')));
create macro share(id, salt) as (mixed(id, salt) >> 11)::double / 9007199254740992;
create macro below(id, salt, size) as (mixed(id, salt) % size::ubigint)::integer;
create macro pick(list, id, salt) as list[1 + below(id, salt, len(list))];

-- ten digits that nobody else has
create macro line_number(number) as number::bigint * {_LINE_STEP} % getvariable('lines');
create macro digits_of_line(number) as
    getvariable('areas')[1 + number // {len(_EXCHANGES) * 10_000}]
    || getvariable('exchanges')[1 + number // 10000 % {len(_EXCHANGES)}]
    || lpad((number % 10000)::varchar, 4, '0');
create macro mobile_number(person, nth) as
    line_number((person // 8) * {_LINES_PER_HOUSEHOLD} + 8 + (person % 8) * 3 + nth);

create macro key_of(record) as
    lpad((record * {_KEY_STEP} % {_KEY_RANGE})::varchar, 9, '0');

-- one slip: a neighbouring key, a swap, a lost or a doubled letter
create macro with_slip(word, id, salt, place) as
    case
        when share(id, salt || ' kind') < 0.3 and lower(word[place + 1]) between 'a' and 'z'
            then left(word, place)
                || pick(
                    getvariable('neighbours')[ascii(lower(word[place + 1])) - 96],
                    id,
                    salt || ' key'
                )
                || substr(word, place + 2)
        when share(id, salt || ' kind') < 0.6
            then left(word, place) || word[place + 2] || word[place + 1] || substr(word, place + 3)
        when share(id, salt || ' kind') < 0.8 then left(word, place) || substr(word, place + 2)
        else left(word, place + 1) || substr(word, place + 1)
    end;
create macro typed(word, id, salt, rate) as
    case
        when share(id, salt || ' slip') < rate and length(word) >= 3
            then with_slip(word, id, salt, 1 + below(id, salt || ' at', length(word) - 2))
        else word
    end;

create macro mailbox(id, given, family, born) as
    case
        when below(id, 'mailbox', 20) < 4 then given || '.' || family
        when below(id, 'mailbox', 20) < 7 then given[1] || family
        when below(id, 'mailbox', 20) < 9 then given || family || strftime(born, '%y')
        when below(id, 'mailbox', 20) < 11
            then given[1] || family || below(id, 'mailbox number', 1000)
        when below(id, 'mailbox', 20) < 12 then given || '_' || family
        when below(id, 'mailbox', 20) < 14 then given || strftime(born, '%y%m')
        when below(id, 'mailbox', 20) < 15 then family || '.' || given
        when below(id, 'mailbox', 20) < 16 then given || family[1] || day(born)
        else pick(getvariable('handles'), id, 'handle')
            || pick(getvariable('handles'), id, 'second handle')
            || below(id, 'mailbox number', 1000)
    end;

create macro phone_text(digits, id, salt) as
    case
        when below(id, salt || ' form', 10) < 4
            then '(' || left(digits, 3) || ') ' || substr(digits, 4, 3) || '-' || right(digits, 4)
        when below(id, salt || ' form', 10) < 7
            then left(digits, 3) || '-' || substr(digits, 4, 3) || '-' || right(digits, 4)
        when below(id, salt || ' form', 10) < 9 then digits
        else '+1 ' || left(digits, 3) || ' ' || substr(digits, 4, 3) || ' ' || right(digits, 4)
    end;
create macro swapped_digits(digits, place) as
    left(digits, place) || digits[place + 2] || digits[place + 1] || substr(digits, place + 3);
create macro dialled(digits, id, salt, rate) as
    phone_text(
        case
            when share(id, salt || ' slip') < rate * 0.25
                then swapped_digits(digits, 6 + below(id, salt || ' at', 3))
            else digits
        end,
        id,
        salt
    );

-- as many as an exponential distribution gives, so that few have many
create macro how_many(id, salt, mean, most) as
    least(most, floor(-ln(1 - share(id, salt)) * mean))::integer;
"""

_PEOPLE = f"""
create table people as
with

households as (
    select
        household,
        case
            when household >= getvariable('crowd_from') then 1
            when share(household, 'size') < 0.36 then 1
            when share(household, 'size') < 0.67 then 2
            when share(household, 'size') < 0.81 then 3
            when share(household, 'size') < 0.93 then 4
            when share(household, 'size') < 0.98 then 5
            else 6
        end as size,
        below(household, 'sex', 2) = 0 as is_head_male,
        (below(household, 'sex', 2) = 0) <> (share(household, 'same sex') >= 0.04)
            as is_partner_male,
        share(household, 'single parent') < 0.12 as is_alone,
        case when share(household, 'junior') < 0.04 then if(is_alone, 1, 2) end as junior
    from range(getvariable('households')) as numbers (household)
),

members as (
    select
        *,
        household * 8 + member as person,
        member >= 2 or (member = 1 and is_alone) as is_child,
        case
            when is_head_male then 0
            when size > 1 and not is_alone and is_partner_male then 1
        end as father,
        if(size = 1, 20 + below(household, 'age', 62), 30 + below(household, 'age', 48)) as head_age
    from (select *, unnest(range(size)) as member from households)
),

drawn as (
    select
        *,
        case
            when member = 0 then is_head_male
            when not is_child then is_partner_male
            else below(person, 'child sex', 2) = 0
        end as is_male,
        -- a twin was born with the child before
        if(member > 2 and share(person, 'twin') < 0.05, person - 1, person) as birth,
        coalesce(is_child and member = junior and father is not null
            and below(person, 'child sex', 2) = 0, false) as is_junior,
        coalesce(member = father and junior < size
            and below(household * 8 + junior, 'child sex', 2) = 0, false) as is_senior
    from members
),

placed as (
    select
        *,
        -- relatives draw from different sixths of the names, so that they have different ones
        (
            below(household, 'given name', {_SLOTS})
            + if(is_junior, father, member) * {_SLOTS // 6}
            + below(
                household * 8 + if(is_junior, father, member), 'own name', {_SLOTS // 6}
            )
        ) % {_SLOTS} as given_slot,
        if(
            member = 1 and not is_child and share(person, 'own family name') < 0.18,
            below(person, 'family name', {_SLOTS}),
            below(household, 'family name', {_SLOTS})
        ) as family_slot,
        if(not is_male and share(person, 'married') < 0.09, below(person, 'maiden name', {_SLOTS}),
            null) as former_slot,
        make_date(
            2026 - case
                when member = 0 then head_age
                when not is_child
                    then greatest(19, head_age + below(person, 'partner age', 12) - 6)
                else greatest(15, head_age - 22 - below(birth, 'child age', 16))
            end,
            1 + below(birth, 'month', 12),
            1 + below(birth, 'day', 28)
        ) as born
    from drawn
),

named as (
    select
        placed.*,
        family.name as family,
        family.plain as family_plain,
        former.name as former_family,
        given.name as given,
        given.plain as given_plain,
        given.nicknames
    from placed
    inner join (from names where kind = 'l') as family on placed.family_slot = family.slot
    inner join (from names where kind <> 'l') as given
        on placed.given_slot = given.slot and if(placed.is_male, 'm', 'f') = given.kind
    left join (from names where kind = 'l') as former on placed.former_slot = former.slot
)

select
    household,
    person,
    if(is_male, 'M', 'F') as sex,
    family,
    former_family,
    given,
    nicknames,
    case
        when share(person, 'middle') < 0.6 then chr(65 + below(person, 'middle letter', 26))
        else ''
    end as middle,
    case when is_junior then 'Jr' when is_senior then 'Sr' end as suffix,
    born,
    share(person, 'married at') as married_at,
    case
        when share(person, 'moved alone') < 0.06 then household * 8 + 2 + member
        when share(household, 'moved') < 0.22 then household * 8 + 1
    end as former_home,
    if(share(person, 'moved alone') < 0.06, share(person, 'moved alone at'),
        share(household, 'moved at')) as moved_at,
    share(person, 'new number') < 0.12 as has_second_mobile,
    if(share(person, 'office') < 0.02, below(person, 'which office', getvariable('offices')), null)
        as office,
    share(person, 'second mailbox') < 0.35 as has_second_mailbox,
    -- it bears the family's name, and whoever has another one does not use it
    size > 1 and share(household, 'family mailbox') < 0.12
        and share(person, 'uses family mailbox') < 0.75
        and family_slot = below(household, 'family name', {_SLOTS}) as has_family_mailbox,
    mailbox(person * 4, given_plain, coalesce(lower(former_family), family_plain), born)
        || '@' || pick(getvariable('providers'), person * 4, 'provider') as first_mailbox,
    mailbox(person * 4 + 1, given_plain, coalesce(lower(former_family), family_plain), born)
        || '@' || pick(getvariable('providers'), person * 4 + 1, 'provider') as second_mailbox,
    'the' || family_plain || 's@' || pick(getvariable('providers'), household, 'family provider')
        as family_mailbox
from named;

-- an address that somebody else had first gets a number; the family's belongs to its first member
create table taken_mailboxes as
select
    mailbox,
    row_number() over (partition by address order by mailbox) - 1 as number
from (
    select person * 4 as mailbox, hash(first_mailbox) as address from people
    union all
    select person * 4 + 1, hash(second_mailbox) from people where has_second_mailbox
    union all
    select household * 32 + 2, hash(any_value(family_mailbox)) from people
    where has_family_mailbox
    group by household
)
qualify number > 0;
"""

_HOMES = f"""
create table homes as
with

used as (
    select household * 8 as home from range(getvariable('households')) as numbers (household)
    union
    select former_home from people where former_home is not null
),

-- one in ten is another flat of somebody's house
housed as (
    select
        home,
        share(home, 'flat') < 0.10 as is_flat,
        if(is_flat, below(home, 'house', getvariable('base_households')) * 8::bigint, home) as house
    from used
),

towned as (
    select
        housed.*,
        town_ranks.town,
        pick(getvariable('town_starts'), town_ranks.town, 'start')
        || pick(getvariable('town_ends'), town_ranks.town, 'end') as locality,
        below(town_ranks.town, 'state', (select count(*) from states)) as state_number,
        1 + 12 // (town_ranks.town + 1) + below(town_ranks.town, 'codes', 4) as codes
    from housed
    inner join town_ranks on below(housed.house, 'town', {_SLOTS}) = town_ranks.slot
)

select
    home,
    (1 + floor(pow(share(house, 'number'), 2.2) * 9800))::integer::varchar as number,
    case
        when share(house, 'side') < 0.15
            then pick(['North', 'South', 'East', 'West'], house, 'which side') || ' '
        else ''
    end || pick(getvariable('streets'), house, 'street') as street,
    pick(getvariable('kinds'), house, 'kind') as kind,
    if(
        is_flat or share(home, 'unit') < 0.22,
        (1 + below(home, 'unit number', 30))
        || if(share(home, 'unit letter') < 0.4, pick(['A', 'B', 'C', 'D'], home, 'letter'), ''),
        null
    ) as unit,
    locality,
    states.state as region,
    lpad((
        states.low
        + below(town, 'postal codes', greatest(1, states.high - states.low - codes))
        + below(house, 'postal code', codes)
    )::varchar, 5, '0') as postal_code,
    if(
        share(home, 'landline') < if(is_flat, 0.45, 0.55),
        line_number((home // 8) * {_LINES_PER_HOUSEHOLD} + home % 8),
        null
    ) as landline_number
from towned
inner join states on towned.state_number = states.number;
"""

_RECORDS = f"""
create or replace temp table records as
with

chosen as (
    select
        *,
        case
            when household >= getvariable('crowd_from') then [0]
            else list_filter([
                {
    ", ".join(
        f"if(share(person, 'system {number}') < {share}, {number}, null)"
        for number, share in enumerate(
            [habits.share for habits in _HABITS[:3]] + [_MARKETING_SHARE]
        )
    )
}
            ], lambda slot: slot is not null)
        end as systems
    from people
    where household >= getvariable('first') and household < getvariable('last')
),

slotted as (
    select
        *,
        unnest(
            if(len(systems) = 0, [below(person, 'only system', 4)], systems)
            || if({_CONTACT} in systems and share(person, 'subscriber') < {_SUBSCRIBER_SHARE},
                [{_SUBSCRIBER}], [])
            || if(household < getvariable('crowd_from')
                and share(person, 'registered twice') < {_REGISTERED_TWICE}, [5], [])
            -- a fifth of the changes
            || if(share(person, 'registered now') < getvariable('change_rate') * 0.2 * 2.35,
                [6], [])
        ) as slot
    from chosen
),

fated as (
    select
        * exclude (systems),
        person * 8 + slot as record,
        if(slot > 4, below(person * 8 + slot, 'system', 3), slot) as system,
        case
            when slot = 6 then 'new'
            when share(person * 8 + slot, 'fate') < getvariable('change_rate') * 0.5 then 'changed'
            when share(person * 8 + slot, 'fate') < getvariable('change_rate') * 0.6 then 'deleted'
            else 'as before'
        end as fate,
        -- a change writes some of the record anew, at a later time
        if(fate = 'changed', below(record, 'change', 4), null) as change,
        if(change is null, share(record, 'when'), 1) as moment,
        -- a subscriber has the address of the contact with the same key
        if(slot = {_SUBSCRIBER}, person * 8 + {_CONTACT}, record)
            + if(change = 0, 1::bigint << 40, 0) as contact_dice,
        record + if(change = 1, 1::bigint << 40, 0) as address_dice,
        record + if(change = 2, 1::bigint << 40, 0) as name_dice,
        record + if(change = 3, 1::bigint << 40, 0) as birth_dice
    from slotted
),

habitual as (
    select
        *,
        {_by_system([*(habits.slip for habits in _HABITS), 0])} as slip,
        {_by_system([*(habits.nickname for habits in _HABITS), 0])} as nickname_rate,
        if(moment < moved_at, coalesce(former_home, household * 8), household * 8) as home,
        case
            when has_family_mailbox and share(contact_dice, 'family mailbox') < 0.35 then 2
            when has_second_mailbox and moment >= 0.65 then 1
            else 0
        end as which_mailbox,
        if(which_mailbox = 2, household * 32 + 2, person * 4 + which_mailbox) as mailbox
    from fated
),

spelt as (
    select
        *,
        case
            when former_family is not null and moment < married_at then former_family
            when former_family is not null and share(name_dice, 'both names') < 0.08
                then former_family || '-' || family
            else family
        end as family_known,
        case
            when nicknames is not null and share(name_dice, 'nickname') < nickname_rate
                then pick(nicknames, name_dice, 'which nickname')
            when share(name_dice, 'initial') < 0.02
                then given[1] || if(share(name_dice, 'dot') < 0.5, '.', '')
            else given
        end as given_known,
        case
            when suffix is null or share(name_dice, 'suffix') >= 0.6 then ''
            when suffix = 'Jr' then pick(['Jr', 'Jr.', 'Junior'], name_dice, 'which suffix')
            else pick(['Sr', 'Sr.', 'Senior'], name_dice, 'which suffix')
        end as suffix_known,
        if(share(name_dice, 'middle') < if(system = {_CONTACT}, 0.35, 0.08), middle, '')
            as middle_known,
        share(name_dice, 'swapped') < 0.006 as is_swapped,
        system = {_COMMERCE} and share(name_dice, 'no family name') < 0.03 as is_given_only,
        system = {_SERVICE} or (system = {_SALES} and share(name_dice, 'one field') < 0.1)
            as is_one_field,
        share(name_dice, 'lower') < 0.04 as is_lower
    from habitual
),

written as (
    select
        *,
        typed(family_known, name_dice, 'family name', slip) as family_typed,
        typed(given_known, name_dice, 'given name', slip) as given_typed,
        if(is_swapped, given_typed, family_typed) as family_written,
        if(is_swapped, family_typed, given_typed) as given_written
    from spelt
),

addressed as (
    select
        written.*,
        homes.* exclude (home),
        coalesce(
            change = 1
            or share(record, 'address') < {_by_system([*(h.address for h in _HABITS), 0])},
            false
        ) as has_address,
        typed(homes.street, address_dice, 'street', slip) as street_typed,
        if(share(address_dice, 'number slip') < slip * 0.3 and length(homes.number) > 1,
            swapped_digits(homes.number, length(homes.number) - 2), homes.number)
            as number_typed,
        share(address_dice, 'upper') < 0.06 as is_upper,
        share(record, 'filler') < 0.01 and system <> {_SUBSCRIBER} as has_filler,
        below(record, 'which filler', 3) as filler,
        ([first_mailbox, second_mailbox, family_mailbox])[which_mailbox + 1] as address,
        instr(address, '@') as host,
        left(address, host - 1) || coalesce('_' || taken_mailboxes.number, '') as local_part,
        mobile_number(
            person,
            case
                when change = 0 then 2 when has_second_mobile and moment >= 0.5 then 1 else 0
            end
        ) as mobile_number,
        digits_of_line(mobile_number) as mobile_digits,
        digits_of_line(landline_number) as landline
    from written
    inner join homes on written.home = homes.home
    left join taken_mailboxes on written.mailbox = taken_mailboxes.mailbox
),

filled as (
    select
        addressed.*,
        case
            when household >= getvariable('crowd_from') then getvariable('shared_address')
            when has_filler and filler = 0 then 'noemail@example.com'
            when share(record, 'e-mail') >= {_by_system([*(h.email for h in _HABITS[:3]), 1, 1])}
                then null
            when change = 0
                then 'new' || person || '@' || pick(getvariable('providers'), record, 'new')
            else typed(local_part, contact_dice, 'mailbox', slip * 0.4) || substr(address, host)
        end as email_typed,
        case
            when system = {_SUBSCRIBER} then null
            when has_filler and filler = 1
                then pick(['000-000-0000', '(999) 999-9999'], record, 'no phone')
            when share(record, 'mobile') < {_by_system([*(h.mobile for h in _HABITS), 0])}
                or not (
                    -- nobody keeps a record of nothing but a name
                    has_address or email_typed is not null
                )
                then dialled(mobile_digits, contact_dice, 'mobile', slip)
        end as mobile_phone,
        case
            when landline is not null
                and share(record, 'has landline')
                < {_by_system([*(h.landline for h in _HABITS), 0])}
                then dialled(landline, contact_dice, 'landline', slip)
        end as home_phone,
        case
            when office is not null and system in ({_SALES}, {_SERVICE})
                and share(record, 'has office') < 0.4
                -- offices' numbers are those of households that do not exist
                then dialled(
                    digits_of_line(line_number(getvariable('lines') - 1 - office)),
                    contact_dice, 'office', 0.0
                )
        end as office_phone,
        case
            when system = {_SUBSCRIBER} then null
            when has_filler and filler = 2 then date '1900-01-01'
            when change is distinct from 3
                and share(record, 'birth date')
                >= {_by_system([*(h.birth_date for h in _HABITS), 0])}
                then null
            when share(birth_dice, 'birth slip') < slip * 0.35
                then case below(birth_dice, 'kind of birth slip', 4)
                    when 0 then make_date(
                        year(born), if(day(born) <= 12, day(born), month(born)),
                        if(day(born) <= 12, month(born), day(born))
                    )
                    when 1 then make_date(
                        year(born), month(born),
                        greatest(1, least(28, day(born) % 10 * 10 + day(born) // 10))
                    )
                    when 2 then make_date(
                        year(born) + pick([-10, -1, 1, 10], birth_dice, 'year slip'),
                        month(born), day(born)
                    )
                    else make_date(
                        year(born), month(born),
                        1 + (day(born) + below(birth_dice, 'day slip', 9)) % 28
                    )
                end
            when share(birth_dice, 'new year') < 0.006 then make_date(year(born), 1, 1)
            else born
        end as birth_day,
        number_typed || ' '
        || case
            when street_typed[1:5] in ('North', 'South') and share(address_dice, 'short side') < 0.5
                then street_typed[1] || substr(street_typed, 6)
            else street_typed
        end
        || case
            when share(address_dice, 'no kind') < 0.02 then ''
            when share(address_dice, 'short kind') < 0.5
                then ' ' || short_kinds.short
                || if(share(address_dice, 'dot') < 0.2, '.', '')
            else ' ' || addressed.kind
        end
        || case
            when unit is not null and share(address_dice, 'unit') < 0.75
                then pick([' Apt ', ', Apt. ', ' #', ' Unit '], address_dice, 'which unit') || unit
            else ''
        end as street_line
    from addressed
    inner join short_kinds on addressed.kind = short_kinds.kind
)

select
    record,
    person,
    system,
    fate,
    key_of(if(slot = {_SUBSCRIBER}, person * 8 + {_CONTACT}, record)) as key,
    case
        when is_one_field and share(name_dice, 'family first') < 0.15
            then family_written || ', ' || given_written || if(middle_known = '', '', ' ')
            || middle_known
        when is_one_field then concat_ws(
            ' ', given_written, nullif(middle_known, ''), family_written, nullif(suffix_known, '')
        )
    end as name_text,
    if(share(name_dice, 'upper name') < 0.25, upper(name_text), name_text) as full_name,
    case
        when is_one_field then null
        when is_lower then lower(concat_ws(' ', given_written, nullif(middle_known, '')))
        else concat_ws(' ', given_written, nullif(middle_known, ''))
    end as given_name,
    case
        when is_one_field or is_given_only then null
        when is_lower then lower(concat_ws(' ', family_written, nullif(suffix_known, '')))
        else concat_ws(' ', family_written, nullif(suffix_known, ''))
    end as family_name,
    if(share(contact_dice, 'upper mailbox') < 0.03, upper(email_typed), email_typed) as email,
    mobile_phone,
    home_phone,
    office_phone,
    if(share(birth_dice, 'iso') < 0.75, strftime(birth_day, '%Y-%m-%d'),
        strftime(birth_day, '%m/%d/%Y')) as birth_date,
    if(share(record, 'sex') < 0.25, sex, null) as gender,
    case when has_address then if(is_upper, upper(street_line), street_line) end as street,
    case when has_address then if(is_upper, upper(locality), locality) end as city,
    case when has_address then region end as state,
    case
        when not has_address
            and share(record, 'code alone')
            < {_by_system([*(h.postal_only for h in _HABITS), 0])}
            then postal_code
        when not has_address or share(address_dice, 'code') >= 0.92 then null
        when share(address_dice, 'long code') < 0.08
            then postal_code || '-' || (1000 + below(address_dice, 'code end', 9000))
        when share(address_dice, 'code slip') < slip * 0.3 then swapped_digits(postal_code, 3)
        else postal_code
    end as zip,
    if(has_address or zip is not null, 'US', null) as country,
    case
        when fate = 'new' or household >= getvariable('base_households')
            then timestamp '2026-02-02' + to_seconds(below(record, 'created', 86400))
        else timestamp '2017-01-01' + to_seconds(below(record, 'created', 277000000))
    end as created_at,
    if(
        fate in ('changed', 'deleted'),
        timestamp '2026-02-02' + to_seconds(below(record, 'modified', 86400)),
        created_at + to_seconds(below(record, 'modified', if(fate = 'new', 3600, 5000000)))
    ) as modified_at,
    -- since the first delivery
    if(share(record, 'more facts') < getvariable('change_rate') * 2, 1, 0) as later_facts
from filled
order by mixed(record, 'order');
"""

_PERSON_ADDRESS = "street as {0}Street, city as {0}City, state as {0}State, zip as {0}PostalCode"

_OBJECTS = {
    "sales_cloud/Contact": f"""
        select
            '0035g0' || key || 'AAA' as Id, fate = 'deleted' as IsDeleted, full_name as Name,
            family_name as LastName, given_name as FirstName, email as Email,
            office_phone as Phone, mobile_phone as MobilePhone, home_phone as HomePhone,
            birth_date as Birthdate, gender as GenderIdentity,
            {_PERSON_ADDRESS.format("Mailing")}, country as MailingCountry,
            created_at as CreatedDate, modified_at as LastModifiedDate,
            modified_at as SystemModstamp
        from records where system = {_SALES}
    """,
    "sales_cloud/Task": f"""
        select
            '00T5g' || key || nth || 'AAA' as Id, false as IsDeleted,
            '0035g0' || key || 'AAA' as WhoId,
            pick(['Call back', 'Send offer', 'Renewal', 'Thank-you note'], record, 'subject' || nth)
                as Subject,
            'Completed' as Status,
            pick(['Call', 'Email', 'Task'], record * 16 + nth, 'kind of task') as TaskSubtype,
            occurred_at::date as ActivityDate, occurred_at as CompletedDateTime,
            occurred_at as CreatedDate, occurred_at as LastModifiedDate,
            occurred_at as SystemModstamp
        from (
            select
                *,
                timestamp '2025-01-01'
                + to_seconds(below(record * 16 + nth, 'task', 34000000)) as occurred_at
            from (
                select
                    *, unnest(range(how_many(record, 'tasks', 1.17, 9) + later_facts)) as nth
                from records where system = {_SALES} and fate <> 'deleted'
            )
        )
    """,
    "service_cloud/Account": f"""
        select
            '0018d0' || key || 'AAA' as Id, fate = 'deleted' as IsDeleted, full_name as Name,
            true as IsPersonAccount, '0038d0' || key || 'AAA' as PersonContactId,
            given_name as FirstName, family_name as LastName, email as PersonEmail,
            office_phone as Phone, mobile_phone as PersonMobilePhone,
            home_phone as PersonHomePhone, birth_date as PersonBirthdate,
            gender as PersonGenderIdentity,
            {_PERSON_ADDRESS.format("PersonMailing")}, country as PersonMailingCountry,
            created_at as CreatedDate, modified_at as LastModifiedDate,
            modified_at as SystemModstamp
        from records where system = {_SERVICE}
    """,
    "service_cloud/Case": f"""
        select
            '5008d' || key || nth || 'AAA' as Id, key || nth as CaseNumber,
            '0018d0' || key || 'AAA' as AccountId, '0038d0' || key || 'AAA' as ContactId,
            pick(['Invoice', 'Delivery', 'Change of address', 'Defect'], record * 16 + nth, 'about')
                as Subject,
            pick(['New', 'Working', 'Closed', 'Closed'], record * 16 + nth, 'state') as Status,
            pick(['Low', 'Medium', 'High'], record * 16 + nth, 'priority') as Priority,
            pick(['Phone', 'Email', 'Web'], record * 16 + nth, 'origin') as Origin,
            Status = 'Closed' as IsClosed,
            if(IsClosed, opened_at + interval 3 day, null) as ClosedDate,
            email as SuppliedEmail, false as IsDeleted,
            opened_at as CreatedDate,
            if(fate = 'changed', modified_at, opened_at) as LastModifiedDate,
            LastModifiedDate as SystemModstamp
        from (
            select
                *,
                timestamp '2025-01-01'
                + to_seconds(below(record * 16 + nth, 'case', 34000000)) as opened_at
            from (
                select
                    *, unnest(range(how_many(record, 'cases', 1.93, 9) + later_facts)) as nth
                from records where system = {_SERVICE} and fate <> 'deleted'
            )
        )
    """,
    "commerce_cloud/customers": f"""
        select
            'c' || key as customerId, key as customerNo, email as login, email,
            given_name as firstName, family_name as lastName, home_phone as phoneHome,
            mobile_phone as phoneMobile, birth_date as birthday,
            case gender when 'M' then '1' when 'F' then '2' end as gender,
            created_at as creationDate, modified_at as lastModified
        from records where system = {_COMMERCE} and fate <> 'deleted'
    """,
    "commerce_cloud/customer_addresses": f"""
        select
            key as customerNo, 'home' as addressId, true as preferred, given_name as firstName,
            family_name as lastName, street as address1, city, state as stateCode,
            zip as postalCode, country as countryCode, modified_at as lastModified
        from records
        where system = {_COMMERCE} and fate <> 'deleted' and coalesce(street, zip) is not null
    """,
    "commerce_cloud/orders": f"""
        select
            key || lpad(nth::varchar, 2, '0') as orderNo,
            pick(
                ['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'OPEN', 'CANCELLED'],
                record * 128 + nth, 'order status'
            ) as status,
            'PAID' as paymentStatus, 'USD' as currency,
            (5 + 395 * pow(share(record * 128 + nth, 'amount'), 2))::decimal(18, 2) as productTotal,
            (productTotal * 1.08)::decimal(18, 2) as orderTotal,
            (productTotal * 0.08)::decimal(18, 2) as taxTotal,
            placed_at as creationDate,
            -- a customer's details are copied to their orders, baskets and cases
            if(fate = 'changed', modified_at, placed_at) as lastModified,
            'US' as siteId, false as guest,
            'c' || key as customerId, key as customerNo,
            concat_ws(' ', given_name, family_name) as customerName, email as customerEmail,
            mobile_phone as billingPhone, street as shippingAddress1, city as shippingCity,
            state as shippingStateCode, zip as shippingPostalCode, country as shippingCountryCode
        from (
            select
                *,
                timestamp '2024-01-01'
                + to_seconds(below(record * 128 + nth, 'placed', 65000000)) as placed_at
            from (
                select
                    *, unnest(range(how_many(record, 'orders', 3.13, 98) + later_facts)) as nth
                from records where system = {_COMMERCE} and fate <> 'deleted'
            )
        )
    """,
    "commerce_cloud/baskets": f"""
        select
            'b' || key || nth as basketId, 'c' || key as customerId, key as customerNo, email,
            'USD' as currency,
            (5 + 395 * pow(share(record * 16 + nth, 'basket'), 2))::decimal(18, 2) as orderTotal,
            1 + below(record * 16 + nth, 'items', 4) as itemCount,
            timestamp '2025-06-01'
            + to_seconds(below(record * 16 + nth, 'begun', 20000000)) as creationDate,
            if(fate = 'changed', modified_at, creationDate + interval 20 minute) as lastModified
        from (
            select *, unnest(range(how_many(record, 'baskets', 1.19, 9) + later_facts)) as nth
            from records where system = {_COMMERCE} and fate <> 'deleted'
        )
    """,
    "marketing_cloud/Contacts": f"""
        select
            'MC' || key as SubscriberKey, email as EmailAddress, given_name as FirstName,
            family_name as LastName, coalesce(mobile_phone, home_phone) as Phone,
            birth_date as BirthDate, gender as Gender, street as Street, city as City,
            state as State, zip as PostalCode, country as Country, created_at as CreatedDate,
            modified_at as ModifiedDate
        from records where system = {_CONTACT} and fate <> 'deleted'
    """,
    "marketing_cloud/_Subscribers": f"""
        select
            record as SubscriberID, 'MC' || key as SubscriberKey, email as EmailAddress,
            'active' as Status, created_at as DateJoined, 0 as BounceCount
        from records where system = {_SUBSCRIBER} and fate <> 'deleted'
    """,
}

# a subscriber's messages: of some sends one after the other
_SENT = f"""
    select
        *,
        20000 + below(record, 'first send', 100) + nth as JobID,
        record * 256 + nth as message,
        timestamp '2025-01-01' + to_days((JobID - 20000)::integer)
        + to_seconds(below(message, 'sent', 40000)) as sent_at
    from (
        select *, unnest(range(how_many(record, 'sends', 11.6, 200) + later_facts)) as nth
        from records where system = {_SUBSCRIBER} and fate <> 'deleted'
    )
"""
_EVENT = """
    select
        JobID, 101 as ListID, 1 as BatchID, record as SubscriberID, 'MC' || key as SubscriberKey,
"""
_OBJECTS |= {
    "marketing_cloud/_Sent": f"{_EVENT} sent_at as EventDate from ({_SENT})",
    "marketing_cloud/_Open": f"""
        {_EVENT} sent_at + to_seconds(below(message, 'opened', 90000)) as EventDate,
        true as IsUnique
        from ({_SENT}) where share(message, 'opens') < 0.31
    """,
    "marketing_cloud/_Click": f"""
        {_EVENT} sent_at + to_seconds(90000 + below(message, 'clicked', 900)) as EventDate,
        true as IsUnique,
        pick(['new-arrivals', 'sale', 'account', 'stores'], message, 'link') as LinkName,
        'https://shop.example.com/' || LinkName as URL
        from ({_SENT}) where share(message, 'opens') < 0.087
    """,
    "marketing_cloud/_Bounce": f"""
        {_EVENT} sent_at + interval 1 minute as EventDate, true as IsUnique,
        'Soft bounce' as BounceCategory
        from ({_SENT}) where share(message, 'opens') > 0.988
    """,
    "marketing_cloud/_Unsubscribe": f"""
        {_EVENT} sent_at + interval 1 hour as EventDate, true as IsUnique
        from ({_SENT}) where share(message, 'opens') between 0.31 and 0.312
    """,
}

_TRUTH = f"""
    select
        case system
            when {_SALES} then 'sales_cloud/main/contact/0035g0' || key || 'AAA'
            when {_COMMERCE} then 'commerce_cloud/main/customer/' || key
            when {_SERVICE} then 'service_cloud/main/account/0018d0' || key || 'AAA'
            when {_CONTACT} then 'marketing_cloud/main/contact/MC' || key
            when {_SUBSCRIBER} then 'marketing_cloud/main/subscriber/MC' || key
        end as record_key,
        'person-' || person as party_id
    from records
    where fate <> 'deleted'
"""
