"""The ensemble behind Split-AI and SELENA: who was left out of which sub-model."""

import hashlib
from math import ceil

import numpy as np

from skmia.defenses.distillation._teachers import check_class_sizes, fit_clones
from skmia.utils._labels import aligned_posterior
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key


class SplitEnsemble:
    """Sub-models, and for every training record those that it was left out of.

    Attributes
    ----------
    models : list of fitted classifiers
    classes_ : ndarray of shape (n_classes,)
    non_model : ndarray of int of shape (n_samples, n_out)
        Places of the sub-models that each training record was left out of.
    rows : dict of str to int
        First row of each training record, by the keyed hash of its content: in
        hexadecimal digits, since skops saves no keys of bytes.
    secret : bytes
        Key of that hash.
    """

    def __init__(self, models, classes, non_model, rows, secret):
        self.models = models
        self.classes_ = classes
        self.non_model = non_model
        self.rows = rows
        self.secret = secret

    @property
    def n_features_in_(self):
        """Number of features seen by the sub-models."""
        return self.models[0].n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features, where the sub-models were given names."""
        return self.models[0].feature_names_in_

    def predict_proba(self, X):
        """Mean posterior of the sub-models that each record is answered by."""
        answers = (aligned_posterior(model, X, self.classes_) for model in self.models)
        first = next(answers)  # the model complains of what is no record
        weights = self._weights(X)
        posterior = weights[:, [0]] * first
        for j, answer in enumerate(answers, start=1):
            posterior += weights[:, [j]] * answer
        return posterior

    def _weights(self, X):
        """Share of each sub-model in the answer to each record."""
        pattern = self.non_model[self._patterns(X)]
        weights = np.zeros((len(pattern), len(self.models)))
        np.put_along_axis(weights, pattern, 1 / pattern.shape[1], axis=1)
        return weights

    def _patterns(self, X):
        """Training row whose sub-models answer: its own, or one drawn by the hash."""
        keys = coarse_keys(X, self)
        drawn = record_uniforms(keys, 1, self.secret)[:, 0] * len(self.non_model)
        digests = record_digests(keys, self.secret)
        return np.array(
            [
                self.rows.get(digest, int(row))
                for digest, row in zip(digests, drawn, strict=True)
            ]
        )


def fit_split_ensemble(owner, X, y, rng, sample_weight=None):
    """Sub-models of a defense, each fitted without the records left out of it.

    Equal records are left out together: a record that is there twice would else be
    seen by the sub-models that answer it.

    Parameters
    ----------
    owner : TrainingDefense
        Has `estimator`, `n_models`, `n_out` and `n_jobs`.
    X, y, sample_weight : as for ``_train``
    rng : RandomState

    Returns
    -------
    ensemble : SplitEnsemble
    """
    n_models, n_out, name = owner.n_models, owner.n_out, type(owner).__name__
    if n_out >= n_models:
        raise ValueError(
            f"The 'n_out' parameter of {name} must be less than 'n_models', or no "
            f"sub-model is left to learn from a record. Got n_out={n_out} and "
            f"n_models={n_models} instead."
        )
    secret = secret_key(rng)
    rows = {}
    digests = record_digests(coarse_keys(X), secret)
    first = [rows.setdefault(digest, i) for i, digest in enumerate(digests)]
    first, record = np.unique(first, return_inverse=True)
    needed = ceil(n_models / (n_models - n_out))
    check_class_sizes(y[first], needed, name)
    non_model = draw_non_models(y[first], n_models, n_out, rng)[record]
    parts = [
        np.flatnonzero((non_model != model).all(axis=1)) for model in range(n_models)
    ]
    models = fit_clones(owner.estimator, X, y, parts, rng, owner.n_jobs, sample_weight)
    models = [owner._check_answers(model) for model in models]
    return SplitEnsemble(models, np.unique(y), non_model, rows, secret)


def record_digests(keys, secret):
    """Keyed hash of the key of each record."""
    hashes = (hashlib.blake2b(key, key=secret, digest_size=16) for key in keys)
    return [one.hexdigest() for one in hashes]


def draw_non_models(labels, n_models, n_out, rng):
    """Sub-models that each record is left out of: for each record uniform subsets.

    Within a class every sub-model leaves out as many records as any other, or one
    more: it sees the class if that has ``n_models / (n_models - n_out)`` records.

    Parameters
    ----------
    labels : ndarray of shape (n_records,)
    n_models, n_out : int
    rng : RandomState

    Returns
    -------
    non_model : ndarray of int of shape (n_records, n_out)
        Ascending in each row.
    """
    non_model = np.empty((len(labels), n_out), dtype=np.intp)
    for label in np.unique(labels):
        left_out = np.zeros(n_models)
        # In random order: successive subsets are far from independent.
        for i in rng.permutation(np.flatnonzero(labels == label)):
            fewest_first = np.lexsort((rng.uniform(size=n_models), left_out))
            non_model[i] = np.sort(fewest_first[:n_out])
            left_out[non_model[i]] += 1
    return non_model
