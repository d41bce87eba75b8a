"""What is told of each kind of result, column by column."""

__all__ = ["SCHEMA"]

SCHEMA = "convcalc/1"
"""The version of what machines read."""
