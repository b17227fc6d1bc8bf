"""What all estimators share: parameters that are kept as they were given."""

from sklearn.base import BaseEstimator


class Estimator(BaseEstimator):
    """Estimator whose ``__init__`` says which parameters there are, and no more."""

    def _keep_params(self, given):
        """Keep every parameter of an ``__init__`` as the attribute of its name.

        Parameters
        ----------
        given : dict
            ``locals()`` of that ``__init__``, before any other line of it.
        """
        params = {name: value for name, value in given.items() if name != "self"}
        vars(self).update(params)
