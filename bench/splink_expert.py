"""Splink alone, set up as its authors do in their worked examples for FEBRL 3 and FEBRL 4.

Comparisons, blocking rules, training steps and their constants are those of the examples
(docs/demos/examples/duckdb/febrl3 and febrl4 in moj-analytical-services/splink, the detailed model
of the latter). Changed are only: Splink 5's way to register tables, a fixed seed for both, and
clusters at p ≥ .95 for both. One file is deduplicated as FEBRL 3, two files are linked as FEBRL 4.
"""

import logging
import time
from dataclasses import dataclass

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl
from splink.blocking_rule_library import CustomRule

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
        partition: `source_instance, rec_id, party_id`.
        pairs_scored: pairs that its blocking rules chose.
        seconds: training, scoring and clustering; reading the data is not in it.

    """

    partition: duckdb.DuckDBPyRelation
    pairs_scored: int
    seconds: float


def run(truth_set: TruthSet) -> SplinkRun:
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
        f"select {source} as source_instance, rec_id, cluster_id as party_id"
        f" from {clusters.physical_name}"
    )
    seconds = time.perf_counter() - started
    pairs = con.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0]
    return SplinkRun(partition, int(pairs), seconds)


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
