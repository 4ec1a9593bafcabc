"""Scores that take more than SQL: how customers buy, and how texts sound."""
