"""Word lists as they stand in the worlds: blocks of text."""


def words(block: str) -> tuple[str, ...]:
    """The words of a block."""
    return tuple(block.split())


def lines(block: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a block, each cut at its bars."""
    return tuple(tuple(line.split("|")) for line in block.strip().splitlines())


def phrases(block: str) -> tuple[str, ...]:
    """The phrases of a block, which are separated by bars and line ends."""
    return tuple(block.strip().replace("\n", "|").split("|"))
