"""A page of pictures from the last build, for stewards: `python -m customer360.report`.

One HTML file that opens without a network. It shows personal data, as the restricted published
file does: it is readable by its owner only and lies beside the published folder, not in it.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from markupsafe import Markup

from customer360.matching import terms
from customer360.matching.model import PartyType
from customer360.matching.release import Release, ReleaseError
from customer360.matching.splink_engine import (
    Chart,
    chart_scripts,
    match_weight_histogram,
    match_weights_chart,
    waterfall_chart,
)
from customer360.registry import PUBLISHED_FOLDER, REGISTRY_FILE, RESTRICTED_FILE
from customer360.releases import releases_in_force

REPORT_FILE = "report.html"
QUEUE_HEAD = 20
PARTIES_SHOWN = 15

# of a link for which the value itself decides, as common as a typical one that was seen
_UNSEEN_CHANCE = 0.001

_CHOSEN_LINKS = """
with chosen as (
    (
        select 'Review queue, number ' || priority as title, record_key_a, record_key_b
        from identity_review_queue where link_type = 'score' order by priority limit 3
    )
    union all
    (
        select 'Strongest link that the guard cut', record_key_a, record_key_b
        from identity_cut_links where link_type = 'score'
        order by match_weight desc, record_key_a, record_key_b limit 1
    )
    union all
    (
        select 'Strongest link', record_key_a, record_key_b
        from identity_edges order by match_weight desc, record_key_a, record_key_b limit 1
    )
    union all
    (
        select 'A link at even odds', record_key_a, record_key_b
        from identity_edges order by abs(match_weight), record_key_a, record_key_b limit 1
    )
)
select
    string_agg(distinct chosen.title, ', ' order by chosen.title) as title,
    any_value(columns(edges.*))
from chosen inner join identity_edges as edges using (record_key_a, record_key_b)
group by record_key_a, record_key_b
order by not bool_or(contains(chosen.title, 'Review queue')), record_key_a, record_key_b
"""


class ReportError(RuntimeError):
    """There is nothing to report on; the message says what is missing."""


@dataclass(frozen=True)
class Picture:
    """A chart with its heading and what it says in words."""

    title: str
    note: str
    chart: Chart


def write_report(home: Path) -> Path:
    """Write the page of the last build; returns where it is.

    Args:
        home: the folder of the database files.

    Raises:
        ReportError: there is no build to report on.
        ReleaseError: the build was scored with other comparisons than this version has.

    """
    published = home / PUBLISHED_FOLDER / RESTRICTED_FILE
    if not published.exists():
        raise ReportError(f"{published} does not exist yet: run `make build` first.")
    with duckdb.connect(str(published), read_only=True) as con:
        page = render(collect(con, home / REGISTRY_FILE))
    report = home / REPORT_FILE
    new = report.with_name(report.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(page, encoding="utf-8")
    new.replace(report)
    return report


def collect(con: duckdb.DuckDBPyConnection, registry: Path) -> dict[str, Any]:
    """What the page shows, by section.

    Args:
        con: a connection to the restricted published file.
        registry: the registry file, for the releases of the matching model.

    """
    (build,) = _rows(con, "select published_at, commit_number, settings from build_info")
    settings = json.loads(build["settings"])
    (counts,) = _rows(
        con,
        """
        select
            count(*) as records,
            count(distinct gpid) as parties,
            (select count(*) from identity_edges) as pairs,
            (select count(*) from identity_cut_links) as cut_links,
            (select count(*) from identity_review_queue) as questions,
            (select count(*) from identity_clusters where has_conflict) as conflicts
        from bridge_party_source
        where is_current
        """,
    )
    return {
        "build": build,
        "settings": settings,
        "counts": counts,
        "quality": _rows(con, "from identity_quality order by party_type, basis"),
        "strata": _rows(
            con, "from identity_quality_strata order by party_type, is_joined desc, weight_from"
        ),
        "queue": _rows(con, f"from identity_review_queue order by priority limit {QUEUE_HEAD}"),
        "cuts": _rows(
            con,
            "select reason, link_type, count(*) as links, max(match_weight) as strongest"
            " from identity_cut_links group by all order by links desc, reason, link_type",
        ),
        "histograms": _histograms(con, settings),
        "sizes": _cluster_sizes(con),
        "doubtful_parties": _rows(
            con,
            f"""
            select identity_clusters.*, dim_party.display_name
            from identity_clusters inner join dim_party using (gpid)
            where record_count > 1
            order by has_conflict desc, lowest_mean_value, gpid
            limit {PARTIES_SHOWN}
            """,
        ),
        "waterfalls": _waterfalls(con),
        "weights": _weights(con, registry, settings),
    }


def render(content: Mapping[str, Any]) -> str:
    """The page: one HTML file with everything in it."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["share"] = _share
    environment.filters["bits"] = _bits
    environment.filters["json"] = _json
    template = environment.from_string(
        files("customer360").joinpath("report.html.j2").read_text("utf-8")
    )
    # a library must not end the script element that it is in
    scripts = [Markup(text.replace("</script", "<\\/script")) for text in chart_scripts()]
    return template.render(scripts=scripts, **content)


