"""Models of a history: their parameters in tables, a model when it is looked at."""

from collections.abc import Sequence

import numpy as np

from skmia.federated._learners import learner_of


class Models(Sequence):
    """Fitted models that differ by their parameters only.

    Parameters
    ----------
    template : fitted classifier
        One of them.
    places : list of (table, column)
        Where the parameters of each lie: a table of shape (n_parameters, n_models), in
        memory or in a file, and its column.
    """

    def __init__(self, template, places):
        self._template, self._places = template, places

    def __len__(self):
        return len(self._places)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return Models(self._template, self._places[place])
        vector = self.vector(place)
        return learner_of(self._template).with_vector(self._template, vector)

    def vector(self, place):
        """Parameters of one model, in one row.

        Parameters
        ----------
        place : int

        Returns
        -------
        vector : ndarray of shape (n_parameters,)
        """
        table, column = self._places[place]
        return np.asarray(table[:, column : column + 1]).ravel()
