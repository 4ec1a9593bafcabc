"""How the texts of customers sound, over a table."""

import duckdb

from customer360.insight.sentiment import read


def score_texts(con: duckdb.DuckDBPyConnection, *, texts: str) -> duckdb.DuckDBPyRelation:
    """Read every distinct text once.

    Args:
        con: a connection.
        texts: a table with a column `text`.

    Returns:
        One row per distinct text: `text`, `language` (`ja`, `en`, or null without any letter),
        `sentiment_score` from −1 to 1, and `sentiment`: positive, neutral or negative.

    """
    distinct = [
        text
        for (text,) in con.execute(
            f"select distinct text from {texts} where text is not null order by text"
        ).fetchall()
    ]
    readings = [read(text) for text in distinct]
    con.execute(
        """
        create or replace temp table text_readings as
        select unnest(cast($texts as varchar[])) as text,
            unnest(cast($languages as varchar[])) as language,
            unnest(cast($scores as double[])) as sentiment_score,
            unnest(cast($sentiments as varchar[])) as sentiment
        """,
        {
            "texts": distinct,
            "languages": [reading.language for reading in readings],
            "scores": [reading.score for reading in readings],
            "sentiments": [str(reading.sentiment) for reading in readings],
        },
    )
    return con.table("text_readings")
