"""The one module that imports Splink: it evaluates comparisons on pairs of records."""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison
from splink.internals.charts import MatchWeightsHistogramChart, WaterfallChart
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.html_utils import load_chart_libraries

from customer360.matching.model import ELSE, Comparison, Level

# u of every level, by (comparison, level)
Chances = Mapping[tuple[str, str], float]


class _TemporaryTables(DuckDBAPI):
    """Splink's working tables as temporary ones, dropped together when the work is done.

    The predictions are a view: what is read of them decides what is computed and kept.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        super().__init__(con)
        self._created: list[tuple[str, str]] = []

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        kind = "view" if physical_name.startswith("__splink__df_predict") else "table"
        self._created.append((kind, physical_name))
        return f"create or replace temp {kind} {physical_name} as {sql}"

    def delete_table_from_database(self, name: str) -> None:
        """Keep it until `drop_all`: the view of the predictions still reads it."""

    def drop_all(self) -> None:
        for kind, name in reversed(self._created):
            self.duckdb_con.execute(f"drop {kind} if exists {name}")


def gamma(comparison: Comparison, level: Level) -> int:
    """Splink's number for a level: the last one is 0, missing evidence is -1."""
    return len(comparison.levels) - 1 - comparison.levels.index(level)


@contextmanager
def compared(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    pairs: str,
    comparisons: Sequence[Comparison],
    chances: Chances,
    result: str,
) -> Iterator[None]:
    """Evaluate every comparison on pairs of records.

    Args:
        con: a connection; `records` and `pairs` are tables or views that it sees by plain name.
        records: one row per record: `record_id`, the columns that the comparisons name and their
            frequencies `tf_…`.
        pairs: `record_id_l, record_id_r`: the pairs to compare, each once.
        comparisons: what to compare.
        chances: u of each level that has no frequency.
        result: name of the temporary view that there is inside the context, one row per pair:
            `record_id_l`, `record_id_r`, and for each comparison `gamma_<name>` (level reached) and
            `bits_<name>` (log2 m/u, with the value's frequency in place of u where the level has
            one).

    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    frequencies = sorted(
        {f"tf_{e.frequency}" for c in comparisons for e in c.levels if e.frequency}
    )
    # Splink looks a frequency up by value; the value to look up is the frequency itself, and a
    # record that brings what would be found needs no looking up
    con.execute(
        f"create or replace temp view splink_records as select"
        f" {', '.join(['record_id', *_columns_of(comparisons), *frequencies])}"
        f" {''.join(f', {column} as tf_{column}' for column in frequencies)} from {records};"
        "create or replace temp view splink_pairs as select 0 as match_key,"
        f" record_id_l as join_key_l, record_id_r as join_key_r from {pairs}"
    )
    api = _TemporaryTables(con)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            _splink_comparison(
                comparison,
                [_scored_level(comparison, level, chances) for level in comparison.levels],
            )
            for comparison in comparisons
        ],
        # never used: the pairs are given
        blocking_rules_to_generate_predictions=[block_on("record_id")],
        # bits are evidence alone; the prior is added where strangers and relatives are weighed
        probability_two_random_records_match=0.5,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )
    linker = Linker(api.register("splink_records"), settings, log_level=logging.ERROR)
    for column in frequencies:
        con.execute(
            f"create or replace temp view splink_{column} as"
            f" select 0::double as {column}, 0::double as tf_{column} where false"
        )
        linker.table_management.register_term_frequency_lookup(
            api.register(f"splink_{column}"), column
        )
    linker.table_management.register_blocked_pairs_for_predict(api.register("splink_pairs"))
    predictions = linker.inference.predict(warning_mode="never")
    scored = predictions.as_duckdbpyrelation().columns
    columns = []
    for comparison in comparisons:
        bits = f"mw_{comparison.name}"
        adjusted = f"mw_tf_adj_{comparison.name}"
        if adjusted in scored:
            bits = f"{bits} + {adjusted}"
        columns += [f"gamma_{comparison.name}", f"{bits} as bits_{comparison.name}"]
    con.execute(
        f"create or replace temp view {result} as select record_id_l, record_id_r,"
        f" {', '.join(columns)} from {predictions.physical_name}"
    )
    try:
        yield
    finally:
        views = [result, "splink_records", "splink_pairs", *(f"splink_{c}" for c in frequencies)]
        con.execute("".join(f"drop view {view};" for view in views))
        api.drop_all()


def _columns_of(comparisons: Sequence[Comparison]) -> list[str]:
    """The columns of a record that the comparisons read."""
    conditions = " ".join(
        text for c in comparisons for text in (c.missing, *(level.condition for level in c.levels))
    )
    return sorted(set(re.findall(r"\b(\w+)_[lr]\b", conditions)))


def _splink_comparison(
    comparison: Comparison, levels: Sequence[ComparisonLevelCreator]
) -> CustomComparison:
    missing = CustomLevel(comparison.missing, "nothing to compare").configure(is_null_level=True)
    return CustomComparison(
        output_column_name=comparison.name, comparison_levels=[missing, *levels]
    )


def _splink_level(level: Level) -> ComparisonLevelCreator:
    return ElseLevel() if level.condition == ELSE else CustomLevel(level.condition, level.name)


def _scored_level(comparison: Comparison, level: Level, chances: Chances) -> ComparisonLevelCreator:
    created = _splink_level(level)
    if level.frequency is None:
        return created.configure(
            m_probability=level.m, u_probability=chances[comparison.name, level.name]
        )
    # Splink weighs log2(m/u) + log2(u/tf): whatever stands for u cancels out
    return created.configure(
        m_probability=level.m,
        u_probability=level.m,
        tf_adjustment_column=f"tf_{level.frequency}",
        disable_tf_exact_match_detection=True,
    )


_LABEL = 24

# a chart as Vega-Lite has it: JSON
Chart = dict[str, Any]


def chart_scripts() -> list[str]:
    """The JavaScript that draws the charts, as Splink ships it: Vega, Vega-Lite, Vega-Embed."""
    libraries = load_chart_libraries()
    return [libraries[name] for name in ("vega", "vega-lite", "vega-embed")]


def match_weights_chart(
    comparisons: Sequence[Comparison], chances: Chances, *, prior: float
) -> Chart:
    """Splink's chart of what each level of each comparison says for or against a match.

    Args:
        comparisons: what is compared.
        chances: u of every level; of one that goes by frequency, that of a typical value.
        prior: share of matches among all pairs.

    """
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            _splink_comparison(
                comparison,
                [
                    _splink_level(level).configure(
                        m_probability=level.m,
                        u_probability=chances[comparison.name, level.name],
                        label_for_charts=level.name,
                    )
                    for level in comparison.levels
                ],
            )
            for comparison in comparisons
        ],
        probability_two_random_records_match=prior,
    ).get_settings("duckdb")
    chart = settings.match_weights_chart().chart_dict
    del chart["title"]
    chart["config"]["view"]["continuousWidth"] = 420
    return _chart(chart)


def waterfall_chart(steps: Sequence[tuple[str, str, float]], total: float) -> Chart:
    """Splink's chart of how the weight of one pair adds up.

    Args:
        steps: the prior first; name, finding and bits of each.
        total: what they add up to, in bits.

    """
    bars = [*steps, ("Final score", "", total)]
    chart = WaterfallChart(
        [
            {
                "column_name": "Prior" if place == 0 else name,
                "label_for_charts": finding,
                "log2_bayes_factor": bits,
                "bayes_factor": 2**bits,
                "bar_sort_order": place,
                "record_number": 0,
                # shown under the name, where Splink has the values of the two records
                "value_l": finding if len(finding) <= _LABEL else finding[: _LABEL - 1] + "…",
                "value_r": "",
            }
            for place, (name, finding, bits) in enumerate(bars)
        ],
        filter_nulls=False,
    ).chart_dict
    # one pair only: nothing to choose
    del chart["params"][0]["bind"]
    chart["width"] = {"step": 95}
    del chart["title"]
    return _chart(chart)


def match_weight_histogram(
    bins: Sequence[tuple[float, float, int]], *, marks: Mapping[str, float]
) -> Chart:
    """Splink's histogram of match weights, with a line at each mark.

    Args:
        bins: lower end, upper end and number of pairs of each.
        marks: weights in bits to mark, by name.

    """
    chart = MatchWeightsHistogramChart(
        [
            {"splink_score_bin_low": low, "splink_score_bin_high": high, "count_rows": count}
            for low, high, count in bins
        ]
    ).chart_dict
    del chart["title"], chart["params"]
    bars = {"mark": chart.pop("mark"), "encoding": chart.pop("encoding")}
    at = {"field": "weight", "type": "quantitative"}
    named = [{"name": name, "weight": weight} for name, weight in marks.items()]
    chart["layer"] = [
        bars,
        {
            "data": {"values": named},
            "mark": {"type": "rule", "strokeDash": [4, 3]},
            "encoding": {"x": at},
        },
        {
            "data": {"values": named},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "top",
                "angle": 270,
                "dx": -60,
                "dy": 3,
                "fontSize": 10,
            },
            "encoding": {"x": at, "y": {"value": 0}, "text": {"field": "name"}},
        },
    ]
    return _chart(chart)


def _chart(chart: dict[str, Any]) -> Chart:
    """Plain JSON: Splink's records may hold numbers that JSON does not know."""
    plain: Chart = json.loads(json.dumps(chart, default=float))
    return plain
