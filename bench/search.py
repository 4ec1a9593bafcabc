"""How long `search_party` takes on a million parties, and how much of what is misspelt it finds.

The parties are the records of `fresh_records`, a seventh of them as companies; their names go
through the project's own functions and the SQL of the models that make the index. Beside it, in the
same run, the *floor*: one scan of all names with Jaro-Winkler, which is what there is without an
index. Every question is asked once, after the file was opened and another one answered. On a
machine that does other work wall clock says little, so processor time stands beside it.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import duckdb
from jinja2 import Environment
from rich.console import Console
from rich.table import Table

from bench import fresh_records
from bench.builds import PROJECT
from bench.scale import description
from customer360.demo.dice import Dice
from customer360.demo.dirt import typo
from customer360.finding_functions import finding_functions
from customer360.standardise import udfs

RESULTS = PROJECT / "bench" / "results" / "search.jsonl"
_INDEX = ("party_search_terms", "party_search_words", "party_search_grams")
_ORDER = {
    "dim_party": "gpid",
    "party_contact_point": "channel, value, gpid",
    "party_identifiers": "identifier_type, value, record_key",
    "party_search_terms": "term, gpid, field",
    "party_search_words": "term_number",
    "party_search_grams": "gram, term_number",
}
_TRADES = "Trading Construction Manufacturing Brick Electric Foods Logistics Chemicals"
_JAPANESE_TRADES = "商事 建設 製作所 工業 電機 食品 運輸 化学"

_PARTIES = """
create table records as
with numbered as (select *, row_number() over () as n from '{file}')
select
    'P' || upper(left(md5(n::varchar), 17)) as gpid,
    'files/main/party/' || n as record_key,
    case when n % 7 = 0 then 'organization' else 'person' end as party_type,
    n,
    case when n % 7 > 0 then full_name end as full_name,
    given_name,
    family_name,
    name_reading,
    case when n % 7 = 0 then coalesce(family_name, split_part(full_name, ' ', -1)) || case
        when country_code = 'JP'
            then string_split('{japanese_trades}', ' ')[1 + n % 8] || '株式会社'
        else ' ' || string_split('{trades}', ' ')[1 + n % 8] || ' ' || ['Inc.', 'Ltd'][1 + n % 2]
        end
    end as organization_name,
    emails,
    phones,
    country_code,
    updated_at
from numbered;
create table int_person_names as
select full_name, given_name, family_name, name_reading,
    unnest(person_name(full_name, given_name, family_name, name_reading))
from (
    select distinct full_name, given_name, family_name, name_reading
    from records where party_type = 'person'
);
create table int_organization_names as
select organization_name, unnest(organization_name(organization_name))
from (select distinct organization_name from records where party_type = 'organization');
create table int_party_records_standardised as
select
    record_key,
    persons.* exclude (full_name, given_name, family_name, name_reading, is_order_known),
    companies.keys as name_keys,
    companies.words as name_words
from records
left join int_person_names as persons
    on records.party_type = 'person'
    and records.full_name is not distinct from persons.full_name
    and records.given_name is not distinct from persons.given_name
    and records.family_name is not distinct from persons.family_name
    and records.name_reading is not distinct from persons.name_reading
left join int_organization_names as companies
    on records.party_type = 'organization'
    and records.organization_name = companies.organization_name;
create table bridge_party_source as
select gpid, record_key, 'files' as source_system, n::varchar as source_key, party_type,
    1.0 as match_probability, true as is_current
from records;
create table party_inputs as select gpid, 0::ubigint as input_hash from records;
create table dim_party as
select
    gpid,
    party_type,
    coalesce(
        organization_name,
        full_name,
        case when country_code = 'JP' then family_name || ' ' || given_name
            else given_name || ' ' || family_name end,
        emails[1]
    ) as display_name,
    organization_name,
    emails[1] as email,
    phones[1] as phone,
    null::date as birth_date,
    null::varchar as postal_code,
    1 as source_record_count
