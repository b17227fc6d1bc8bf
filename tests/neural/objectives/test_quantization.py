import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.utils._param_validation import InvalidParameterError

from skmia.neural import NetClassifier
from skmia.neural.objectives import Pruning, Quantization

X, y = load_digits(return_X_y=True)
X, y = X[:200] / 16, y[:200]
SHORT = {"max_epochs": 2, "random_state": 0}


@pytest.mark.parametrize("n_bits", [2, 4, 8])
def test_weights_are_multiples_of_a_step(n_bits):
    plain = NetClassifier(**SHORT).fit(X, y)
    model = NetClassifier(objective=Quantization(n_bits), **SHORT).fit(X, y)
    largest = 2 ** (n_bits - 1) - 1
    pairs = zip(plain.network_.parameters(), model.network_.parameters(), strict=True)
    for before, after in pairs:
        if before.ndim == 1:
            assert torch.equal(before, after)
            continue
        step = before.abs().max() / largest
        levels = after / step
        # Rounding of single precision: a level is at most 127, of 24 bits.
        assert (levels - levels.round()).abs().max() < 1e-4
        assert levels.abs().max().round() == largest
        assert (after - before).abs().max() <= step * (0.5 + 1e-4)
    assert model.n_levels_ <= 2 * largest + 1


def test_few_bits_change_answers_and_many_do_not():
    plain = NetClassifier(**SHORT).fit(X, y).predict_proba(X)
    few, many = (
        NetClassifier(objective=Quantization(n), **SHORT).fit(X, y).predict_proba(X)
        for n in (2, 16)
    )
    assert abs(few - plain).max() > 0.01
    # Steps of 16 bits are 3e-5 of the largest weight, and a hundred of them are summed.
    assert abs(many - plain).max() < 0.01


def test_what_is_pruned_stays_0():
    both = [Pruning(0.75, fine_tune_epochs=1), Quantization(4)]
    model = NetClassifier(objective=both, **SHORT).fit(X, y)
    alone = NetClassifier(objective=both[0], **SHORT).fit(X, y)
    for pruned, rounded in zip(
        alone.network_.parameters(), model.network_.parameters(), strict=True
    ):
        if pruned.ndim > 1:
            assert (rounded[pruned == 0] == 0).all()


@pytest.mark.parametrize("n_bits", [1, 17, 4.0])
def test_numbers_of_bits_that_make_no_sense(n_bits):
    with pytest.raises(InvalidParameterError, match="n_bits"):
        NetClassifier(objective=Quantization(n_bits), **SHORT).fit(X, y)
