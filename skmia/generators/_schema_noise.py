"""Noisy copies of records, by the kind of each feature."""

import numpy as np
import pandas as pd

from skmia.generators._schema_columns import read_table


def noisy_copies(schema, X, n_copies, deviation, change, seed):
    """See :meth:`FeatureSchema.noisy`."""
    Z = schema._read(X)
    rng = np.random.RandomState(seed)
    copies = np.repeat(Z[:, None], n_copies + 1, axis=1)
    numbers = _is_number(schema)
    steps = rng.normal(size=(n_copies, schema.n_columns)) * np.asarray(deviation)
    copies[:, 1:, numbers] = _moved(schema, Z, steps, numbers)
    changes = rng.random_sample(steps.shape) < change
    _change(schema, Z, copies[:, 1:], changes & ~numbers, schema.uniform(n_copies, rng))
    strange = (np.array(schema.kinds) != "continuous") & (np.rint(Z) != Z)
    return _written(schema, X, strange | np.isnan(Z), copies)


def _is_number(schema):
    """Which features have more than two values, and an order."""
    kinds = np.array(schema.kinds)
    numbers = schema.high - schema.low > 1
    return (kinds == "continuous") | ((kinds == "integer") & numbers)


def _moved(schema, Z, steps, numbers):
    """Copies of numbers; integers are rounded, and stay between bounds."""
    own = Z[:, None, numbers]
    moved = own + steps[:, numbers]
    whole = np.array(schema.kinds)[numbers] == "integer"
    # The record's own value may lie beyond them.
    low = np.minimum(schema.low[numbers], own)
    high = np.maximum(schema.high[numbers], own)
    return np.where(whole, np.clip(np.rint(moved), low, high), moved)


def _change(schema, Z, copies, changes, fresh):
    """Change categories in place; one of two values becomes the other one."""
    known = (schema.low <= Z) & (schema.high >= Z)
    for copy, columns in enumerate(map(np.flatnonzero, changes)):
        low, high = schema.low[columns], schema.high[columns]
        own = Z[:, columns]
        other = np.where(high - low == 1, low + high - own, fresh[copy, columns])
        copies[:, copy, columns] = np.where(known[:, columns], other, own)


def _written(schema, X, unknown, copies):
    """Copies as records of the kind of the schema, those of a record together."""
    frame, dtype = read_table(X)
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
        dtype = np.result_type(schema.dtype, schema.dtype if dtype is None else dtype)
        table = np.empty((len(rows), schema.n_features), dtype=dtype)
        for position, column in columns.items():
            table[:, position] = column
        return table
    table = pd.DataFrame({i: columns[i] for i in range(schema.n_features)})
    return table.set_axis(schema.names, axis=1)


def _kept(own, written, unknown):
    """A column that was written, where the record's own value is known."""
    values = np.where(unknown, own.astype(object), np.asarray(written, dtype=object))
    # The listed categories of the two may differ.
    listed = isinstance(own.dtype, pd.CategoricalDtype)
    return pd.Series(values, dtype=object if listed else own.dtype)
