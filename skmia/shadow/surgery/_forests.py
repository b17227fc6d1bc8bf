"""The other side of a forest: counts of leaves, a record as often as it was drawn.

A record that joins would be drawn for some trees and not for others: it is met with the
chances of the bootstrap.
"""

from functools import partial
from math import exp

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from skmia.shadow.surgery._change import check_trained_on
from skmia.shadow.surgery._operation import Operation
from skmia.shadow.surgery._trees import CountedTree, equals_if_pure, refuses_to_count


def _forest(model, X, codes, inside):
    """Mean over the trees of their answers, less the record or with it."""
    leaves, equals = model.apply(X), equals_if_pure(model, X)
    training, samples = np.flatnonzero(inside), model.estimators_samples_
    chances = {1: 1.0}  # without a bootstrap every tree has it once
    if model.bootstrap:
        chances = _chances(len(samples[0]) / len(training))
    total = np.zeros((len(codes), len(model.classes_)))
    joins = np.flatnonzero(~inside)
    for tree, at, drawn in zip(model.estimators_, leaves.T, samples, strict=True):
        often = np.bincount(drawn, minlength=len(training))
        check_trained_on(len(often) == len(training), model)
        times = np.zeros(len(codes))
        times[training] = often
        counted = CountedTree(tree, at, codes, times, equals)
        # A tree that the record was not drawn for answers as it does.
        for answer, rows in (
            (counted.without, training[often > 0]),
            (counted.own, training[often == 0]),
            (partial(counted.joined, chances=chances), joins),
        ):
            total[rows] += answer(rows)
    return total / len(model.estimators_)


def _chances(mean):
    """How often a record is drawn for a tree: {times: chance}; 3 stands for more, too.

    With replacement, this often on average: about as Poisson's law says.
    """
    never = exp(-mean)
    chances = {0: never, 1: never * mean, 2: never * mean**2 / 2}
    return {**chances, 3: 1 - sum(chances.values())}


OPERATIONS = {
    kind: Operation(_forest, refuses_to_count, exact=False)
    for kind in (RandomForestClassifier, ExtraTreesClassifier)
}
