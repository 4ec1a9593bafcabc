"""The SQL of the models carries over to Spark: sqlglot translates every one of them.

What is left over after the translation is listed here, with the reason.
"""

from itertools import pairwise

import pytest
import sqlglot
from sqlglot import ErrorLevel, TokenType
from sqlglot.errors import SqlglotError

from tests.project.builds import Customer360

# the functions of Spark SQL that the translated models call
SPARK_FUNCTIONS = {
    "abs",
    "any_value",
    "array",
    "array_append",
    "array_contains",
    "array_distinct",
    "array_intersect",
    "array_join",
    "array_position",
    "array_sort",
    "avg",
    "bool_and",
    "bool_or",
    "cast",
    "coalesce",
    "collect_list",
    "concat",
    "concat_ws",
    "contains",
    "count",
    "cume_dist",
    "date_format",
    "date_trunc",
    "datediff",
    "dense_rank",
    "exp",
    "explode",
    "extract",
    "filter",
    "first_value",
    "flatten",
    "floor",
    "from_utc_timestamp",
    "greatest",
    "hour",
    "if",
    "lag",
    "lead",
    "least",
    "left",
    "length",
    "listagg",
    "ln",
    "log",
    "lower",
    "max",
    "max_by",
    "md5",
    "median",
    "min",
    "min_by",
    "now",
    "nullif",
    "percent_rank",
    "percentile_cont",
    "power",
    "rank",
    "regexp_extract",
    "regexp_replace",
    "replace",
    "round",
    "row_number",
    "sequence",
    "shiftright",
    "size",
    "sort_array",
    "split",
    "split_part",
    "sqrt",
    "startswith",
    "stddev_pop",
    "struct",
    "substring",
    "sum",
    "to_json",
    "to_timestamp",
    "transform",
    "translate",
    "trim",
    "try_cast",
    "unix_timestamp",
    "upper",
    "year",
    "url_decode",
}

# words that stand before a parenthesis without being functions
SYNTAX = {
    "and",
    "as",
    "by",
    "decimal",
    "except",
    "from",
    "group",
    "in",
    "interval",
    "not",
    "on",
    "or",
    "over",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
}

# what sqlglot carries over although Spark cannot read it
DUCKDB_SYNTAX = {
    "qualify",
    "asof",
    "positional",
    ":=",
}

REGISTERED = "registered by customer360.standardise.udfs, on any engine that takes Arrow functions"
ERASED = "temporary functions of customer360.erasure, over the registry's tokens"
KEYED = "registered by customer360.keys, as those of standardise.udfs"
SIMILARITY = "in the similarity functions that Splink brings for Spark"
LEFT_OVER = {
    "address": REGISTERED,
    "birth_date": REGISTERED,
    "country": REGISTERED,
    "damerau_levenshtein": SIMILARITY,
    "email": REGISTERED,
    "getvariable": "what a session is told; Spark has session variables of its own",
    "hash": "64 bits in DuckDB, which Spark calls xxhash64",
    "is_erased": ERASED,
    "is_erased_key": ERASED,
    "is_erased_value": ERASED,
    "is_given_name": REGISTERED,
    "list_has_all": "size of array_except in Spark",
    "list_intersect": "array_intersect in Spark",
    "materialized": "a hint, which Spark does without",
    "md5_number_lower": "Spark has the digits of md5, and conv",
    "organization_name": REGISTERED,
    "person_name": REGISTERED,
    "phone": REGISTERED,
    "privacy_token": KEYED,
    "regexp_split_to_array": "split in Spark",
    "tombstone": ERASED,
}


def translate(sql: str) -> str:
    """Return the Spark SQL; raises where sqlglot cannot say it, or cannot read it again."""
    (spark,) = sqlglot.transpile(
        sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE, comments=False
    )
    sqlglot.parse_one(spark, read="spark")
    return spark


def left_over(spark: str) -> set[str]:
    """Functions and syntax that Spark does not have."""
    tokens = sqlglot.tokenize(spark, read="spark")
    called = {
        token.text.lower()
        for token, following in pairwise(tokens)
        if following.token_type is TokenType.L_PAREN and token.text.isidentifier()
    }
    return called - SPARK_FUNCTIONS - SYNTAX | {t.text.lower() for t in tokens} & DUCKDB_SYNTAX


@pytest.fixture(scope="module")
def models(demo: Customer360) -> dict[str, str]:
    """The compiled SQL of every model, without that of its tests."""
    folder = demo.scratch / "target" / "compiled" / "customer360" / "models"
    return {
        path.stem: path.read_text("utf-8")
        for path in sorted(folder.rglob("*.sql"))
        if not any(parent.suffix == ".yml" for parent in path.relative_to(folder).parents)
    }


def test_every_model_translates_to_spark(models: dict[str, str]) -> None:
    assert len(models) > 60
    failed = {}
    for name, sql in models.items():
        try:
            translate(sql)
        except SqlglotError as error:
            failed[name] = str(error)
    assert failed == {}


def test_nothing_is_left_that_spark_lacks(models: dict[str, str]) -> None:
    left: dict[str, list[str]] = {}
    for name, sql in models.items():
        for word in left_over(translate(sql)):
            left.setdefault(word, []).append(name)
    assert {word: left[word] for word in left.keys() - LEFT_OVER.keys()} == {}
    assert LEFT_OVER.keys() - left.keys() == set(), "shorten the list"


@pytest.mark.parametrize(
    "sql",
    [
        "select list_has_any(a, b) from t",
        "select list_zip(a, b) from t",
        "select unnest(a, recursive := true) from t",
        "select a from t asof join u on t.b >= u.b",
    ],
)
def test_what_only_duckdb_can_say_is_found(sql: str) -> None:
    try:
        found = bool(left_over(translate(sql)))
    except SqlglotError:
        found = True
    assert found
