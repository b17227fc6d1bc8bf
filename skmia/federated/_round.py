"""One round of a federation: broadcasts, local training, uploads, their average."""

from dataclasses import replace

import numpy as np

from skmia.federated._hooks import Message
from skmia.federated._learners import learner_of
from skmia.utils._random import draw_seeds


def play(federation, round_, history, data, training, rng):
    """Play a round, and write it into the history.

    Parameters
    ----------
    federation : Federation
    round_ : int
        From 0.
    history : History
    data : list of (X, y)
        Records and labels of each party.
    training : LocalTraining
    rng : RandomState
        Of who takes part, and of the training.
    """
    chosen = history.aggregation.choose(rng)
    seeds = draw_seeds(rng, len(data))
    hooks = federation.hooks
    sent, uploaded, counted = [], [], []
    for party in chosen:
        before = history.last.get(party)
        message = Message(round_, int(party), history.current, before)
        received = _through(hooks, "on_broadcast", message).model
        sent.append(received)
        vector = training.train(party, received, *data[party], seeds[party])
        model = learner_of(received).with_vector(received, vector)
        message = replace(message, model=model, received=received)
        message = _through(hooks, "on_upload", message)
        uploaded.append(message.model)
        counted.append(not any(hook.leaves_out(message) for hook in hooks))
    weights = np.ones(len(chosen))
    if federation.averaging == "weighted":
        weights = np.array([len(data[party][1]) for party in chosen], dtype=float)
    history.add(chosen, sent, uploaded, weights * counted)


def _through(hooks, method, message):
    for hook in hooks:
        message = replace(message, model=getattr(hook, method)(message))
    return message
