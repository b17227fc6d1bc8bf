"""What always holds for signals."""

import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import labelled_probas, probas

from skmia.signals import get_signal, get_signal_names, observe

# Larger is more like a member, and a function of the order of confidences.
CONFIDENCE_TYPE = ["confidence", "scaled_logit", "margin"]
SCALAR = [
    name
    for name in get_signal_names()
    if name not in ("posterior", "top_posterior", "predicted_label", "true_label")
    and name != "class_logits"  # a column for each class, in their order
    and not get_signal(name).probing
    and not {"decision_function", "isolated_proba"} & set(get_signal(name).asks)
]
OF_TRUE_CLASS = [*CONFIDENCE_TYPE, "loss", "modified_entropy"]
OF_POSTERIOR = ["max_confidence", "entropy", "posterior_std"]


class Recorded:
    """A model of which nothing is known but its recorded answers."""

    def __init__(self, P, classes=None):
        self.P = P
        self.classes_ = np.arange(P.shape[1]) if classes is None else classes

    def predict_proba(self, X):
        return self.P

    def predict(self, X):
        return self.classes_[self.P.argmax(axis=1)]


def compute(name, y, P):
    return get_signal(name).compute(y, P, P.shape[1])[:, 0]


def seen(P, y, names=SCALAR, classes=None):
    model = Recorded(P, classes)
    labels = model.classes_[y]
    return observe(model, np.zeros((len(P), 1)), labels, names, classes=classes)


def assert_same_order(score, confidence, *, resolution=1e-12):
    """Equal confidences score equal, clearly larger ones score more."""
    larger = confidence[:, None] - confidence > resolution
    assert (score[:, None] > score)[larger].all()
    tied = confidence[:, None] == confidence
    assert (score[:, None] == score)[tied].all()


@given(labelled_probas(), st.randoms(use_true_random=False))
def test_relabelling_the_classes_changes_nothing(problem, random):
    P, y = problem
    order = np.array(random.sample(range(P.shape[1]), P.shape[1]))
    # Ties of the argmax go to the first class, whichever that is.
    assume((np.sort(P, axis=1)[:, -1] > np.sort(P, axis=1)[:, -2]).all())
    names = np.array([f"class {i}" for i in range(P.shape[1])])
    renamed = seen(P[:, order], np.argsort(order)[y], classes=names[order])
    assert_allclose(renamed, seen(P, y), rtol=1e-12, atol=1e-12)


@given(labelled_probas(min_classes=3), st.randoms(use_true_random=False))
def test_other_classes_have_no_order(problem, random):
    P, y = problem
    permuted = P.copy()
    for row, label in zip(permuted, y, strict=True):
        others = np.delete(np.arange(len(row)), label)
        row[others] = row[random.sample(others.tolist(), len(others))]
    for name in OF_TRUE_CLASS:
        assert_allclose(
            compute(name, y, permuted), compute(name, y, P), rtol=1e-12, atol=1e-12
        )


@given(labelled_probas(unknown=True), st.integers(2, 5))
def test_equal_answers_give_equal_observations(problem, n_times):
    P, y = problem
    for name in [*OF_TRUE_CLASS, *OF_POSTERIOR, "posterior", "top_posterior"]:
        signal = get_signal(name)
        once = signal.compute(y, P, P.shape[1])
        repeated = signal.compute(
            np.repeat(y, n_times), np.repeat(P, n_times, axis=0), P.shape[1]
        )
        assert_array_equal(repeated, np.repeat(once, n_times, axis=0))


@given(labelled_probas(unknown=True))
def test_a_row_does_not_depend_on_the_others(problem):
    P, y = problem
    for name in [*OF_TRUE_CLASS, *OF_POSTERIOR]:
        alone = [compute(name, y[[i]], P[[i]])[0] for i in range(len(P))]
        assert_allclose(compute(name, y, P), alone, rtol=1e-14)


@given(labelled_probas(unknown=True))
@example((np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), np.array([0, 0])))
def test_everything_is_finite_and_in_range(problem):
    P, y = problem
    k = P.shape[1]
    values = {name: compute(name, y, P) for name in [*OF_TRUE_CLASS, *OF_POSTERIOR]}
    assert all(np.isfinite(value).all() for value in values.values())
    slack = 1e-12
    assert (values["loss"] >= -slack).all()
    assert (values["modified_entropy"] >= -slack).all()
    for name, low, high in [
        ("confidence", 0, 1),
        ("max_confidence", 1 / k, 1),
        ("entropy", 0, np.log(k)),
        ("posterior_std", 0, np.sqrt(k - 1) / k),
    ]:
        assert (values[name] >= low - slack).all()
        assert (values[name] <= high + slack).all()
    assert (values["confidence"] <= values["max_confidence"]).all()


@given(labelled_probas())
def test_confidence_loss_and_logit_rank_alike(problem):
    P, y = problem
    confidence = compute("confidence", y, P)
    assume((confidence < 1 - 1e-6).all())
    assert_same_order(-compute("loss", y, P), confidence)
    assert_same_order(compute("scaled_logit", y, P), confidence)


near_one = st.one_of(st.floats(0, 1), st.floats(-20, 0).map(lambda e: 10**e))


