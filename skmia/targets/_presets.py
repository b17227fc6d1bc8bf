"""What prediction servers read and write: records to JSON, and JSON to answers."""

import numpy as np
import pandas as pd
from scipy import sparse


def encode(preset, X):
    """Records as a server wants them.

    Parameters
    ----------
    preset : {"json", "mlflow", "open-inference"}
    X : {array-like, sparse matrix, DataFrame} of length n_records

    Returns
    -------
    content : list or dict
        Lists and plain values; what is missing is None.
    """
    return _PRESETS[preset][0](X)


def decode(preset, method, answer):
    """The answers in what a server wrote.

    Parameters
    ----------
    preset : {"json", "mlflow", "open-inference"}
    method : {"predict", "predict_proba"}
        What is looked for, where a server gives several things.
    answer : object
        Decoded JSON.

    Returns
    -------
    answers : array-like
    """
    return _PRESETS[preset][1](method, answer)


def _rows(X):
    if hasattr(X, "columns"):
        return [list(row) for row in zip(*_columns(X).values(), strict=True)]
    array = X.toarray() if sparse.issparse(X) else np.asarray(X)
    if array.dtype.kind in "fO":
        array = np.where(pd.isna(array), None, array)
    return array.tolist()


def _columns(X):
    """Columns of a frame by name, each of its own kind of values."""
    columns = {name: pd.Series(X[name]).astype(object) for name in X.columns}
    return {
        name: one.where(one.notna(), None).tolist() for name, one in columns.items()
    }


def _to_mlflow(X):
    if hasattr(X, "columns"):
        return {"dataframe_split": {"columns": list(X.columns), "data": _rows(X)}}
    return {"inputs": _rows(X)}


def _to_open_inference(X):
    if hasattr(X, "columns"):
        kinds = {name: np.asarray(X[name]).dtype for name in X.columns}
        inputs = [
            _tensor(str(name), [len(values), 1], kinds[name], values)
            for name, values in _columns(X).items()
        ]
        return {"inputs": inputs}
    array = X.toarray() if sparse.issparse(X) else np.asarray(X)
    return {
        "inputs": [_tensor("input-0", array.shape, array.dtype, _rows(array.ravel()))]
    }


def _tensor(name, shape, dtype, data):
    letters = {"f": "FP", "i": "INT", "u": "UINT"}.get(dtype.kind)
    other = "BOOL" if dtype.kind == "b" else "BYTES"
    datatype = f"{letters}{8 * dtype.itemsize}" if letters else other
    return {"name": name, "shape": list(shape), "datatype": datatype, "data": data}


def _from_open_inference(method, answer):
    """The first output of the wanted kind, or else the first."""
    outputs = [np.reshape(one["data"], one["shape"]) for one in answer["outputs"]]
    several = method == "predict_proba"
    fitting = (one for one in outputs if (one[0].size > 1) == several)
    return next(fitting, outputs[0])


_PRESETS = {
    "json": (_rows, lambda method, answer: answer),
    "mlflow": (_to_mlflow, lambda method, answer: answer["predictions"]),
    "open-inference": (_to_open_inference, _from_open_inference),
}
PRESETS = frozenset(_PRESETS)
