import pytest
import torch
from torch import nn

from skmia.neural._membership_adversary import MembershipAdversary


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def adversary(members, reference, **settings):
    defaults = {"n_classes": 2, "batch_size": 16, "learning_rate": 0.01}
    return MembershipAdversary(
        members, reference, generator=generator(), **{**defaults, **settings}
    )


def records(n, logit):
    """Records whose only feature pair is what `nn.Identity` takes for their logits."""
    X = torch.tensor([[0.0, logit]]).repeat(n, 1)
    return X, torch.ones(n, dtype=torch.long)


def test_it_tells_members_by_their_confidence():
    members, reference = records(40, 3.0), records(40, 0.5)
    attack = adversary(members, reference)
    attack.learn(nn.Identity(), 200)
    assert (attack.suspicion(*members) > 0.9).all()
    assert (attack.suspicion(*reference) < 0.1).all()


def test_it_tells_members_by_their_label():
    members, (X, codes) = records(40, 1.0), records(40, 1.0)
    attack = adversary(members, (X, 1 - codes))
    attack.learn(nn.Identity(), 200)
    assert (attack.suspicion(*members) > 0.9).all()
    assert (attack.suspicion(X, 1 - codes) < 0.1).all()


@pytest.mark.parametrize("n_reference", [1, 5, 300])
def test_where_nothing_differs_it_guesses_whatever_the_numbers(n_reference):
    # (s - 1)² + s² is least at 1/2.
    members, reference = records(40, 1.0), records(n_reference, 1.0)
    attack = adversary(members, reference)
    attack.learn(nn.Identity(), 300)
    assert attack.suspicion(*members).tolist() == pytest.approx([0.5] * 40, abs=0.01)


def test_the_classifier_stays_as_it_is():
    classifier = nn.Linear(2, 2)
    before = [p.clone() for p in classifier.parameters()]
    adversary(records(9, 1.0), records(9, 0.0)).learn(classifier, 3)
    for parameter, old in zip(classifier.parameters(), before, strict=True):
        assert torch.equal(parameter, old)
        assert parameter.grad is None


def test_gradients_of_the_classifier_do_not_reach_its_next_step():
    members, reference = records(9, 1.0), records(9, 0.0)
    one, other = adversary(members, reference), adversary(members, reference)
    one.suspicion(*members).sum().backward()
    for attack in (one, other):
        attack.learn(nn.Identity(), 1)
    for a, b in zip(one.network.parameters(), other.network.parameters(), strict=True):
        assert torch.equal(a, b)
