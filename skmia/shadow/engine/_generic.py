"""The trainer of every kind of model: one after the other. What others are equal to."""

from skmia.utils._fitting import fit_clone


class Generic:
    """Fits clones one by one; what cannot be fitted says so itself."""

    def at_once(self, estimator):
        """One: what jobs share is dealt as finely as can be."""
        return 1

    def fit(self, tasks, X, y):
        """Fitted models of tasks, in their order."""
        return [
            fit_clone(one.estimator, X, y, one.rows, one.seed, None, one.fit_params)
            for one in tasks
        ]

    def answers(self, tasks, X, y):
        """What the models say about the pool: they must be asked."""
        return None
