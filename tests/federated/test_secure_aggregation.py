"""Secure sums are exact, messages are noise, and only the sum is seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chi2
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skmia.attacks import get_attack, get_attack_names, lacks
from skmia.federated import (
    Federation,
    Isolation,
    SecureAggregation,
    SourceInferenceAttack,
)
from skmia.federated._learners import learner_of
from skmia.federated._secure_aggregation import MaskedSums, masked
from skmia.targets import Session
from skmia.utils._secret_stream import secret_key

X, Y = load_digits(return_X_y=True)
X = X[:600] / 16
Y = Y[:600]
SOFTMAX = MLPClassifier((), solver="sgd", learning_rate_init=0.2)
MODULUS = 2**64


def federation(**params):
    given = {"n_rounds": 3, "n_parties": 3, "random_state": 0}
    return Federation(SOFTMAX, **given | params).fit(X, Y)


def vector(model):
    return learner_of(model).vector(model)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, MODULUS - 1), min_size=n, max_size=n),
            min_size=2,
            max_size=5,
        )
    ),
    st.integers(0, 99),
)
def test_the_sum_of_masked_messages_is_the_sum(values, seed):
    sent = masked(np.array(values, dtype=np.uint64), secret_key(seed))
    for column, messages in zip(zip(*values, strict=True), sent.T, strict=True):
        assert sum(column) % MODULUS == sum(map(int, messages)) % MODULUS


@pytest.mark.parametrize("values", ["zeros", "upload"])
def test_each_message_is_uniform(values, global_random_seed):
    n = 20_000
    plain = np.zeros((3, n), dtype=np.uint64)
    if values == "upload":
        rng = np.random.default_rng(global_random_seed)
        plain = MaskedSums(3, 1.0, 24).fixed(rng.normal(size=(3, n)))
    for message in masked(plain, secret_key(global_random_seed)):
        counts = np.bincount(message.view(np.uint8), minlength=256)
        expected = message.nbytes / 256
        statistic = ((counts - expected) ** 2 / expected).sum()
        # Exceeded by uniform bytes in one of a million cases, and far by parameters.
        assert statistic < chi2.isf(1e-6, 255)
    counts = np.bincount(plain.view(np.uint8).ravel(), minlength=256)
    expected = plain.nbytes / 256
    assert ((counts - expected) ** 2 / expected).sum() > 1000 * 255


def test_the_model_is_the_average_to_the_digits_of_fixed_point():
    plain, secure = federation(), federation(aggregator=SecureAggregation(30))
    sizes = np.unique(plain.owner_, return_counts=True)[1]
    first = vector(plain.rounds_[0]), vector(secure.rounds_[0])
    # Each of 3 numbers is rounded to 2**-30, and divided by all records.
    assert_allclose(*first, rtol=0, atol=3 * 2.0**-31 / sizes.sum() + 1e-15)
    assert_allclose(vector(plain.model_), vector(secure.model_), rtol=0, atol=1e-8)
    coarse = federation(aggregator=SecureAggregation(4))
    assert abs(vector(coarse.model_) - vector(plain.model_)).max() > 1e-4


def test_integers_are_added_up_exactly():
    rng = np.random.default_rng(0)
    uploads = rng.integers(-1000, 1000, size=(5, 40)) / 2**24
    weights = np.array([3.0, 1.0, 0.0, 2.0, 2.0])
    made = MaskedSums(5, 1.0, 24).combine(None, list(uploads), weights)
    assert_array_equal(made, weights @ uploads / 8)
    assert MaskedSums(5, 1.0, 24).combine(None, list(uploads), 0 * weights) is None


def test_nothing_but_the_sum_is_seen():
    target = federation(aggregator=SecureAggregation())
    session = Session(target, X, Y)
    assert {"rounds_", "broadcasts_"} <= session.answers
    assert not {"uploads_", "party_proba"} & session.answers
    assert not hasattr(target, "party_proba")
    with pytest.raises(ValueError, match="implementing 'party_proba'"):
        SourceInferenceAttack(target).fit()


def test_attacks_on_single_uploads_say_so():
    session = Session(federation(aggregator=SecureAggregation()), X, Y)
    reasons = {
        name: lacks(get_attack(name).attack, session)
        for name in get_attack_names()
        if get_attack(name).access == "insider"
    }
    of_uploads = (
        "the model has no uploads_, as skmia.federated.Federation(learner) has whose "
        "server sees single uploads"
    )
    for name in ("melis", "nasr-global-shadows", "nasr-ascent", "nasr-isolating"):
        assert reasons[name] == of_uploads
    assert reasons["insider"].startswith("the model has no party_proba")
    assert reasons["nasr-local-shadows"] is None


def test_released_models_tell_no_losses_of_single_parties():
    target = federation(aggregator=SecureAggregation())
    for model in (target.initial_, target.rounds_[0], target.model_):
        assert not model.loss_curve_
        assert not hasattr(model, "loss_")


def test_a_second_fit_forgets_what_the_first_has_shown():
    target = federation()
    assert hasattr(target, "uploads_")
    target.set_params(aggregator=SecureAggregation()).fit(X, Y)
    assert not hasattr(target, "uploads_")


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"client_fraction": 0.4}, r"two parties or more .* 0.4 of 3 parties"),
        ({"n_parties": 1}, "two parties or more"),
        ({"hooks": [Isolation(0)]}, "nobody sees with SecureAggregation"),
        ({"aggregator": SecureAggregation(60)}, "lower 'fraction_bits'"),
        ({"aggregator": SecureAggregation(0)}, "'fraction_bits' parameter"),
        ({"aggregator": SecureAggregation(5000)}, "'fraction_bits' parameter"),
    ],
)
def test_what_cannot_be_secret(params, match):
    with pytest.raises(ValueError, match=match):
        federation(**{"aggregator": SecureAggregation()} | params)
