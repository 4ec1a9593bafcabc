"""The examples in the library's docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from customer360 import standardise

MODULES = [module.name for module in pkgutil.iter_modules(standardise.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    module = importlib.import_module(f"customer360.standardise.{name}")
    assert doctest.testmod(module).failed == 0
