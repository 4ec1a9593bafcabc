"""Why two records are one party or two, or what holds a party together, from the last build.

`python -m customer360.explain A B` for two record keys, `python -m customer360.explain GPID` for a
party. The published functions explain_link and explain_party say the same but for one thing: a
pair that no build has kept is scored here, with the release in force.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from customer360.matching import terms
from customer360.matching.blocking import shared_keys
from customer360.matching.model import PartyType
from customer360.matching.release import ReleaseError
from customer360.matching.scoring import DuplicateFreeSources, score_pairs
from customer360.registry import PUBLISHED_FOLDER, REGISTRY_FILE, RESTRICTED_FILE, WAREHOUSE_FILE
from customer360.releases import releases_in_force


class ExplanationError(RuntimeError):
    """There is nothing to explain from; the message says what is missing."""


@dataclass(frozen=True)
class Line:
    """One line of an explanation.

    Attributes:
        step: what was looked at.
        finding: what was found.
        bits: how much that says for a match; `None` where it is no matter of weight.

    """

    step: str
    finding: str | None
    bits: float | None


def explain_link(home: Path, a: str, b: str) -> list[Line]:
    """Everything that decides whether two records are one party.

    Args:
        home: the folder of the database files.
        a: key of one record.
        b: key of the other.

    Returns:
        The lines of the published `explain_link`; for a pair that was not kept, also which rules
        could have brought the two together, which values they share that tell nobody apart, and
        what their score would be.

    Raises:
        ExplanationError: there is no build to explain.

    """
    with _published(home) as con:
        rows = con.execute("from explain_link(?, ?)", [a, b]).fetchall()
        settings = _settings(con)
        party_types = con.execute(
            "select distinct party_type from bridge_party_source"
            " where is_current and record_key in (?, ?)",
            [a, b],
        ).fetchall()
    lines = [Line(*row) for row in rows]
    if a == b or len(party_types) != 1 or "not scored" not in {line.step for line in lines}:
        return lines
    ((party_type,),) = party_types
    explained = not_kept(home, PartyType(party_type), a, b, settings)
    return [each for line in lines for each in (explained if line.step == "not scored" else [line])]


def explain_party(home: Path, gpid: str) -> list[tuple[Any, ...]]:
    """What holds a party together: the rows of the published `explain_party`.

    Raises:
        ExplanationError: there is no build to explain.

    """
    with _published(home) as con:
        return con.execute("from explain_party(?)", [gpid]).fetchall()


def not_kept(
    home: Path, party_type: PartyType, a: str, b: str, settings: dict[str, Any]
) -> list[Line]:
    """Why a pair of one party type has no edge: what could have brought it together, its score.

    Raises:
        ExplanationError: the warehouse is gone, or is not the one that was published.

    """
    warehouse = home / WAREHOUSE_FILE
    if not warehouse.exists():
        raise ExplanationError(
            f"{warehouse} is missing: what was not kept is explained from the state of the last"
            " build. Run `make build` first."
        )
    with duckdb.connect() as con:
        for name, file in (("warehouse", warehouse), ("registry", home / REGISTRY_FILE)):
            path = str(file).replace("'", "''")
            con.execute(f"attach '{path}' as {name} (read_only)")
        con.execute(
            "create temp view comparable as"
            " select * from warehouse.identity.identity_comparison_records"
            f" where party_type = '{party_type.value}'"
        )
        found = dict(
            con.execute(
                "select record_key, record_id from comparable where record_key in (?, ?)", [a, b]
            ).fetchall()
        )
        if set(found) != {a, b}:
            raise ExplanationError(
                f"{warehouse} does not have both records: it is not the build that was published."
                " Run `make build` first."
            )
        pair = (found[a], found[b])
        return [
            *_generic_values(con, a, b),
            *_meetings(con, party_type, pair),
            *_score(con, party_type, pair, settings),
        ]


def _generic_values(con: duckdb.DuckDBPyConnection, a: str, b: str) -> list[Line]:
    rows = con.execute(
        """
        select generic.identifier_type, generic.value, generic.name_count, generic.reason
        from warehouse.identity.identity_generic_values as generic
        inner join warehouse.conformed.int_party_identifiers as of_a
            using (party_type, identifier_type, value)
        inner join warehouse.conformed.int_party_identifiers as of_b
            using (party_type, identifier_type, value)
        where of_a.record_key = ? and of_b.record_key = ?
        order by all
        """,
        [a, b],
    ).fetchall()
    return [
        Line("set aside", f"{kind} {value} ({reason}, {names} names)", None)
        for kind, value, names, reason in rows
    ]


def _meetings(
    con: duckdb.DuckDBPyConnection, party_type: PartyType, pair: tuple[int, int]
) -> list[Line]:
    shared = shared_keys(con, records="comparable", party_type=party_type, pair=pair)
    used = [
        Line("compared", f"same {each.rule.name}, which {each.record_count} records have", None)
        for each in shared
        if each.is_used
    ]
    crowded = [
        Line(
            "too common",
            f"same {each.rule.name}, but {each.record_count} records have it and at most"
            f" {each.rule.cap} are compared",
            None,
        )
        for each in shared
        if not each.is_used
    ]
    if used:
        return used
    return [*crowded, Line("never compared", "no rule brings the two together", None)]


def _score(
    con: duckdb.DuckDBPyConnection,
    party_type: PartyType,
    pair: tuple[int, int],
    settings: dict[str, Any],
) -> list[Line]:
    releases = releases_in_force(
        con, "registry.main.model_releases", f"release-{settings['model_release']}"
    )
    con.execute(
        "create temp table asked_records as select * from comparable where record_id in (?, ?);",
        list(pair),
    )
    con.execute(
        "create temp table asked_pair as select min(record_id) as record_id_l,"
        " max(record_id) as record_id_r from asked_records"
    )
    score_pairs(
        con,
        records="asked_records",
        pairs="asked_pair",
        release=releases[party_type],
        result="asked_score",
        duplicate_free=DuplicateFreeSources(
            tuple(settings["duplicate_free_sources"]), float(settings["duplicate_free_bits"])
        ),
    )
    evidence, prior, stranger, name, weight = con.execute(
        "select evidence, prior_weight, stranger_weight, name_weight, match_weight from asked_score"
    ).fetchall()[0]
    lines = [
        Line(each["comparison"], each["level"], each["bits"])
        for each in sorted(evidence, key=lambda each: -abs(each["bits"]))
    ]
    if name:
        lines.append(Line("combination of names", terms.NAME, name))
    probability = 1 / (1 + 2**-weight)
    threshold = float(settings["review_threshold_bits"])
    verdict = (
        f"below the {threshold:g} bits from which pairs are kept"
        if weight < threshold
        else "enough to be kept, had it been compared"
    )
    relative = weight - prior - stranger - name
    lines.append(Line("prior", terms.PRIOR, prior))
    if abs(relative) >= 0.005:
        lines.append(Line("relative", terms.RELATIVE[party_type], relative))
    return [
        *lines,
        Line("total", f"probability {probability:.2g}, {verdict}", weight),
    ]


def _published(home: Path) -> duckdb.DuckDBPyConnection:
    file = home / PUBLISHED_FOLDER / RESTRICTED_FILE
    if not file.exists():
        raise ExplanationError(f"{file} does not exist yet: run `make build` first.")
    return duckdb.connect(str(file), read_only=True)


def _settings(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    text = con.execute("select settings from build_info").fetchall()[0][0]
    settings: dict[str, Any] = json.loads(text)
    return settings


def main(arguments: list[str]) -> int:
    """Explain two records or a party, and print it."""
    parser = argparse.ArgumentParser(prog="python -m customer360.explain")
    parser.add_argument("a", metavar="RECORD_KEY_OR_GPID", help="a record key, or alone a GPID")
    parser.add_argument("b", metavar="RECORD_KEY", nargs="?", help="the other record key")
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("CUSTOMER360_HOME", "data"))
    table = Table(box=None)
    try:
        if options.b:
            for column in ("step", "finding"):
                table.add_column(column)
            table.add_column("bits", justify="right")
            for line in explain_link(home, options.a, options.b):
                table.add_row(line.step, line.finding, _number(line.bits))
        else:
            for column in ("part", "record", "linked to", "finding"):
                table.add_column(column, overflow="fold")
            table.add_column("bits", justify="right")
            for *texts, bits in explain_party(home, options.a):
                table.add_row(*texts, _number(bits))
    except (ExplanationError, ReleaseError) as error:
        print(error, file=sys.stderr)
        return 1
    # a pipe or a file has no width to fit into
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    return 0


def _number(bits: float | None) -> str:
    return "" if bits is None else f"{bits:.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