@given(
    st.lists(st.tuples(near_one, near_one), min_size=2, max_size=12),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from([None, 1, 3, 8]),
)
def test_loss_near_certainty(rows, dtype, decimals):
    """Whatever the others are, rounded or not: a loss is one of the true class."""
    rest, share = np.array(rows).T
    P = np.column_stack([1 - rest, rest * share, rest * (1 - share)]).astype(dtype)
    P = P if decimals is None else P.round(decimals)
    p, y = P[:, 0].astype(float), np.zeros(len(P), dtype=int)
    loss = compute("loss", y, P)
    assert (loss >= 0).all()
    # Eight roundings of the row, those of -log p itself aside.
    eight = 8 * np.finfo(dtype).eps
    expected = -np.log(np.maximum(p, 1e-30))
    assert_allclose(loss, expected, rtol=1e-6, atol=eight)
    larger = p[:, None] - p > 2 * eight
    assert (loss[:, None] < loss)[larger].all()
    if decimals is None:  # sums to one: the order of the logit
        logit = compute("scaled_logit", y, P)
        assert (loss[:, None] <= loss)[logit[:, None] > logit].all()


@given(labelled_probas(max_classes=2))
def test_two_classes_rank_alike_by_every_signal_of_the_true_class(problem):
    P, y = problem
    confidence = compute("confidence", y, P)
    for name, sign in [("loss", -1), ("modified_entropy", -1), ("margin", 1)]:
        clear = confidence[:, None] - confidence > 1e-12
        score = sign * compute(name, y, P)
        assert (score[:, None] > score)[clear].all()
    certainty = compute("max_confidence", y, P)
    clear = certainty[:, None] - certainty > 1e-6
    entropy = compute("entropy", y, P)
    assert (entropy[:, None] < entropy)[clear].all()


@given(st.floats(1e-6, 1 - 1e-6))
def test_modified_entropy_of_two_classes(p):
    value = compute("modified_entropy", np.array([0]), np.array([[p, 1 - p]]))
    # 1 - (1 - p) is p to within 1e-16, which is 1e-10 of p at worst.
    assert_allclose(value, -2 * (1 - p) * np.log(p), rtol=1e-9)


@given(st.integers(2, 8))
def test_uniform_posterior(k):
    P, y = np.full((1, k), 1 / k), np.array([k - 1])
    assert_allclose(compute("entropy", y, P), np.log(k), rtol=1e-12)
    expected = (1 - 1 / k) * np.log(k) + (k - 1) / k * np.log(k / (k - 1))
    assert_allclose(compute("modified_entropy", y, P), expected, rtol=1e-12)
    assert_allclose(compute("scaled_logit", y, P), -np.log(k - 1), atol=1e-12)
    assert_allclose(compute("posterior_std", y, P), 0, atol=1e-12)


@given(labelled_probas())
def test_one_hot_posteriors_tell_correctness_only(problem):
    P, y = problem
    onehot = np.eye(P.shape[1])[P.argmax(axis=1)]
    right = P.argmax(axis=1) == y
    for name in OF_TRUE_CLASS:
        values = compute(name, y, onehot)
        assert len(set(values[right])) <= 1
        assert len(set(values[~right])) <= 1
        assert not set(values[right]) & set(values[~right])
    for name in OF_POSTERIOR:
        # Up to the order in which numpy sums: the 1 stands in another column.
        assert np.ptp(compute(name, y, onehot)) < 1e-15


@given(labelled_probas())
def test_label_signals_see_labels_only(problem):
    P, y = problem
    onehot = np.eye(P.shape[1])[P.argmax(axis=1)]
    names = get_signal_names(access="label")
    names = [name for name in names if not get_signal(name).probing]
    assert_array_equal(seen(P, y, names), seen(onehot, y, names))


@given(labelled_probas(min_rows=2))
def test_an_unknown_label_is_no_more_a_member_than_any_other(problem):
    P, y = problem
    assume((P[np.arange(len(P)), y] > 0).all())
    unknown = np.full(len(P), -1)
    for name in CONFIDENCE_TYPE:
        assert compute(name, unknown, P).max() <= compute(name, y, P).min()
    assert compute("loss", unknown, P).min() >= compute("loss", y, P).max()


@given(probas(), st.integers(1, 7))
def test_top_posterior_is_sorted_and_complete(P, n_top):
    signal = get_signal("top_posterior", n_top=n_top)
    top = signal.compute(np.zeros(len(P), dtype=int), P, P.shape[1])
    assert top.shape == (len(P), n_top) == (len(P), len(signal.column_names([])))
    assert (np.diff(top, axis=1) <= 0).all()
    kept = min(n_top, P.shape[1])
    assert_array_equal(top[:, :kept], np.sort(P, axis=1)[:, ::-1][:, :kept])
    assert_array_equal(top[:, kept:], 0)


@given(labelled_probas(), st.integers(0, 3))
def test_classes_that_the_model_lacks_change_nothing_else(problem, n_more):
    P, y = problem
    k = P.shape[1]
    wide = np.arange(-n_more, k)
    model, X = Recorded(P), np.zeros((len(P), 1))
    Z = observe(model, X, y, ["posterior", *SCALAR], classes=wide)
    assert_array_equal(Z.iloc[:, :n_more], 0)
    assert_array_equal(Z.iloc[:, n_more : n_more + k], P)
    expected = observe(model, X, y, SCALAR)
    same = [name for name in SCALAR if name != "posterior_std"]
    assert_allclose(Z[same], expected[same], rtol=1e-12, atol=1e-12)