from records;
create table int_phones as
select phone_text, country_code, phone(phone_text, country_code) as value
from (select distinct unnest(phones) as phone_text, country_code from records);
create table party_contact_point as
select distinct gpid, record_key, 'email' as channel, lower(unnest(emails)) as value from records
union all
select distinct gpid, record_key, 'phone', value
from (select gpid, record_key, country_code, unnest(phones) as phone_text from records)
inner join int_phones using (phone_text, country_code)
where value is not null;
create table party_identifiers as
select gpid, record_key, channel as identifier_type, value from party_contact_point;
create table fct_orders as
select gpid, record_key, (10000000 + row_number() over (order by n))::varchar as order_number
from records, range(2);
create table fct_cases as
select gpid, record_key, lpad(n::varchar, 9, '0') as case_number from records where n % 2 = 0;
create table anonymous_identity_windows as
select gpid, null::varchar as anonymous_id from records limit 0;
create table gpid_redirect as
select gpid as retired_gpid, gpid as live_gpid from records limit 0;
create table identity_weights (
    party_type varchar, comparison varchar, "level" varchar, match_share double,
    stranger_share double, relative_share double, frequency_term varchar, prior_share double,
    prior_relative_share double
);
"""
_PUBLISHED = (
    *_ORDER,
    "bridge_party_source",
    "fct_orders",
    "fct_cases",
    "anonymous_identity_windows",
    "gpid_redirect",
    "identity_weights",
)

_FLOOR = """
select gpid, display_name
from dim_party
order by jaro_winkler_similarity(lower(display_name), lower($text)) desc
limit 20
"""


@dataclass(frozen=True)
class Question:
    """What is typed, and the party that is meant."""

    text: str
    gpid: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What asking one kind of question came to, in milliseconds and shares.

    `cpu` is the median of the processor time, of all threads together.
    """

    kind: str
    questions: int
    p50: float
    p95: float
    cpu: float
    found: float
    first: float
    floor_p50: float
    floor_cpu: float
    floor_found: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--questions", type=int, default=100, metavar="N", help="of each kind")
    parser.add_argument("--no-results", action="store_true")
    options = parser.parse_args(arguments)
    console = Console()
    console.width = max(console.width, 110)
    with tempfile.TemporaryDirectory() as folder:
        made = make_world(Path(folder), options.parties)
        console.print(made)
        with duckdb.connect(str(Path(folder) / "published.duckdb"), read_only=True) as con:
            con.execute("from search_party('warm up')").fetchall()
            answers = [
                ask(con, kind, asked) for kind, asked in questions(con, options.questions).items()
            ]
    console.print(_table(answers))
    if not options.no_results:
        result = description(parties=options.parties) | made
        result["answers"] = [vars(answer) for answer in answers]
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(result) + "\n")


def make_world(folder: Path, parties: int) -> dict[str, Any]:
    """Write `published.duckdb` with the parties, the index and the functions.

    Returns:
        Seconds that the index took, its rows and its share of the file.

    """
    source, file = folder / "records.parquet", folder / "published.duckdb"
    fresh_records.write(source, parties)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute("set variable code_fingerprint = 'bench'")
        con.execute("set enable_progress_bar = false")
        udfs.register(con)
        con.execute(_PARTIES.format(file=source, trades=_TRADES, japanese_trades=_JAPANESE_TRADES))
        started = time.perf_counter()
        for model in _INDEX:
            con.execute(f"create table {model} as {_model_sql(model)}")
        seconds = time.perf_counter() - started
        con.execute(f"attach '{file}' as published (storage_version 'v1.4.0')")
        sizes = {}
        for table in _PUBLISHED:
            order = f"order by {_ORDER[table]}" if table in _ORDER else ""
            con.execute(f"create table published.main.{table} as from {table} {order}")
            con.execute("checkpoint published")
            sizes[table] = file.stat().st_size
        con.execute("use published.main")
        con.execute(finding_functions(is_open=False))
        ((rows,),) = con.execute("select count(*) from party_search_terms").fetchall()
    before = sizes["party_identifiers"]
    return {
        "index_seconds": round(seconds, 1),
        "index_terms": rows,
        "index_megabytes": round((sizes["party_search_grams"] - before) / 1e6),
    }


def _model_sql(model: str) -> str:
    """A model's SQL for a first build over tables of the plain names."""
    macros = "".join(
        (PROJECT / "macros" / f"{name}.sql").read_text(encoding="utf-8")
        for name in ("search_grams", "sorted_list")
    )
    text = (PROJECT / "models" / "marts" / "core" / f"{model}.sql").read_text(encoding="utf-8")
    # SQL, not HTML
    return (
        Environment(autoescape=False)
        .from_string(macros + text)
        .render(
            ref=lambda name: name,
            config=lambda **_: "",
            forget_rows=lambda *_: "",
            new_rows=lambda rows, _: f"select * from {rows}",
        )
    )


