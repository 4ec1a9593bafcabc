"""What dbt's Jinja offers and sqlfluff's does not: the project's variables, for `make test`."""

from pathlib import Path

import yaml

_PROJECT = yaml.safe_load((Path(__file__).parents[1] / "dbt_project.yml").read_text("utf-8"))


def var(name):
    """The value of a variable, as a build without --vars sees it."""
    return _PROJECT["vars"][name]
