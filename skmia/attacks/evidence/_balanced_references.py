"""A model beside references that do not tell who is a member by their own records."""

import numpy as np

from skmia.attacks.evidence._references import References


class BalancedReferences(References):
    """A table of references, as many trained on each record as not.

    Shadow models come in pairs with complementary records. Beside one of them in the
    place of the target, the other one was trained on whatever it was not: a member has
    one in model less than others have. That is no leak, and a target has no such
    reference, but an attack model that weighs scores learns from it. Here a shadow
    model is laid beside all but itself and its complement.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="loss"
        What is compared.
    online : bool, default=False
        Whether references must have been trained on the candidates, as an auditor's
        are.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    References : With the complement; for attacks that learn little but a threshold.

    Notes
    -----
    Level: pairs. Threat model: that of the signals; reference models are trained on
    records of the adversary's. Where references answer for both sides of a record,
    both sides of the complement are left out. Designs without complements, such as
    ``ShuffleSplit``, lose no reference, and are balanced on average only. Of 4 models
    there is one on each side: too few for a variance.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import BalancedReferences
    >>> shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=6, random_state=0)
    >>> pairs, member, _ = shadows.fit(*load_digits(return_X_y=True)).pairs(2)
    >>> Z = BalancedReferences("loss").fit_transform(pairs)
    >>> sum(name.startswith("in|") for name in Z)
    4
    >>> set(Z.filter(like="in|").sum(axis=1))
    {2.0}
    """

    def _others(self, session):
        others = super()._others(session)
        if session.member is None:
            return others
        complements = [
            one for one in others if np.array_equal(one.member, ~session.member)
        ]
        return [one for one in others if not any(map(one.same_as, complements))]
