"""What a release was fitted with: the fingerprint of the scoring, and the libraries' versions."""

import hashlib
import io
import json
import tokenize
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from customer360.matching import blocking, model, scoring, splink_engine
from customer360.matching.model import PartyType
from customer360.matching.release import COMPARISONS

LIBRARIES = ("customer360", "duckdb", "splink")
# another version of these may give another score; the project's own code is hashed instead
SCORING_LIBRARIES = ("duckdb", "splink")
# what finds pairs and weighs them, for both party types
_SCORING_CODE = (blocking, model, scoring, splink_engine)
_BETWEEN_STATEMENTS = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def scoring_hash(party_type: PartyType) -> str:
    """Identifies how pairs are found and scored, whatever the fitted parameters.

    It changes with a level, a condition or an error rate, with a blocking rule, and with the code
    that finds pairs or weighs them; not with a comment, a docstring or an empty line.
    """
    code = (code_text(_source(module)) for module in _SCORING_CODE)
    parts = [repr(COMPARISONS[party_type]), *code]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def library_versions() -> str:
    """The versions of what a release is fitted with, as JSON."""
    return json.dumps({name: version(name) for name in LIBRARIES}, sort_keys=True)


def code_text(source: str) -> str:
    """The text of a module without comments, docstrings and empty lines.

    Cut from the text, since Python's own forms of a program differ between its versions.
    """
    lines = source.splitlines(keepends=True)
    starts_statement = True
    cuts = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and starts_statement):
            cuts.append((token.start, token.end))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            starts_statement = token.type in _BETWEEN_STATEMENTS
    for (first, start), (last, end) in reversed(cuts):
        rest = lines[last - 1][end:]
        lines[first - 1 : last] = [lines[first - 1][:start] + rest]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")
