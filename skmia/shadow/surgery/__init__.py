"""The other side of a fitted model: with a record it never saw, without one it saw."""
