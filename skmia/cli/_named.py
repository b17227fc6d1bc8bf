"""Data sets and the example of the command line, by name."""

from functools import partial


def _digits(seed):
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


def _adult(seed):
    """Numbers, and one 0/1 column per category."""
    import numpy as np
    import pandas as pd

    from skmia import datasets

    X, y = datasets.fetch_adult(return_X_y=True, as_frame=True)
    return pd.get_dummies(X, dtype=np.float32).to_numpy(np.float32), y.to_numpy()


def _fetched(name, seed):
    from skmia import datasets

    return getattr(datasets, f"fetch_{name}")(return_X_y=True)


def _purchases(seed):
    from skmia import datasets

    return datasets.make_purchases(random_state=seed)


DATASETS = {
    "digits": _digits,
    "adult": _adult,
    "location30": partial(_fetched, "location30"),
    "mnist": partial(_fetched, "mnist"),
    "cifar10": partial(_fetched, "cifar10"),
    "purchases": _purchases,
}


def load_dataset(name, n_samples, seed):
    """Records and labels of a named data set, or a stratified sample of them.

    Parameters
    ----------
    name : str
        One of `DATASETS`.
    n_samples : int or None
        Size of the sample; None for all.
    seed : int
        Seed of the sample, and of data that are generated.

    Returns
    -------
    X : ndarray of shape (n_records, n_features)
    y : ndarray of shape (n_records,)
    """
    from sklearn.model_selection import train_test_split

    X, y = DATASETS[name](seed)
    if n_samples is None or n_samples == len(y):
        return X, y
    X, _, y, _ = train_test_split(
        X, y, train_size=n_samples, stratify=y, random_state=seed
    )
    return X, y


def digits_example():
    """Arguments of an audit: random forest, training and holdout half of the digits."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split

    X, y = _digits(0)
    X_train, X_holdout, y_train, y_holdout = train_test_split(
        X, y, test_size=0.5, stratify=y, random_state=0
    )
    model = RandomForestClassifier(100, random_state=0).fit(X_train, y_train)
    return model, X_train, y_train, X_holdout, y_holdout
