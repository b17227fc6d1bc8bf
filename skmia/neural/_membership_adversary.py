"""The attacker that a classifier is trained against."""

import torch
from torch.nn.functional import one_hot

from skmia.neural._perceptron import perceptron, shuffled_batches

_HIDDEN_UNITS = (128, 64)


class MembershipAdversary:
    """Network that tells members from reference records by their posterior and label.

    Parameters
    ----------
    members, reference : pair of tensors
        Records, and the codes of their classes.
    n_classes : int
    batch_size : int
        Records of either side per step.
    learning_rate : float
        Step size of Adam.
    generator : torch.Generator
        Initial weights and order of the records.

    Attributes
    ----------
    network : torch.nn.Sequential
        From posterior and one-hot label to the logit of being a member.
    """

    def __init__(
        self, members, reference, *, n_classes, batch_size, learning_rate, generator
    ):
        self.network = perceptron([2 * n_classes, *_HIDDEN_UNITS, 1], "relu", generator)
        self.network.to(members[0].device)
        self._n_classes = n_classes
        self._optimizer = torch.optim.Adam(
            self.network.parameters(), lr=learning_rate, fused=True
        )
        self._sides = [
            _endless(*side, batch_size, generator) for side in (members, reference)
        ]

    def suspicion(self, logits, codes):
        """How sure it is of each record that it is a member, between 0 and 1."""
        label = one_hot(codes, self._n_classes)
        evidence = torch.cat([logits.softmax(dim=1), label], dim=1)
        return self.network(evidence)[:, 0].sigmoid()

    def learn(self, classifier, n_steps):
        """Take steps against the classifier as it is, which stays as it is."""
        for _ in range(n_steps):
            (X, codes), (X_reference, codes_reference) = map(next, self._sides)
            with torch.no_grad():
                logits = classifier(torch.cat([X, X_reference]))
            suspicion = self.suspicion(logits, torch.cat([codes, codes_reference]))
            of_members, of_others = suspicion.tensor_split([len(X)])
            # Each side counts one half, however many records its batch has.
            loss = (1 - of_members).square().mean() + of_others.square().mean()
            # Training the classifier leaves gradients here, too.
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()


def _endless(X, codes, batch_size, generator):
    while True:
        yield from shuffled_batches(X, codes, batch_size, generator)
