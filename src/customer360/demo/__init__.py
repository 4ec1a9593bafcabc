"""Demo extracts with known truth: any size, the same bytes from the same seed.

    from customer360.demo import generate
    generate(people=2000, organizations=150, seed=360).write(Path("landing"), Path("truth"))

Every person and company in it is invented; e-mail domains and phone numbers belong to nobody.
"""

from customer360.demo.generator import Demo, generate

__all__ = ["Demo", "generate"]
