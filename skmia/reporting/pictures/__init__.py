"""Pictures of a report, each from numbers alone."""
