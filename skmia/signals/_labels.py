"""Signals of an adversary who sees labels only: plain functions ``f(y, predicted)``.

Labels are positions among the classes, -1 for a true label that the model does not
know.
"""


def correctness(y, predicted):
    """1 where the predicted label is the true one."""
    return y == predicted


def predicted_label(y, predicted):
    """Position of the predicted label: a grouping key, not a quantity."""
    return predicted


def true_label(y):
    """Position of the true label: a grouping key, not a quantity."""
    return y
