"""What dbt's Jinja offers and sqlfluff's does not: variables, the compiled model, the build."""

from datetime import UTC, datetime
from pathlib import Path

import yaml

_PROJECT = yaml.safe_load((Path(__file__).parents[1] / "dbt_project.yml").read_text("utf-8"))


def var(name):
    """The value of a variable, as a build without --vars sees it."""
    return _PROJECT["vars"][name]


# stands for the contract of whatever model is linted
model = {
    "columns": {
        "record_key": {
            "name": "record_key",
            "data_type": "varchar",
            "config": {"meta": {"privacy": "quasi"}},
        }
    }
}

# stand for the run that compiles
run_started_at = datetime(2026, 1, 1, tzinfo=UTC)
invocation_id = "00000000-0000-0000-0000-000000000000"
