"""What the landing reader raises."""

from collections.abc import Sequence


class LandingError(Exception):
    """The landing folder, or the description of what is in it, is not usable.

    The message lists every problem that was found, each with the place and what to do about it.

    Attributes:
        problems: the single problems, one sentence each.

    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        listed = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"The landing folder cannot be read, {count}:\n{listed}")