def questions(con: duckdb.DuckDBPyConnection, count: int) -> dict[str, list[Question]]:
    """So many questions of each kind, the same in every run."""
    dice = Dice("search")

    def asked(sql: str, change: Callable[[str], str] = str) -> list[Question]:
        rows = con.execute(f"{sql} order by md5(gpid || 'asked') limit {count}").fetchall()
        return [Question(change(text), gpid, name) for text, gpid, name in rows]

    def misspelt(text: str) -> str:
        *others, last = text.split(" ")
        return " ".join([*others, typo(last, dice)])

    def turned(text: str) -> str:
        return " ".join(reversed(text.split(" ")))

    latin = (
        "select display_name, gpid, display_name from dim_party where party_type = 'person'"
        " and regexp_full_match(display_name, '[A-Z][a-z]{4,} [A-Z][a-z]{4,}')"
    )
    company = (
        "select regexp_replace(display_name, ' (Inc.|Ltd)$', ''), gpid, display_name"
        " from dim_party where party_type = 'organization'"
        " and regexp_full_match(display_name, '[A-Z][a-z]{4,} [A-Za-z .]+')"
    )
    by_reading = """
        select upper(family.readings[1]) || ' ' || given.readings[1], gpid, display_name
        from dim_party
        inner join party_search_words as family
            on split_part(display_name, ' ', 1) = family.term
        inner join party_search_words as given
            on split_part(display_name, ' ', 2) = given.term
        where len(family.readings) = 1 and len(given.readings) = 1
    """
    return {
        "name": asked(latin),
        "other order": asked(latin, turned),
        "misspelt": asked(latin, misspelt),
        "both misspelt": asked(latin, lambda name: turned(misspelt(turned(misspelt(name))))),
        "kanji without a blank": asked(
            "select replace(display_name, ' ', ''), gpid, display_name from dim_party"
            " where regexp_full_match(display_name, '[一-龠]{2,3} [一-龠]{2,3}')"
        ),
        "kanji in Latin letters": asked(by_reading),
        "half a name": asked(latin, lambda name: name[: name.index(" ") + 4]),
        "company": asked(company),
        "company, misspelt": asked(company, lambda name: turned(misspelt(turned(name)))),
        "e-mail": asked(
            "select value, gpid, display_name from party_contact_point inner join dim_party"
            " using (gpid) where channel = 'email'"
        ),
        "end of a phone number": asked(
            "select right(value, 7), gpid, display_name from party_contact_point"
            " inner join dim_party using (gpid) where channel = 'phone'"
        ),
        "order number": asked(
            "select order_number, gpid, display_name from fct_orders inner join dim_party"
            " using (gpid)"
        ),
        "GPID": asked("select gpid, gpid, display_name from dim_party"),
    }


def ask(con: duckdb.DuckDBPyConnection, kind: str, asked: Sequence[Question]) -> Answer:
    """Ask everything, of the index and of the floor; whoever has the same name will do."""
    index = [
        _timed(con, "select gpid, display_name from search_party($text)", question)
        for question in asked
    ]
    # it takes as long for every question
    floor = [_timed(con, _FLOOR, question) for question in asked[:20]]
    milliseconds = [one.seconds * 1000 for one in index]
    return Answer(
        kind=kind,
        questions=len(asked),
        p50=round(median(milliseconds), 1),
        p95=round(quantiles(milliseconds, n=20, method="inclusive")[18], 1),
        cpu=round(median(one.cpu_seconds for one in index) * 1000, 1),
        found=round(mean(any(one.hits) for one in index), 3),
        first=round(mean(one.hits[:1] == [True] for one in index), 3),
        floor_p50=round(median(one.seconds for one in floor) * 1000, 1),
        floor_cpu=round(median(one.cpu_seconds for one in floor) * 1000, 1),
        floor_found=round(mean(any(one.hits) for one in floor), 3),
    )


@dataclass(frozen=True)
class _Timed:
    seconds: float
    cpu_seconds: float
    hits: list[bool]


def _timed(con: duckdb.DuckDBPyConnection, sql: str, question: Question) -> _Timed:
    started, cpu = time.perf_counter(), time.process_time()
    rows = con.execute(sql, {"text": question.text}).fetchall()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    hits = [question.gpid == gpid or question.name == name for gpid, name in rows]
    return _Timed(seconds, cpu_seconds, hits)


def _table(answers: Sequence[Answer]) -> Table:
    table = Table(box=None)
    columns: Mapping[str, str] = {
        "kind": "what is typed",
        "p50": "p50 ms",
        "p95": "p95 ms",
        "cpu": "cpu ms",
        "found": "found",
        "first": "first",
        "floor_p50": "floor p50 ms",
        "floor_cpu": "floor cpu ms",
        "floor_found": "floor found",
    }
    for column, title in columns.items():
        table.add_column(title, justify="left" if column == "kind" else "right")
    for answer in answers:
        table.add_row(*(str(getattr(answer, column)) for column in columns))
    return table


if __name__ == "__main__":
    main()
