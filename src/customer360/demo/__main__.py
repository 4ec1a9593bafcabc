"""`python -m customer360.demo --out landing/demo --truth landing/demo_truth`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from customer360.demo.generator import generate


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the demo extracts and their truth."""
    parser = argparse.ArgumentParser(
        prog="python -m customer360.demo", description="Write demo extracts with known truth."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the extracts")
    parser.add_argument("--truth", type=Path, required=True, help="folder of the truth")
    parser.add_argument("--people", type=int, default=2000, help="how many people (%(default)s)")
    parser.add_argument(
        "--organizations", type=int, default=150, help="how many organizations (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=360, help="another seed, another world")
    options = parser.parse_args(arguments)
    demo = generate(people=options.people, organizations=options.organizations, seed=options.seed)
    demo.write(options.out, options.truth)


if __name__ == "__main__":
    main()
