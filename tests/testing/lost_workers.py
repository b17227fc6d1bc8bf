"""What kills the worker that calls it; a module that workers can import."""

import os
import signal

from sklearn.tree import DecisionTreeClassifier


def killed_once(flag):
    """Kill this process, but not where another one was killed before."""
    try:
        open(flag, "x").close()
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def squared(number, flag=None):
    """The square of a number; the worker of the third is killed."""
    if flag is not None and number == 3:
        killed_once(flag)
    return number**2


def killed(number):
    """No call comes back."""
    os.kill(os.getpid(), signal.SIGKILL)


class Killed(DecisionTreeClassifier):
    """A tree; the first process that fits one is killed in the middle of it."""

    def __init__(self, flag="", random_state=None):
        super().__init__(random_state=random_state)
        self.flag = flag

    def fit(self, X, y, sample_weight=None):
        killed_once(self.flag)
        return super().fit(X, y, sample_weight)
