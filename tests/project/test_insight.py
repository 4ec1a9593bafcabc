"""Scores on the demo: what they are worth, that they add up, and that nobody is reached by them."""

from tests.project.builds import Customer360

PREDICTIONS = {
    "appointment_no_show_risk",
    "party_churn_risk",
    "party_lifetime_value",
    "party_next_product",
    "pipeline_forecast",
}


def test_every_prediction_is_tested_on_the_later_months(demo: Customer360) -> None:
    rows = demo.query(
        "select model, better, value, baseline, beats_baseline, tested_rows"
        " from prediction_backtest"
    )
    assert {row[0] for row in rows} == PREDICTIONS
    for model, better, value, baseline, beats_baseline, tested_rows in rows:
        assert tested_rows > 30, model
        assert beats_baseline == (value < baseline if better == "lower" else value > baseline)


def test_value_and_churn_are_predicted_better_than_by_a_plain_guess(demo: Customer360) -> None:
    """The demo's shoppers have rates of their own; its products and deals are drawn by lot."""
    lost = demo.query(
        "select model, metric, value, baseline from prediction_backtest"
        " where not beats_baseline and model in ('party_lifetime_value', 'party_churn_risk')"
    )
    assert lost == []
    ((area,),) = demo.query(
        "select value from prediction_backtest where model = 'party_churn_risk'"
    )
    assert area >= 0.6


def test_expected_purchases_add_up_to_about_what_came(demo: Customer360) -> None:
    ((expected, came),) = demo.warehouse(
        """
        with calibration as (
            select observed_until from marts.insight_periods where period = 'calibration'
        )
        select
            (
                select sum(expected_purchases_26_weeks) from marts.purchase_scores
                where period = 'calibration'
            ),
            (
                select count(distinct (gpid, currency_code, ordered_at::date))
                from marts.fct_orders, calibration
                where is_sale and ordered_at > observed_until
                    and ordered_at <= observed_until + interval 182 day
                    and (gpid, currency_code) in (
                        select (gpid, currency_code) from marts.purchase_scores
                        where period = 'calibration'
                    )
            )
        """
    )
    assert came > 200
    assert 0.8 < expected / came < 1.25


def test_both_languages_have_topics_and_sentiment(demo: Customer360) -> None:
    found = demo.query(
        "select language, count(*) filter (sentiment = 'negative') > 100,"
        " count(*) filter (topic = 'other') * 10 < count(*)"
        " from text_sentiment inner join case_topics on text_key = case_key"
        " group by language order by language"
    )
    assert found == [("en", True, True), ("ja", True, True)]


def test_scores_name_nobody_and_are_the_same_in_both_files(demo: Customer360) -> None:
    tables = [
        "next_best_action",
        "party_churn_risk",
        "party_lifetime_value",
        "party_lookalike",
        "party_rfm",
        "text_sentiment",
    ]
    for table in tables:
        # the key of a text is a token in the open file where it is personal
        columns = "* exclude (text_key)" if table == "text_sentiment" else "*"
        rows = f"select count(*), bit_xor(hash(t)) from (select {columns} from {table}) as t"
        assert demo.query(rows) == demo.query(rows, restricted=True), table


def test_every_kind_of_action_has_somebody_in_the_demo(demo: Customer360) -> None:
    rules = {action for (action,) in demo.warehouse("select action from seeds.action_rules")}
    proposed = {action for (action,) in demo.query("select distinct action from next_best_action")}
    assert proposed == rules
