import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from skmia.neural import NetClassifier
from skmia.neural.objectives import Pruning

X, y = load_digits(return_X_y=True)
X, y = X[:200] / 16, y[:200]
SHORT = {"max_epochs": 2, "random_state": 0}


class Watched(Pruning):
    counts = []

    def _after_step(self, run):
        super()._after_step(run)
        weights = [p for p in run.network.parameters() if p.ndim > 1]
        self.counts.append([(int(p.count_nonzero()), p.numel()) for p in weights])


@pytest.mark.parametrize("sparsity", [0.3, 0.5, 0.9])
def test_no_more_weights_than_that_after_any_step(sparsity):
    Watched.counts.clear()
    objective = Watched(sparsity, fine_tune_epochs=3)
    model = NetClassifier(objective=objective, **SHORT).fit(X, y)
    # 200 records are 4 batches; two passes, then three.
    assert len(Watched.counts) == 20
    for layers in Watched.counts[8:]:
        assert all(kept <= (1 - sparsity) * size for kept, size in layers)
    assert sparsity <= model.sparsity_ < sparsity + 0.01


def test_it_goes_on_learning():
    settings = SHORT | {"max_epochs": 20}
    cut, tuned = (
        NetClassifier(objective=Pruning(0.9, fine_tune_epochs=n), **settings).fit(X, y)
        for n in (0, 20)
    )
    assert tuned.score(X, y) > cut.score(X, y)


def test_the_largest_weights_stay():
    plain = NetClassifier(**SHORT).fit(X, y)
    pruned = NetClassifier(objective=Pruning(0.5, fine_tune_epochs=0), **SHORT)
    pairs = zip(
        plain.network_.parameters(), pruned.fit(X, y).network_.parameters(), strict=True
    )
    for before, after in pairs:
        if before.ndim > 1:
            kept = after != 0
            assert before[kept].abs().min() >= before[~kept].abs().max()
            assert torch.equal(before[kept], after[kept])
        else:
            assert torch.equal(before, after)


def test_images():
    def conv(n_outputs):
        layers = nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, n_outputs)
        return nn.Sequential(*layers)

    model = NetClassifier(conv, objective=Pruning(0.75, fine_tune_epochs=1), **SHORT)
    model.fit(X.reshape(-1, 1, 8, 8), y)
    assert (model.network_[0].weight == 0).sum() == 27


def test_with_normalized_weights():
    params = {"weight_norm": True}
    model = NetClassifier(objective=Pruning(0.5), module_params=params, **SHORT)
    for layer in model.fit(X, y).network_:
        if isinstance(layer, nn.Linear):
            assert 2 * int((layer.weight == 0).sum()) == layer.weight.numel()
