"""Splink alone, set up as its authors do in their worked examples.

FEBRL: comparisons, blocking rules, training steps and their constants are those of the examples
(docs/demos/examples/duckdb/febrl3 and febrl4 in moj-analytical-services/splink, the detailed model
of the latter). Changed are only: Splink 5's way to register tables, a fixed seed for both, and
clusters at p ≥ .95 for both. One file is deduplicated as FEBRL 3, two files are linked as FEBRL 4.

Households: Splink has no example of just these columns, so the comparisons are those that its
documentation recommends for each kind of column, with the training steps of its example of 50,000
persons. The blocking rules are narrow enough that no household is a block. It reads the values that
this project standardised, which flatters it.
"""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl
from splink.blocking_rule_library import CustomRule

from bench.builds import warehouse
from bench.febrl import TruthSet

MATCH_PROBABILITY = 0.95
_RANDOM_PAIRS = 1e6
_SEED = 2
_SAME_PERSON = ("given_name", "surname", "date_of_birth")
_SWAPPED_NAMES = "l.given_name = r.surname and l.surname = r.given_name"


@dataclass(frozen=True)
class SplinkRun:
    """What Splink made of a set.

    Attributes:
        con: the connection of the partition.
        partition: `record_key, party_id`.
        pairs_scored: pairs that its blocking rules chose.
        seconds: training, scoring and clustering; reading the data is not in it.

    """

    con: duckdb.DuckDBPyConnection
    partition: duckdb.DuckDBPyRelation
    pairs_scored: int
    seconds: float


def run_febrl(truth_set: TruthSet) -> SplinkRun:
    """Deduplicate a set of one file, or link a set of two."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    con = duckdb.connect()
    api = DuckDBAPI(connection=con)
    tables = []
    for instance, file in truth_set.files.items():
        con.register("one_file", file)
        con.execute(f"create table file_{instance} as select * from one_file")
        tables.append(api.register(f"file_{instance}", dataset_display_name=instance))
    started = time.perf_counter()
    is_linking = len(tables) > 1
    linker = Linker(
        tables if is_linking else tables[0],
        _linking_settings() if is_linking else _deduplication_settings(),
        log_level=logging.ERROR,
    )
    (_train_linking if is_linking else _train_deduplication)(linker)
    scored = linker.inference.predict(warning_mode="never")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=MATCH_PROBABILITY
    )
    source = "source_dataset" if is_linking else f"'{instance}'"
    partition = con.sql(
        f"select 'files/' || {source} || '/party/' || rec_id as record_key,"
        f" cluster_id as party_id from {clusters.physical_name}"
    )
    seconds = time.perf_counter() - started
    pairs = con.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0]
    return SplinkRun(con, partition, int(pairs), seconds)


def run_households(home: Path) -> SplinkRun:
    """Deduplicate the persons of a build by what the build standardised."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    con = duckdb.connect()
    with warehouse(home) as build:
        persons = build.sql(_PERSONS).to_arrow_table()
    con.register("arrow_persons", persons)
    con.execute("create table persons as from arrow_persons")
    started = time.perf_counter()
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register("persons"), household_settings(), log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("given_name", "surname", "date_of_birth"),
            block_on("email"),
            block_on("phone", "given_name"),
        ],
        recall=0.7,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    for columns in (("given_name", "surname"), ("date_of_birth",)):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns), estimate_without_term_frequencies=True
        )
    scored = linker.inference.predict(
        threshold_match_probability=MATCH_PROBABILITY, warning_mode="never"
    )
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=MATCH_PROBABILITY
    )
    seconds = time.perf_counter() - started
    partition = con.sql(f"select record_key, cluster_id as party_id from {clusters.physical_name}")
    return SplinkRun(con, partition, _blocked_pairs(con), seconds)


_PERSONS = """
select
    record_key,
    given as given_name,
    family as surname,
    strftime(try_strptime(birth_text, '%Y%m%d'), '%Y-%m-%d') as date_of_birth,
    emails[1] as email,
    phones[1] as phone,
    street,
    house_number,
    postal
from identity.identity_comparison_records
where party_type = 'person'
"""
HOUSEHOLD_BLOCKS = (
    ("email",),
    ("phone", "given_name"),
    ("surname", "date_of_birth"),
    ("given_name", "date_of_birth"),
    ("given_name", "surname", "postal"),
    ("street", "house_number", "given_name"),
)


def household_settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        blocking_rules_to_generate_predictions=[block_on(*block) for block in HOUSEHOLD_BLOCKS],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
            cl.EmailComparison("email"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("street", [0.9]),
            cl.ExactMatch("postal").configure(term_frequency_adjustments=True),
        ],
    )


def _blocked_pairs(con: duckdb.DuckDBPyConnection) -> int:
    pairs = " union ".join(
        "select l.record_key as l, r.record_key as r from persons as l inner join persons as r on"
        f" {' and '.join(f'l.{column} = r.{column}' for column in block)}"
        " and l.record_key < r.record_key"
        for block in HOUSEHOLD_BLOCKS
    )
    return int(con.execute(f"select count(*) from ({pairs})").fetchall()[0][0])


def _deduplication_settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=[
            block_on(column)
            for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
    )


def _train_deduplication(linker: Linker) -> None:
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("soc_sec_id"),
            block_on(*_SAME_PERSON),
            f"{_SWAPPED_NAMES} and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    for column in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))


def _linking_settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            CustomRule(_SWAPPED_NAMES),
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth",
                input_is_string=True,
                datetime_format="%Y%m%d",
                invalid_dates_as_null=True,
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
                term_frequency_adjustments=True
            ),
        ],
    )


def _train_linking(linker: Linker) -> None:
    linker.training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id"), block_on(*_SAME_PERSON)], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    for column in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(column), estimate_without_term_frequencies=True
        )
