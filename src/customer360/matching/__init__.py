"""Comparing records: which pairs, by which evidence, with what weight."""
