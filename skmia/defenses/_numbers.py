"""Records that a defense computes with: dense numbers, some of them missing."""

import numpy as np

from skmia.utils._numbers import numeric_records


def features_of(X, owner):
    """Records as a floating point array, for a class that computes with them."""
    need = (
        f"{owner} computes with the features: they must be numbers, such as an encoder "
        "makes of categories."
    )
    return numeric_records(X, need)


def column_moments(X):
    """Mean and standard deviation of what is there in each column; 0 of nothing."""
    # Masked arrays and not nanmean, which warns of empty columns.
    there = np.ma.masked_invalid(X)
    return there.mean(axis=0).filled(0), there.std(axis=0).filled(0)


def takes_numbers(tags):
    """Declare that `features_of` is asked for; changed in place and returned."""
    tags.input_tags.sparse = False
    tags.input_tags.string = False
    tags.input_tags.categorical = False
    return tags
