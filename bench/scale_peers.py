"""What the build is held against on the same records: raw Splink, and the floor.

Both read the records as the adapters deliver them (`int_party_records`) and clean them as a user
does who has read no more than the first page of a tutorial: lower case, no outer blanks, digits of
the phone number, one form of date, and the two fillers that a count of values shows first. The
cleaning is in their seconds.

*Splink* is `splink_expert.py`'s set-up for households: narrow blocking rules, the comparisons that
its documentation recommends for each kind of column. Trained means the documented steps: the prior
from deterministic rules, u from as many random pairs as it calls often adequate, two rounds of EM.
Frozen means that the parameters of the first run are loaded and nothing is trained.

The *floor* is what no matcher in DuckDB can go below: scan the records, block once by the same
rules, score every pair once in one expression of SQL, keep what passes. It trains nothing and
clusters nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, block_on

from bench.builds import warehouse
from bench.splink_expert import HOUSEHOLD_BLOCKS, MATCH_PROBABILITY, household_settings
from customer360.evaluation import compare_partitions

_RANDOM_PAIRS = 1e7
_SEED = 2

# the raw columns that either reads; lists keep their first value
_RAW = """
select record_key, full_name, given_name, family_name, birth_date, emails, phones, street_address,
    postal_code
from conformed.int_party_records
where party_type = 'person' and not coalesce(is_deleted, false)
"""

_PERSONS = r"""
create table persons as
with

named as (
    select
        *,
        lower(trim(coalesce(
            given_name,
            case
                when contains(full_name, ',') then split_part(full_name, ',', 2)
                else full_name
            end
        ))) as given,
        lower(trim(coalesce(
            family_name,
            case
                when contains(full_name, ',') then split_part(full_name, ',', 1)
                else string_split(trim(full_name), ' ')[-1]
            end
        ))) as family
    from raw_records
)

select
    record_key,
    split_part(given, ' ', 1) as given_name,
    family as surname,
    strftime(
        coalesce(
            try_strptime(trim(birth_date), '%Y-%m-%d'), try_strptime(trim(birth_date), '%m/%d/%Y')
        ),
        '%Y-%m-%d'
    ) as date_of_birth,
    nullif(lower(trim(emails[1])), 'noemail@example.com') as email,
    case
        when right(regexp_replace(phones[1], '\D', '', 'g'), 10) not in ('0000000000', '9999999999')
            then right(regexp_replace(phones[1], '\D', '', 'g'), 10)
    end as phone,
    nullif(lower(trim(regexp_replace(street_address, '^\S+\s+', ''))), '') as street,
    nullif(split_part(trim(street_address), ' ', 1), '') as house_number,
    left(trim(postal_code), 5) as postal
from named
"""

# bits as a trained model gives them; only their number matters for the time
_WEIGHT = """
    case
        when l.given_name is null or r.given_name is null then 0
        when l.given_name = r.given_name then 6
        when jaro_winkler_similarity(l.given_name, r.given_name) >= 0.92 then 4
        when jaro_winkler_similarity(l.given_name, r.given_name) >= 0.88 then 2
        else -4
    end
    + case
        when l.surname is null or r.surname is null then 0
        when l.surname = r.surname then 8
        when jaro_winkler_similarity(l.surname, r.surname) >= 0.92 then 5
        when jaro_winkler_similarity(l.surname, r.surname) >= 0.88 then 3
        else -4
    end
    + case
        when l.date_of_birth is null or r.date_of_birth is null then 0
        when l.date_of_birth = r.date_of_birth then 12
        when damerau_levenshtein(l.date_of_birth, r.date_of_birth) <= 1 then 6
        else -6
    end
    + case
        when l.email is null or r.email is null then 0
        when l.email = r.email then 14
        when split_part(l.email, '@', 1) = split_part(r.email, '@', 1) then 6
        else -1
    end
    + case
        when l.phone is null or r.phone is null then 0 when l.phone = r.phone then 12 else -1
    end
    + case
        when l.street is null or r.street is null then 0
        when l.street = r.street then 5
        when jaro_winkler_similarity(l.street, r.street) >= 0.9 then 4
        else -2
    end
    + case
        when l.postal is null or r.postal is null then 0 when l.postal = r.postal then 6 else -2
    end
