"""Several objectives as one."""

from itertools import chain

from skmia.neural.objectives._base import Objective

# What one objective can decide only.
_ALONE = {
    "_prepare": "holds records out",
    "_n_epochs": "sets the number of passes",
    "_optimizer": "makes the optimizer",
    "_batches": "makes the batches",
    "_change": "changes the batches",
    "_loss": "is the loss",
}


def _decided(hook):
    """The hook of the one objective that decides, or the usual one."""

    def decided(self, *args):
        deciding = [one for one in self.objectives if _decides(one, hook)]
        return getattr([*deciding, Objective()][0], hook)(*args)

    return decided


class Together(Objective):
    """Objectives that have an effect together, no two of them on the same thing.

    Parameters
    ----------
    objectives : list of Objective
    """

    def __init__(self, objectives):
        self.objectives = objectives

    def check(self):
        """Raise a ValueError that names two objectives that exclude each other."""
        for name, what in _ALONE.items():
            deciding = [one for one in self.objectives if _decides(one, name)]
            if len(deciding) > 1:
                first, second = (type(one).__name__ for one in deciding[:2])
                raise ValueError(
                    f"The 'objective' parameter cannot hold {first} and {second} "
                    f"together: each of them {what}. Keep one of the two."
                )
        strict = next((one for one in self.objectives if one._alone), None)
        if strict is not None:
            raise ValueError(
                f"The 'objective' parameter cannot hold {type(strict).__name__} and "
                f"others together: {strict._alone}."
            )
        mixing = [one for one in self.objectives if one._mixes]
        strict = [one for one in self.objectives if one._needs_labels]
        strict = [one for one in strict if one not in mixing]
        if mixing and strict:
            raise ValueError(
                f"The 'objective' parameter cannot hold {type(mixing[0]).__name__}, "
                f"which mixes labels, and {type(strict[0]).__name__} together: "
                f"{strict[0]._needs_labels}. Keep one of the two."
            )

    _prepare = _decided("_prepare")
    _n_epochs = _decided("_n_epochs")
    _optimizer = _decided("_optimizer")
    _batches = _decided("_batches")
    _change = _decided("_change")
    _loss = _decided("_loss")

    def _begin_epoch(self, run):
        for one in self.objectives:
            one._begin_epoch(run)

    def _before_step(self, run):
        for one in self.objectives:
            one._before_step(run)

    def _terms(self, run, outputs, batch):
        return [t for one in self.objectives for t in one._terms(run, outputs, batch)]

    def _after_step(self, run):
        for one in self.objectives:
            one._after_step(run)

    def _end(self, run):
        return dict(chain(*(one._end(run).items() for one in self.objectives)))

    @property
    def _no_weights(self):
        return self._first("_no_weights")

    @property
    def _needs_labels(self):
        return self._first("_needs_labels")

    @property
    def _needs_classes(self):
        return self._first("_needs_classes")

    @property
    def _no_partial_fit(self):
        return self._first("_no_partial_fit")

    @property
    def _takes_groups(self):
        return self._first("_takes_groups") or False

    def _first(self, name):
        found = (getattr(one, name) for one in self.objectives)
        return next(filter(None, found), None)


def _decides(objective, name):
    return getattr(type(objective), name) is not getattr(Objective, name)
