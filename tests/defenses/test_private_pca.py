"""PCA with differential privacy: what it finds, shortens and refuses."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skmia.defenses import PrivacyAccountant, PrivatePCA
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning

# Seeds make tests repeat; the warning has a test of its own.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The noise of PrivatePCA:skmia.exceptions.PrivacyLeakWarning"
)
DELTAS = pytest.mark.parametrize("delta", [0, 1e-5])
# Of different widths, and not around 0.
LOW, HIGH = np.array([-7.0, 0, 90, -1]), np.array([9.0, 4, 110, 2])
MIDDLE = np.array([1.0, 2, 100, 0.5])


def private(n_components=None, **params):
    known = {"bounds": (LOW, HIGH), "random_state": 0}
    return PrivatePCA(n_components, **(known | params))


@pytest.fixture
def X(global_random_seed):
    """With its mean in the middle of the bounds, and eigenvalues apart."""
    rng = np.random.RandomState(global_random_seed)
    Z = rng.normal(size=(300, 4)) * [2, 1, 0.5, 0.2]
    Z = (Z - Z.mean(axis=0)) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    # Scaled into the bounds, by one factor.
    return MIDDLE + Z / (np.abs(Z) / ((HIGH - LOW) / 2)).max()


@DELTAS
def test_without_noise_it_is_pca(delta, X):
    model = private(3, epsilon=1e12, delta=delta).fit(X)
    plain = PCA(3).fit(X)
    signs = np.sign((model.components_ * plain.components_).sum(axis=1))
    # Rounded to 2**-14 of half the diagonal, and the gaps of the eigenvalues.
    assert_allclose(model.components_, plain.components_ * signs[:, None], atol=0.01)
    assert_allclose(
        model.explained_variance_, plain.explained_variance_ * 299 / 300, rtol=0.01
    )
    assert_allclose(model.transform(X), plain.transform(X) * signs, atol=0.05)
    assert_allclose(
        model.inverse_transform(model.transform(X)),
        plain.inverse_transform(plain.transform(X)),
        atol=0.05,
    )


@DELTAS
def test_components_are_orthogonal_and_have_a_sign(delta, X):
    for seed in range(10):
        model = private(epsilon=0.5, delta=delta, random_state=seed).fit(X)
        C = model.components_
        assert_allclose(C @ C.T, np.eye(4), atol=1e-12)
        assert (C[np.arange(4), np.abs(C).argmax(axis=1)] > 0).all()
        assert (np.diff(model.explained_variance_) <= 0).all()
        assert (model.explained_variance_ >= 0).all()
        assert_allclose(model.inverse_transform(model.transform(X)), X, atol=1e-9)
        fewer = private(2, epsilon=0.5, delta=delta, random_state=seed).fit(X)
        assert_array_equal(fewer.components_, C[:2])


@DELTAS
def test_the_unit_changes_the_unit_only(delta, X):
    """By a power of 2, so that the steps of the grid are the same."""
    one = private(delta=delta).fit(X)
    other = private(bounds=(8 * LOW, 8 * HIGH), delta=delta).fit(8 * X)
    assert_allclose(other.components_, one.components_, atol=1e-9)
    assert_allclose(other.explained_variance_, 64 * one.explained_variance_)
    assert other.data_norm_ == 8 * one.data_norm_
    assert_allclose(other.transform(8 * X), 8 * one.transform(X), atol=1e-9)


@DELTAS
def test_records_beyond_bounds_and_norm_are_shortened(delta, X):
    def short(X):
        Z = np.clip(X, LOW, HIGH) - MIDDLE
        lengths = np.linalg.norm(Z, axis=1, keepdims=True)
        return MIDDLE + Z / np.maximum(lengths / 3, 1)

    far = MIDDLE + 5 * (X - MIDDLE)
    model = private(data_norm=3, delta=delta)
    one, other = model.fit(far).components_, model.fit(short(far)).components_
    assert_allclose(one, other, atol=1e-6)
    assert_allclose(model.transform(far), model.transform(short(far)), atol=1e-9)
    lengths = np.linalg.norm(model.transform(far), axis=1)
    assert lengths.max() == pytest.approx(3)
    assert model.data_norm_ == 3


def test_without_a_norm_no_record_within_the_bounds_is_shortened(X):
    model = private(epsilon=1e9).fit(X)
    assert model.data_norm_ == pytest.approx(np.linalg.norm((HIGH - LOW) / 2))
    corners = np.array([LOW, HIGH])
    there_and_back = model.inverse_transform(model.transform(corners))
    assert_allclose(there_and_back, corners, atol=1e-12)
    assert_array_equal(model.mean_, MIDDLE)


def test_the_subspace_of_digits():
    """More than half of it at an epsilon where random directions share 1/8."""
    X = load_digits().data
    Z = X - 8
    exact = np.linalg.eigh(Z.T @ Z)[1][:, :-9:-1]
    for epsilon, delta in [(10, 0), (3, 1e-5)]:
        model = private(8, epsilon=epsilon, delta=delta, bounds=(0, 16)).fit(X)
        shared = np.linalg.norm(model.components_ @ exact) ** 2 / 8
        # Means of 20 fits: .88 and .85, with deviations of .03.
        assert shared > 0.7


@DELTAS
@pytest.mark.parametrize("X", [[[2.0]], [[3.0], [1.0]], np.full((50, 3), 2.0)])
def test_constant_features_and_single_records(delta, X):
    model = private(1, bounds=(-4, 4), epsilon=1e9, delta=delta).fit(X)
    length = np.linalg.norm(X, axis=1)
    assert_allclose(model.explained_variance_, (length**2).mean(), rtol=1e-3)
    assert_allclose(model.transform(X)[:, 0], length, rtol=1e-3)


def test_names_of_components(X):
    model = private(2).set_output(transform="pandas")
    assert list(model.fit_transform(X)) == ["privatepca0", "privatepca1"]


@DELTAS
def test_the_accountant_is_asked_once_and_first(delta, X):
    accountant = PrivacyAccountant(epsilon=1, delta=1e-5)
    model = private(epsilon=0.7, delta=delta, accountant=accountant).fit(X)
    assert accountant.ledger().to_numpy().tolist() == [["PrivatePCA", 0.7, delta]]
    assert (model.epsilon_, model.delta_) == (0.7, delta)
    with pytest.raises(PrivacyBudgetExceeded, match="PrivatePCA would make"):
        private(epsilon=0.7, accountant=accountant).fit(X)
    model.transform(X)
    assert len(accountant.ledger()) == 1


@DELTAS
def test_noise_is_new_in_every_fit(delta, X):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fits = [private(delta=delta, random_state=None).fit(X) for _ in range(2)]
    assert (fits[0].components_ != fits[1].components_).any()


@pytest.mark.filterwarnings("default:The noise of")
def test_a_seed_warns(X):
    with pytest.warns(PrivacyLeakWarning, match="The noise of PrivatePCA"):
        private(random_state=0).fit(X)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "'bounds' parameter of PrivatePCA must be declared"),
        ({"bounds": (1, 1)}, "'bounds' parameter .* low < high"),
        ({"bounds": ([0, 0], [1, 1])}, "'bounds' parameter .* 4 .*features"),
        ({"bounds": (0, 1e200)}, "'data_norm' parameters .* can be squared"),
        ({"data_norm": 1e-200}, "'data_norm' parameters .* can be squared"),
        ({"data_norm": 0}, "'data_norm' parameter"),
        ({"n_components": 5}, "at most the number of features. Got 5 instead; X has 4"),
        ({"n_components": 0}, "'n_components' parameter"),
        ({"delta": 1}, "'delta' parameter"),
        ({"epsilon": 0}, r"'epsilon' parameter .* range \(0.0, inf\). Got 0 instead"),
        ({"epsilon": 1e-6}, "'epsilon' .* at least about 9.5e-06 .* declare a delta"),
    ],
)
def test_errors(params, message, X):
    accountant = PrivacyAccountant()
    model = private(accountant=accountant).set_params(**params)
    with pytest.raises(ValueError, match=message):
        model.fit(X)
    assert not [name for name in vars(model) if name.endswith("_")]
    assert accountant.spent_.epsilon == 0


def test_with_a_delta_epsilon_may_be_as_small_as_it_likes(X):
    assert private(epsilon=1e-6, delta=1e-5).fit(X).components_.shape == (4, 4)


def test_other_records_are_refused(X):
    with pytest.raises(ValueError, match="NaN"):
        private().fit(np.full_like(X, np.nan))
    with pytest.raises(TypeError, match="dense data is required"):
        private().fit(sparse.csr_array(X))
    with pytest.raises(ValueError, match="expects the 2 features"):
        private(2).fit(X).inverse_transform(X)
