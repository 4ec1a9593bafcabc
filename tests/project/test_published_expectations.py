"""The published tables under an independent eye: Great Expectations reads what an analyst reads."""

import os
from collections.abc import Sequence

import duckdb
import pytest

from tests.project.builds import Customer360

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations import expectations as expect

GPID = "^P[0-9A-HJKMNP-TV-Z]{16}[0-9A-Z]$"
PARTY_TYPES = ["person", "organization"]

EXPECTATIONS: dict[str, Sequence[expect.Expectation]] = {
    "dim_party": [
        expect.ExpectColumnValuesToBeUnique(column="gpid"),
        expect.ExpectColumnValuesToMatchRegex(column="gpid", regex=GPID),
        expect.ExpectColumnValuesToBeInSet(column="party_type", value_set=PARTY_TYPES),
        expect.ExpectColumnValuesToBeBetween(column="birth_year", min_value=1875, max_value=2026),
        expect.ExpectColumnValuesToBeBetween(column="source_record_count", min_value=1),
        expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="source_record_count", column_B="source_system_count", or_equal=True
        ),
    ],
    "bridge_party_source": [
        expect.ExpectCompoundColumnsToBeUnique(column_list=["record_key", "valid_from"]),
        expect.ExpectColumnValuesToMatchRegex(column="gpid", regex=GPID),
        expect.ExpectColumnValuesToMatchRegex(column="record_key", regex="^[^/]+/[^/]+/[^/]+/.+"),
        expect.ExpectColumnValuesToBeBetween(column="match_probability", min_value=0, max_value=1),
        expect.ExpectColumnValuesToNotBeNull(column="valid_from"),
    ],
    "fct_orders": [
        expect.ExpectColumnValuesToBeUnique(column="order_key"),
        expect.ExpectColumnValuesToMatchRegex(column="currency_code", regex="^[A-Z]{3}$"),
        expect.ExpectColumnValuesToBeBetween(column="total_amount", min_value=0),
        expect.ExpectColumnValuesToNotBeNull(column="gpid", mostly=0.95),
    ],
}


@pytest.mark.parametrize("table", EXPECTATIONS)
def test_published_tables_are_as_an_analyst_expects(demo: Customer360, table: str) -> None:
    published = demo.home / "published" / "customer360.duckdb"
    with duckdb.connect(str(published), read_only=True) as con:
        frame = con.sql(f"from {table}").df()
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("published").add_dataframe_asset(table)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    result = batch.validate(gx.ExpectationSuite(name=table, expectations=EXPECTATIONS[table]))
    failed = [
        (each.expectation_config.type, each.expectation_config.kwargs, each.result)
        for each in result.results
        if not each.success
    ]
    assert failed == []
