"""What customers are expected to buy: the models of `buying` over a table of what they bought."""

import duckdb
import numpy as np

from customer360.insight.buying import (
    BuyingModel,
    FitError,
    Floats,
    SpendModel,
    fit_buying,
    fit_spend,
)

# parameters settle long before; a sample keeps the fit quick in a base of any size
_LARGEST_SAMPLE = 20_000
# who bought more than once: of fewer no parameters can be learned
_FEWEST_REPEAT_BUYERS = 30

_COLUMNS = (
    "probability_alive",
    "expected_purchases_26_weeks",
    "expected_purchases_52_weeks",
    "expected_purchase_amount",
    "purchase_rate_shape",
    "purchase_rate_scale",
    "dropout_a",
    "dropout_b",
    "spend_shape",
    "spend_q",
    "spend_scale",
)


def score_purchases(con: duckdb.DuckDBPyConnection, *, history: str) -> duckdb.DuckDBPyRelation:
    """Fit the models to each period and currency, and apply them to its customers.

    Args:
        con: a connection.
        history: a table of `period, gpid, currency_code, repeat_purchases, weeks_to_last_purchase,
            weeks_observed, mean_repeat_amount`.

    Returns:
        One row per row of `history`: its `period, gpid, currency_code`, `probability_alive`,
        `expected_purchases_26_weeks`, `expected_purchases_52_weeks`, `expected_purchase_amount`
        and the parameters that they come from (weeks, and the currency's units). All of them are
        null where fewer than 30 customers have bought more than once; those of value alone where
        what they bought does not determine it.

    """
    con.execute(
        """
        create or replace temp table scored_purchases as
        select
            period,
            gpid,
            currency_code,
            row_number() over (order by period, currency_code, md5(gpid), gpid) - 1 as position,
            cast(repeat_purchases as double) as repeats,
            cast(weeks_to_last_purchase as double) as last,
            cast(weeks_observed as double) as observed,
            coalesce(cast(mean_repeat_amount as double), 0) as mean
        from """
        + history
    )
    rows = con.execute(
        "select dense_rank() over (order by period, currency_code) as part, repeats, last,"
        " observed, mean from scored_purchases order by position"
    ).fetchnumpy()
    part = np.asarray(rows["part"], np.int64)
    values = {
        name: np.asarray(rows[name], float) for name in ("repeats", "last", "observed", "mean")
    }
    scores = np.full((len(_COLUMNS), len(part)), np.nan)
    for number in np.unique(part):
        # sorted by a hash of the party, so that the first ones are a fair sample
        chosen = np.flatnonzero(part == number)
        scores[:, chosen] = _score(**{name: value[chosen] for name, value in values.items()})
    con.register(
        "purchase_score_columns",
        {"position": np.arange(len(part)), **dict(zip(_COLUMNS, scores, strict=True))},
    )
    con.execute(
        f"""
        create or replace temp table purchase_score_rows as
        select
            period,
            gpid,
            currency_code,
            {", ".join(f"case when not isnan({c}) then {c} end as {c}" for c in _COLUMNS)}
        from scored_purchases
        inner join purchase_score_columns using (position)
        order by position;
        drop table scored_purchases
        """
    )
    con.unregister("purchase_score_columns")
    return con.table("purchase_score_rows")


def _score(*, repeats: Floats, last: Floats, observed: Floats, mean: Floats) -> Floats:
    """The columns for the customers of one currency, best sampled from their beginning."""
    scores = np.full((len(_COLUMNS), len(repeats)), np.nan)
    if np.count_nonzero(repeats) < _FEWEST_REPEAT_BUYERS:
        return scores
    sample = slice(0, _LARGEST_SAMPLE)
    try:
        buying: BuyingModel = fit_buying(repeats[sample], last[sample], observed[sample])
    except FitError:
        return scores
    scores[0] = buying.probability_alive(repeats, last, observed)
    scores[1] = buying.expected_purchases(26, repeats, last, observed)
    scores[2] = buying.expected_purchases(52, repeats, last, observed)
    scores[4:8] = np.array([[buying.r], [buying.alpha], [buying.a], [buying.b]])
    of_value = (repeats > 0) & (mean > 0)
    try:
        spend: SpendModel = fit_spend(
            repeats[sample][of_value[sample]], mean[sample][of_value[sample]]
        )
    except FitError:
        return scores
    scores[3] = spend.expected_mean(repeats, mean)
    scores[8:11] = np.array([[spend.p], [spend.q], [spend.v]])
    return scores