def _histograms(con: duckdb.DuckDBPyConnection, settings: Mapping[str, Any]) -> list[Picture]:
    marks = {
        "link": settings["link_threshold_bits"],
        "review from": settings["review_from_bits"],
        "review to": settings["review_to_bits"],
    }
    bins: dict[str, list[tuple[float, float, int]]] = {}
    for party_type, low, count in con.execute(
        "select party_type, floor(match_weight), count(*) from identity_edges"
        " group by all order by all"
    ).fetchall():
        bins.setdefault(party_type, []).append((low, low + 1, count))
    return [
        Picture(
            f"{party_type.capitalize()}s",
            f"{sum(count for *_, count in found):,} pairs from"
            f" {settings['review_threshold_bits']:g} bits on",
            match_weight_histogram(found, marks=marks) | {"width": 720, "height": 220},
        )
        for party_type, found in bins.items()
    ]


def _cluster_sizes(con: duckdb.DuckDBPyConnection) -> Picture:
    rows = _rows(
        con,
        "select record_count as records, party_type, count(*) as parties"
        " from identity_clusters group by all order by all",
    )
    largest = max((row["records"] for row in rows), default=0)
    chart: Chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 720,
        "height": 220,
        "data": {"values": rows},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "x": {
                "field": "records",
                "type": "ordinal",
                "title": "Records of one party",
                "axis": {"labelAngle": 0},
            },
            "y": {"field": "parties", "type": "quantitative", "title": "Parties"},
            "color": {"field": "party_type", "title": None},
        },
    }
    return Picture("Sizes of parties", f"The largest has {largest} records.", chart)


def _waterfalls(con: duckdb.DuckDBPyConnection) -> list[Picture]:
    pictures = []
    for link in _rows(con, _CHOSEN_LINKS):
        relative = (
            link["match_weight"]
            - link["prior_weight"]
            - link["stranger_weight"]
            - link["name_weight"]
        )
        evidence = sorted(link["evidence"], key=lambda each: -abs(each["bits"]))
        steps = [
            ("prior", terms.PRIOR, link["prior_weight"]),
            *((each["comparison"], each["level"], each["bits"]) for each in evidence),
            ("names", terms.NAME, link["name_weight"]),
            ("relative", terms.RELATIVE[PartyType(link["party_type"])], relative),
        ]
        pictures.append(
            Picture(
                link["title"],
                f"{link['record_key_a']} and {link['record_key_b']}:"
                f" {link['match_weight']:.2f} bits",
                waterfall_chart(
                    [step for step in steps if abs(step[2]) >= 0.05], link["match_weight"]
                )
                | {"height": 260},
            )
        )
    return pictures


def _weights(
    con: duckdb.DuckDBPyConnection, registry: Path, settings: Mapping[str, Any]
) -> list[Picture]:
    path = str(registry).replace("'", "''")
    con.execute(f"attach '{path}' as registry (read_only)")
    releases = releases_in_force(
        con, "registry.main.model_releases", f"release-{settings['model_release']}"
    )
    con.execute("detach registry")
    return [
        Picture(
            f"{party_type.value.capitalize()}s",
            f"Release {settings['model_release']}, fitted on {release.record_count:,} records.",
            match_weights_chart(
                release.comparisons,
                _typical_chances(con, party_type, release),
                prior=release.between_share,
            ),
        )
        for party_type, release in releases.items()
    ]


def _typical_chances(
    con: duckdb.DuckDBPyConnection, party_type: PartyType, release: Release
) -> dict[tuple[str, str], float]:
    """The chance of coincidence of every level; of a frequency, that behind the median weight."""
    median = {
        (comparison, level): bits
        for comparison, level, bits in con.execute(
            """
            select evidence.comparison, evidence."level", median(evidence.bits)
            from (select unnest(evidence) as evidence from identity_edges where party_type = ?)
            group by all
            """,
            [party_type.value],
        ).fetchall()
    }
    chances = {}
    for comparison in release.comparisons:
        for level in comparison.levels:
            key = (comparison.name, level.name)
            if level.frequency is None:
                chances[key] = release.chances[key]
            elif key in median:
                chances[key] = min(1.0, level.m / 2 ** median[key])
            else:
                chances[key] = _UNSEEN_CHANCE
    return chances


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _bits(value: float | None) -> str:
    if value is None:
        return "–"
    return "trusted" if abs(value) >= 10_000 else f"{value:.1f}"


def _json(value: Any) -> Markup:
    """JSON inside a script element: nothing in it may end the element."""
    return Markup(json.dumps(value).replace("<", "\\u003c").replace("&", "\\u0026"))


def main(arguments: Sequence[str]) -> int:
    """Write the report and print where it is."""
    if arguments:
        print("usage: python -m customer360.report", file=sys.stderr)
        return 2
    home = Path(os.environ.get("CUSTOMER360_HOME", "data"))
    try:
        report = write_report(home)
    except (ReportError, ReleaseError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{report} (shows personal data; readable by you only)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
