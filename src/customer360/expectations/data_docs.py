"""Data Docs that open without a network: what their pages would fetch is taken out or put in."""

import re
import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup

from customer360.landing.expectation_results import Result

_FETCHING = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*>|<img\b[^>]*>|<footer\b.*?</footer>"
    r"|background: url\([^)]*\)",
    re.DOTALL | re.IGNORECASE,
)
# a hash of all values
_FINGERPRINT = re.compile(
    r"<tr\b(?:(?!</tr>).)*pandas_data_fingerprint.*?</tr>", re.DOTALL | re.IGNORECASE
)
_POLICY = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)


def make_offline(folder: Path, results: Sequence[Result]) -> None:
    """Rewrite the pages of a Data Docs site so that nothing in them fetches anything.

    The index of Great Expectations is a table that a script from the network fills; in its place
    comes a page of our own over the same results.
    """
    package = files("customer360.expectations")
    style = package.joinpath("data_docs.css").read_text("utf-8")
    shutil.rmtree(folder / "static", ignore_errors=True)
    for page in sorted(folder.rglob("*.html")):
        text = _FINGERPRINT.sub("", _FETCHING.sub("", page.read_text("utf-8")))
        text = text.replace("</head>", f"{_POLICY}<style>{style}</style></head>", 1)
        page.write_text(text, encoding="utf-8")
    rows = []
    for source in dict.fromkeys(result.source for result in results):
        of_source = [result for result in results if result.source == source]
        unmet = [result for result in of_source if not result.is_met]
        (page,) = (folder / "validations").glob(f"{source}/**/*.html")
        rows.append(
            {
                "source": source,
                "page": page.relative_to(folder).as_posix(),
                "expectations": len(of_source),
                "warnings": sum(result.severity == "warn" for result in unmet),
                "stops": sum(result.severity == "stop" for result in unmet),
            }
        )
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    index = environment.from_string(
        package.joinpath("data_docs_index.html.j2").read_text("utf-8")
    ).render(
        policy=Markup(_POLICY),
        style=Markup(style),
        checked_at=results[0].checked_at,
        rows=sorted(rows, key=lambda row: (-int(row["stops"]), -int(row["warnings"]))),
        unmet=sorted((r for r in results if not r.is_met), key=lambda r: r.severity),
    )
    (folder / "index.html").write_text(index, encoding="utf-8")
