"""What models that were trained on parts of one pool say about all of it."""

from abc import ABC, abstractmethod


class PoolAnswers(ABC):
    """Answers of the models of one estimator about the pool.

    Of what all models share nothing is computed before one is asked.
    """

    _latest = None, None

    def ask(self, model, method, inside):
        """What ``method`` of a model would return about the pool, up to rounding.

        Parameters
        ----------
        model : fitted classifier
        method : str
        inside : ndarray of bool of shape (n_records,) or None
            Who it was trained on, each once; None where some were drawn twice.

        Returns
        -------
        answer : ndarray or None
            None: the model must be asked itself.
        """
        if inside is None or method not in ("predict", "predict_proba"):
            return None
        latest, posterior = self._latest
        if latest is not model:
            posterior = self.posterior(model, inside)
            self._latest = model, posterior
        if method == "predict":
            return model.classes_[posterior.argmax(axis=1)]
        return posterior

    @abstractmethod
    def posterior(self, model, inside):
        """Posterior of a model, of shape (n_records, n_classes)."""

    def other_side(self, model, inside):
        """As :func:`skmia.shadow.other_side`; None: it must be computed by that."""
        return None
