"""Noisy copies of records, by the kind of each feature."""

import numpy as np
import pandas as pd

from skmia.generators._schema_columns import read_table

# Probability that a category changes, for each unit of the scale.
CHANGES = 0.3
MOST_CHANGES = 0.5


def noisy_copies(schema, X, n_copies, scale, spread, seed):
    """See :meth:`FeatureSchema.noisy`."""
    frame, _ = read_table(X)
    Z = schema._read(X)
    copies = np.repeat(Z[:, None], n_copies + 1, axis=1)
    steps = _steps(schema, n_copies, scale, spread, np.random.RandomState(seed))
    _move(schema, copies[:, 1:], *steps)
    return _written(schema, frame, np.isnan(Z), copies)


def _steps(schema, n_copies, scale, spread, rng):
    """What is added, which entries change, and to what: the same for all records."""
    shape = n_copies, schema.n_columns
    added = rng.normal(size=shape) * np.multiply(scale, spread)
    changed = rng.random_sample(shape) < min(MOST_CHANGES, CHANGES * scale)
    return added, changed, schema.uniform(n_copies, rng)


def _move(schema, copies, added, changed, fresh):
    """Move copies of records, (n_records, n_copies, n_columns), in place."""
    low, high, kinds = schema.low, schema.high, np.array(schema.kinds)
    binary = (kinds != "continuous") & (high - low == 1)
    whole = (kinds == "integer") & ~binary
    category = (kinds == "categorical") & ~binary
    plain = kinds == "continuous"
    copies[..., plain] += added[:, plain]
    own = copies[..., whole]
    moved = np.rint(own + added[:, whole])
    copies[..., whole] = np.clip(
        moved, np.minimum(low[whole], own), np.maximum(high[whole], own)
    )
    for columns, others in ((binary, low + high - copies), (category, fresh)):
        own = copies[..., columns]
        known = (low[columns] <= own) & (own <= high[columns])
        copies[..., columns] = np.where(
            known & changed[:, columns], others[..., columns], own
        )


def _written(schema, frame, unknown, copies):
    """Copies as records of the kind of the schema, those of a record together."""
    n_each = copies.shape[1]
    rows = np.repeat(np.arange(len(copies)), n_each)
    copies, unknown = copies.reshape(len(rows), -1), unknown[rows]
    columns = {}
    for i, feature in enumerate(schema.features):
        # What the schema does not know stays as it was, whatever is written for it.
        values = np.where(unknown[:, i], feature.low, copies[:, i])
        for position, column in feature.write(values):
            if unknown[:, i].any():
                column = _kept(frame.iloc[rows, position], column, unknown[:, i])
            columns[position] = column
    if schema.dtype is not None:
        X = np.empty((len(rows), schema.n_features), dtype=schema.dtype)
        for position, column in columns.items():
            X[:, position] = column
        return X
    table = pd.DataFrame({i: columns[i] for i in range(schema.n_features)})
    return table.set_axis(schema.names, axis=1)


def _kept(own, written, unknown):
    values = np.where(unknown, own.astype(object), np.asarray(written, dtype=object))
    column = pd.Series(values)
    return (
        column
        if isinstance(own.dtype, pd.CategoricalDtype)
        else column.astype(own.dtype)
    )
