from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from customer360.demo import generate

REPOSITORY = Path(__file__).parents[3]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _small(folder: Path, seed: int) -> dict[str, bytes]:
    generate(people=120, organizations=12, seed=seed).write(folder / "landing", folder / "truth")
    return _files(folder)


def test_one_seed_gives_the_same_bytes_twice_and_in_another_process(tmp_path: Path) -> None:
    first = _small(tmp_path / "first", seed=7)
    arguments = ["--people", "120", "--organizations", "12", "--seed", "7"]
    second = tmp_path / "second"
    folders = ["--out", str(second / "landing"), "--truth", str(second / "truth")]
    subprocess.run(
        [sys.executable, "-m", "customer360.demo", *folders, *arguments],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )
    assert _files(second) == first


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    one, two = _small(tmp_path / "one", seed=1), _small(tmp_path / "two", seed=2)
    assert one.keys() == two.keys()
    # so few people have no bounce, and so few companies no parents
    alike = {Path(name).name for name in one if one[name] == two[name]}
    assert alike <= {"_Bounce.csv", "organization_parents.csv"}


def test_the_committed_demo_is_what_the_generator_writes(landing: Path) -> None:
    for written, committed in (
        (landing, REPOSITORY / "landing" / "demo"),
        (landing.parent / "truth", REPOSITORY / "landing" / "demo_truth"),
    ):
        fresh, kept = _files(written), _files(committed)
        assert fresh.keys() == kept.keys()
        for name in fresh:
            if name.endswith(".parquet"):
                # Parquet bytes carry the version of the library; the content must not change
                assert pq.read_table(written / name).equals(pq.read_table(committed / name)), name
            else:
                assert fresh[name] == kept[name], name


def test_the_committed_demo_is_small_enough_to_keep() -> None:
    folders = (REPOSITORY / "landing" / "demo", REPOSITORY / "landing" / "demo_truth")
    assert sum(len(content) for folder in folders for content in _files(folder).values()) < 6e6


@pytest.mark.parametrize(("people", "organizations"), [(0, 0), (60, 3), (500, 20)])
def test_any_size_can_be_asked_for_and_has_the_named_cases(
    people: int, organizations: int, tmp_path: Path
) -> None:
    demo = generate(people=people, organizations=organizations, seed=3)
    parties = {row.party_id: row.party_type for row in demo.ledger.truth}
    kinds = list(parties.values())
    named = {party for case in demo.cases for party in case.party_ids}
    people_by_hand = len([party for party in named if party.startswith("person")])
    assert named <= parties.keys()
    strangers = len([party for party in parties if party.startswith("stranger")])
    assert kinds.count("person") - strangers == max(people, people_by_hand)
    assert kinds.count("organization") == max(organizations, 2)
    demo.write(tmp_path / "landing", tmp_path / "truth")
    with (tmp_path / "truth" / "parties.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == len(demo.ledger.truth)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        generate(people=-1)


def test_every_case_of_the_book_has_a_name_of_its_own() -> None:
    cases = generate(people=0, organizations=0).cases
    assert len({case.name for case in cases}) == len(cases)
