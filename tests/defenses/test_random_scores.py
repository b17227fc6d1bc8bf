import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import RandomScorePosterior
from skmia.defenses.outputs._random_records import RandomRecords, place_by_rank

X, y = load_iris(return_X_y=True)
rows = st.integers(1, 6).flatmap(
    lambda k: st.lists(
        st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), min_size=k, max_size=k),
        min_size=2,
        max_size=8,
    )
)


@given(rows)
def test_scores_in_the_order_of_others(P):
    P = np.array(P)
    scores = np.roll(P, 1, axis=0)
    released = place_by_rank(scores, P)
    assert_array_equal(released.argmax(axis=1), P.argmax(axis=1))
    # The values are those of the other row, the largest perhaps one digit more.
    largest = np.sort(scores)[:, -1]
    assert_array_equal(np.sort(released)[:, :-1], np.sort(scores)[:, :-1])
    assert (released.max(axis=1) <= np.nextafter(largest, np.inf)).all()
    assert (released.max(axis=1) >= largest).all()
    # Never turned round: of two entries the larger has no smaller score.
    larger = P[:, :, None] > P[:, None, :]
    assert (released[:, :, None] >= released[:, None, :])[larger].all()


def test_what_is_released_of_a_classifier():
    model = RandomScorePosterior(GaussianNB(), random_state=0).fit(X, y)
    bare = GaussianNB().fit(X, y)
    assert_array_equal(model.predict(X), bare.predict(X))
    released, true = model.predict_proba(X), bare.predict_proba(X)
    assert np.mean(np.abs(released - true).max(axis=1) > 0.01) > 0.3
    assert_array_equal(model.predict_proba(X[::-1])[::-1], released)
    assert_array_equal(model.predict_proba(X[:1]), released[:1])


def test_scores_do_not_depend_on_the_score_of_the_query():
    # The same query, asked of two models that agree on random records only by their
    # secret: the values are those of the random record.
    model = RandomScorePosterior(LogisticRegression(max_iter=500), random_state=0)
    model.fit(X, y)
    released = model.predict_proba(X)
    true = model.estimator_.predict_proba(X)
    turned = place_by_rank(released, true[:, ::-1])
    assert_array_equal(np.sort(turned), np.sort(released))


def test_without_a_seed_the_key_is_a_secret():
    first, other = (RandomScorePosterior(GaussianNB()).fit(X, y) for _ in range(2))
    assert (first.predict_proba(X) != other.predict_proba(X)).any()


def test_random_records():
    records = RandomRecords.like(np.array([[0, 1.5, 2], [1, -0.5, 2]]))
    drawn = records.at(np.random.RandomState(0).rand(2000, 3))
    assert set(drawn[:, 0]) == {0, 1}
    # Four standard deviations of a mean of 2,000 coins.
    assert drawn[:, 0].mean() == pytest.approx(0.5, abs=4 * 0.5 / 2000**0.5)
    assert -0.5 <= drawn[:, 1].min() < drawn[:, 1].max() <= 1.5
    assert (drawn[:, 2] == 2).all()


def test_bounds():
    model = RandomScorePosterior(GaussianNB(), bounds=(0, [1, 2, 3, 4]), random_state=0)
    assert model.fit(X, y).predict_proba(X).shape == (150, 3)
    for wrong in ((1, 0), (0, [1, 2]), (0, np.inf), (0,), ("a", "b")):
        with pytest.raises(ValueError, match="'bounds' parameter of RandomScore"):
            model.set_params(bounds=wrong).fit(X, y)


def test_frames_and_images():
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = RandomScorePosterior(GaussianNB(), random_state=0).fit(frame, y)
    expected = RandomScorePosterior(GaussianNB(), random_state=0).fit(X, y)
    assert_array_equal(model.predict_proba(frame), expected.predict_proba(X))


def test_images_of_binary_pixels():
    images, labels = load_digits(return_X_y=True)
    model = RandomScorePosterior(GaussianNB(var_smoothing=0.1), random_state=0)
    released = model.fit(images > 8, labels).predict_proba(images > 8)
    assert_array_equal(released.argmax(axis=1), model.estimator_.predict(images > 8))
