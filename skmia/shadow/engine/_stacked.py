"""The trainer of small networks."""

from importlib import import_module

from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.utils._random import set_random_states


class StackedNetworks:
    """Trains many ``skmia.neural.MLPNet`` as one network, see ``fit_stacked``.

    The code is beside the network. It is loaded by name, and by nobody who has no
    network: it needs torch.
    """

    def at_once(self, estimator):
        """All that a GPU is given; a core has its hands full with few."""
        return 64 if str(estimator.device).startswith("cuda") else 8

    def refuses(self, estimator, X, y):
        """Why these are for ``fit_clone``, in words, or None."""
        return _code().why_not_stacked(estimator, X, y)

    def fit(self, tasks, X, y):
        """Fitted models of tasks, in their order: the clones that ``fit_clone`` fits.

        Networks of one shape and of equally many records are trained as one.
        """
        models = [
            set_random_states(clone(task.estimator), check_random_state(task.seed))
            for task in tasks
        ]
        _code().fit_stacked(models, X, y, [task.rows for task in tasks])
        return models

    def answers(self, tasks, X, y):
        """What the models say about the pool: they must be asked."""
        return None


def _code():
    return import_module("skmia.neural._stacked")
