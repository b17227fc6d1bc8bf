"""What a network was like while it was trained."""

from copy import copy, deepcopy

import numpy as np
from skorch.callbacks import Callback

from skmia.neural._loop import unwire


class Looks(Callback):
    """Copies of what a training has learned by the end of some of its epochs.

    Parameters
    ----------
    n_looks : int
        As many, at equal distances; of fewer epochs some are looked at again. The last
        one is left to the fitted model.
    """

    def __init__(self, n_looks):
        self.n_looks = n_looks

    def begin(self, run):
        """Look at a training, whose number of epochs is known, until it ends."""
        looks = np.linspace(0, run.net.max_epochs, self.n_looks + 1)[1:-1]
        self._epochs = np.ceil(looks).astype(int).tolist()
        self._run, self._learned = run, {}
        run.net.callbacks_ = [*run.net.callbacks_, ("looks", self)]

    def on_epoch_end(self, net, **kwargs):
        """Copy the network, if it is looked at after this epoch."""
        epoch = self._run.epoch + 1
        if epoch in self._epochs:
            seen = copy(self._run)
            seen.net = _with_own_module(net)
            unwire(seen)
            self._learned[epoch] = seen.owner._learned(seen)

    def on_train_end(self, net, **kwargs):
        """Leave the net as if nobody had looked."""
        net.callbacks_ = [each for each in net.callbacks_ if each[1] is not self]

    def models(self, fitted):
        """The estimator as it was at each look.

        The last one is the fitted estimator itself: what is done after the last epoch
        (the best weights taken back, say) is part of its training. It stands for
        epochs that an early end left out, too.

        Parameters
        ----------
        fitted : estimator
            The one that was trained.

        Returns
        -------
        models : list of fitted estimators
        """
        return [*(self._model(fitted, at) for at in self._epochs), fitted]

    def _model(self, fitted, epoch):
        model = copy(fitted)
        vars(model).update(self._learned.get(epoch, {}))
        return model


def _with_own_module(net):
    """A net of skorch with a module of its own, all else shared; only to be asked."""
    seen = object.__new__(type(net))
    vars(seen).update(vars(net), module_=deepcopy(net.module_))
    vars(seen).update(callbacks_=[], optimizer_=None)
    return seen
