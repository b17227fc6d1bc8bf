"""A report as facts: plain values, which are all that is shown of it anywhere."""