"""
_ENOUGH_BITS = 24


@dataclass(frozen=True)
class PeerRun:
    """What a peer took and reached.

    Attributes:
        steps: seconds by step.
        pairs: pairs that it scored; for Splink those that it kept.
        precision, recall, f1: pairwise, after clustering; None for the floor.

    """

    steps: Mapping[str, float]
    pairs: int
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None

    @property
    def seconds(self) -> float:
        """All of it; reading the build's database is not in it."""
        return sum(self.steps.values())


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what happens inside under the name."""
        started = time.perf_counter()
        yield
        self.steps[name] = self.steps.get(name, 0.0) + time.perf_counter() - started


def export_records(home: Path, path: Path) -> None:
    """Write the records of a build as the peers read them."""
    with warehouse(home) as con:
        con.execute(f"copy ({_RAW}) to '{path}' (format parquet)")


def run_splink(records: Path, truth: Path, model: Path, is_trained_before: bool) -> PeerRun:
    """Deduplicate the records.

    Args:
        records: the file of `export_records`.
        truth: folder of the true partition.
        model: where the trained model is written, or read when it was trained before.
        is_trained_before: load the model instead of training one.

    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    clock = _Clock()
    con = _connection(records)
    with clock.step("load"):
        con.execute(_PERSONS)
    with clock.step("set up"):
        linker = Linker(
            DuckDBAPI(connection=con).register("persons"),
            str(model) if is_trained_before else household_settings(),
            log_level=logging.ERROR,
        )
    if not is_trained_before:
        _train(linker, clock)
        linker.misc.save_model_to_json(str(model), overwrite=True)
    with clock.step("predict"):
        scored = linker.inference.predict(
            threshold_match_probability=MATCH_PROBABILITY, warning_mode="never"
        )
    with clock.step("cluster"):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold_match_probability=MATCH_PROBABILITY
        )
    pairs = con.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0]
    quality = compare_partitions(
        con,
        predicted=con.sql(
            f"select record_key, cluster_id as party_id from {clusters.physical_name}"
        ),
        truth=con.sql(f"from read_parquet('{truth}/*.parquet')"),
    ).pairs
    return PeerRun(clock.steps, int(pairs), quality.precision, quality.recall, quality.f1)


def _train(linker: Linker, clock: _Clock) -> None:
    with clock.step("prior"):
        linker.training.estimate_probability_two_random_records_match(
            [
                block_on("given_name", "surname", "date_of_birth"),
                block_on("email"),
                block_on("phone", "given_name"),
            ],
            recall=0.7,
        )
    with clock.step("u"):
        linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    with clock.step("EM"):
        for columns in (("given_name", "surname"), ("date_of_birth",)):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns), estimate_without_term_frequencies=True
            )


def run_floor(records: Path) -> PeerRun:
    """Scan, block once, score once."""
    clock = _Clock()
    con = _connection(records)
    with clock.step("scan"):
        con.execute(_PERSONS)
        con.execute("create table numbered as select *, rowid as number from persons")
    with clock.step("block"):
        rules = " union ".join(
            "select l.number as l, r.number as r from numbered as l inner join numbered as r on"
            f" {' and '.join(f'l.{column} = r.{column}' for column in block)}"
            " and l.number < r.number"
            for block in HOUSEHOLD_BLOCKS
        )
        con.execute(f"create table pairs as {rules}")
    with clock.step("score"):
        con.execute(
            f"""
            create table scored as
            select * from (
                select l.record_key as record_key_l, r.record_key as record_key_r,
                    {_WEIGHT} as weight
                from pairs
                inner join numbered as l on pairs.l = l.number
                inner join numbered as r on pairs.r = r.number
            )
            where weight >= {_ENOUGH_BITS}
            """
        )
    pairs = con.execute("select count(*) from pairs").fetchall()[0][0]
    return PeerRun(clock.steps, int(pairs))


def _connection(records: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    con.execute("set preserve_insertion_order = false")
    con.execute(f"create view raw_records as from read_parquet('{records}')")
    return con
