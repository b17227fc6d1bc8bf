"""Gradients of networks of torch by their parameters, record by record."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

torch = pytest.importorskip("torch")
skorch = pytest.importorskip("skorch")

from sklearn.datasets import load_digits  # noqa: E402

from skmia.signals import get_signal  # noqa: E402
from skmia.signals.white_box._parameter_gradients import (  # noqa: E402
    gradients,
    no_parameter_gradients,
)

nn = torch.nn
X, Y = load_digits(n_class=3, return_X_y=True)
IMAGES = (X[:90] / 16).reshape(-1, 1, 8, 8).astype("f4")
Y = Y[:90].astype("i8")


class Forked(nn.Module):
    """Looks at the values that it is given, which cannot be done for many at once."""

    def __init__(self):
        super().__init__()
        self.one, self.other = nn.Linear(64, 3), nn.Linear(64, 3)

    def forward(self, X):
        rows = X.reshape(len(X), -1)
        return torch.stack(
            [
                self.one(x) if float(x.detach().sum()) > 20 else self.other(x)
                for x in rows
            ]
        )


def convolutions():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(36, 3),
    )


def trained(module, criterion=nn.CrossEntropyLoss, y=Y):
    torch.manual_seed(0)
    net = skorch.NeuralNetClassifier(
        module, criterion=criterion, max_epochs=2, lr=0.05, verbose=0, train_split=None
    )
    return net.fit(IMAGES, y)


def by_autograd(net, row, y=Y):
    """Gradient of one record, as torch has it in double precision."""
    module = net.module_.double().eval()
    out = module(torch.tensor(IMAGES[[row]]).double())
    label = torch.tensor(y[[row]])
    if isinstance(net.criterion_, nn.NLLLoss):
        out = torch.log(out + torch.finfo(torch.float32).eps)
    elif isinstance(net.criterion_, nn.BCEWithLogitsLoss):
        out, label = out.reshape(-1), label.double()
    loss = net.criterion_(out, label)
    found = torch.autograd.grad(loss, list(module.parameters()), allow_unused=True)
    every = zip(found, module.parameters(), strict=True)
    arrays = [torch.zeros_like(one) if grad is None else grad for grad, one in every]
    module.float()
    return float(loss.detach()), np.concatenate([one.ravel() for one in arrays])


CASES = {
    "convolutions": lambda: (trained(convolutions), Y),
    "forked": lambda: (trained(Forked), Y),
    "probabilities": lambda: (
        trained(
            lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 3), nn.Softmax(1)),
            nn.NLLLoss,
        ),
        Y,
    ),
    "two": lambda: (
        trained(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), y=Y % 2),
        Y % 2,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_agree_with_autograd(case):
    """Single precision, of sums of hundreds of terms."""
    net, y = CASES[case]()
    norm = get_signal("gradient_norm")(net, IMAGES, y)[:, 0]
    said = get_signal("gradient_statistics")(net, IMAGES, y)[:, 7:]
    (part,) = gradients(net, IMAGES, y)
    for row in range(0, 90, 13):
        loss, expected = by_autograd(net, row, y)
        size = np.linalg.norm(expected)
        found = np.concatenate([one.values[row].ravel() for one in part.blocks])
        assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * size)
        assert part.loss[row] == pytest.approx(loss, rel=1e-4, abs=1e-6)
        assert norm[row] == pytest.approx(size, rel=1e-4)
        assert said[row, 0] == pytest.approx(abs(expected).sum(), rel=1e-4)
        assert said[row, 3] == pytest.approx(abs(expected).max(), rel=1e-4)


def test_one_output_for_two_classes():
    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.only = nn.Linear(64, 1)

        def forward(self, X):
            return self.only(X.reshape(len(X), -1)).reshape(-1)

    torch.manual_seed(0)
    y = (Y % 2).astype("f4")
    net = skorch.NeuralNetBinaryClassifier(
        Flat, max_epochs=2, verbose=0, train_split=None
    ).fit(IMAGES, y)
    norm = get_signal("gradient_norm")(net, IMAGES, y)[:, 0]
    for row in (0, 1, 50):
        _, expected = by_autograd(net, row, y)
        assert norm[row] == pytest.approx(np.linalg.norm(expected), rel=1e-4)


def test_layers_and_what_they_are_given():
    net = trained(convolutions)
    (part,) = gradients(net, IMAGES, Y)
    assert [len(layer) for layer in part.layers] == [2, 2, 2]
    convolved, flat = part.hidden()
    assert convolved.shape == (90, 4 * 6 * 6)
    with torch.inference_mode():
        expected = net.module_.eval()[:-1](torch.tensor(IMAGES))
    assert_allclose(flat, expected, rtol=1e-5)
    assert not net.module_[0]._forward_pre_hooks


def test_only_what_is_trained():
    net = trained(convolutions)
    net.module_[0].requires_grad_(False)
    (part,) = gradients(net, IMAGES, Y)
    assert sum(one.values.shape[1] for one in part.blocks) == 8 + 111
    net.module_.requires_grad_(False)
    (part,) = gradients(net, IMAGES, Y)
    assert sum(one.values.shape[1] for one in part.blocks) == 40 + 8 + 111


def test_other_losses_are_refused():
    class Own(nn.CrossEntropyLoss):
        pass

    assert "are not known" in no_parameter_gradients(trained(convolutions, Own))
