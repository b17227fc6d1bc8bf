"""Segmenters: the structured loss map, the models, and who was trained on."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from media import images
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit, observe
from skmia.attacks import get_attack_names
from skmia.signals import get_signal
from skmia.signals._segmentation import borders
from skmia.targets import Session
from skmia.tasks import (
    MaskedSegmenter,
    Segmenter,
    pixel_patches,
    structured_loss_map,
)

TREE = DecisionTreeClassifier(random_state=0)
X = images(90)


def posteriors(seed, shape=(3, 4, 5), n_classes=3):
    rng = np.random.RandomState(seed)
    P = rng.dirichlet(np.full(n_classes, 0.3), size=shape)
    P[rng.uniform(size=shape) < 0.2] = np.eye(n_classes)[0]
    return P, rng.choice([0, 1, 2, 255], size=shape)


class Answering(BaseEstimator):
    """A segmenter that answers what it is given."""

    def __init__(self, posterior=None):
        self.posterior = posterior

    def predict_proba(self, X):
        return self.posterior[: len(X)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "segmenter"
        return tags


def seen(P, maps, signal="structured_loss"):
    records = np.stack([np.zeros(maps.shape), maps], axis=-1)
    return observe(Answering(P), records, signals=signal).to_numpy()


@given(st.integers(0, 1000))
def test_loss_is_zero_where_the_model_is_sure_and_nowhere_below(seed):
    P, maps = posteriors(seed)
    loss = structured_loss_map(P, maps)
    labelled = maps != 255
    true = np.take_along_axis(P, np.where(labelled, maps, 0)[..., None], -1)[..., 0]
    assert (loss >= 0).all()
    assert_array_equal(loss == 0, ~labelled | (true == 1))
    assert_allclose(loss[labelled], -np.log(np.maximum(true[labelled], 1e-30)))


@given(st.integers(0, 1000))
@example(2)
def test_ignored_pixels_contribute_nothing(seed):
    P, maps = posteriors(seed)
    other = np.where((maps == 255)[..., None], P[..., ::-1], P)
    for name in ("log_likelihood", "structured_loss"):
        assert_array_equal(seen(P, maps, name), seen(other, maps, name))
    nothing = np.full_like(maps, 255)
    assert_array_equal(seen(P, nothing), np.zeros((3, 8)))


@given(st.integers(0, 1000))
def test_the_order_of_images_changes_nothing(seed):
    P, maps = posteriors(seed)
    signal = get_signal("structured_loss", n_classes=3)
    assert_array_equal(seen(P[::-1], maps[::-1], signal), seen(P, maps, signal)[::-1])


def test_summaries_by_hand():
    P = np.array([[[[0.5, 0.5], [0.25, 0.75]], [[1, 0], [0.5, 0.5]]]])
    maps = np.array([[[0, 1], [0, 255]]])
    signal = get_signal("structured_loss", n_classes=3, top=1 / 3)
    names = [
        name.removeprefix("structured_loss_") for name in signal.column_names(None)
    ]
    found = dict(zip(names, seen(P, maps, signal)[0], strict=True))
    half, little = np.log(2), np.log(4 / 3)
    assert found["mean"] == pytest.approx((half + little) / 3)
    assert found["q50"] == pytest.approx(little)
    assert found["top"] == pytest.approx(half)
    # All three pixels lie beside another label; class 2 is nowhere.
    assert found["boundary"] == found["class_2"] == pytest.approx(found["mean"])
    assert found["class_0"] == pytest.approx(half / 2)
    assert found["class_1"] == pytest.approx(little)
    assert_allclose(seen(P, maps, "log_likelihood"), [[-found["mean"]]])


def test_borders_by_hand():
    maps = np.array([[[0, 0, 0, 1], [0, 0, 0, 1]]])
    assert_array_equal(borders(maps), maps | np.roll(maps, -1, axis=-1) == 1)


@pytest.mark.parametrize(
    ("P", "maps", "message"),
    [
        (np.ones((1, 2, 2)), [[[0, 0], [0, 0]]], "a probability of each label"),
        (np.full((1, 1, 1, 2), 1.5), [[[0]]], "from 0 to 1. Got values from 1.5"),
        (np.full((1, 1, 1, 2), np.nan), [[[0]]], "from 0 to 1. Got values from nan"),
        (np.full((1, 1, 1, 2), 0.5), [[[0.5]]], "numbers of classes, from 0 on"),
        (np.full((1, 1, 1, 2), 0.5), [[[-1]]], "numbers of classes, from 0 on"),
    ],
)
def test_what_is_no_posterior_of_pixels_is_refused(P, maps, message):
    with pytest.raises(ValueError, match=message):
        structured_loss_map(P, maps)


def test_records_without_a_map_are_refused():
    with pytest.raises(ValueError, match="label maps as the last channel"):
        Segmenter(TREE).fit(np.zeros((3, 8, 8)))


def test_patches_are_what_surrounds_a_pixel():
    image = np.arange(12).reshape(1, 3, 4, 1)
    patches = pixel_patches(image)
    assert_array_equal(patches[0, 1, 1], [0, 1, 2, 4, 5, 6, 8, 9, 10])
    assert_array_equal(patches[0, 0, 0], [0, 0, 1, 0, 0, 1, 4, 4, 5])
    assert_array_equal(pixel_patches(image, 0), image)


def test_a_segmenter_is_its_classifier_of_pixels():
    own = partial(pixel_patches, radius=2)
    model = Segmenter(GaussianNB(), features=own).fit(X[:20])
    maps = X[:20, ..., 1].ravel()
    bare = GaussianNB().fit(own(X[:20, ..., :1]).reshape(len(maps), -1), maps)
    pixels = own(X[20:25, ..., :1]).reshape(5 * 36, -1)
    assert_allclose(
        model.predict_proba(X[20:25]).reshape(len(pixels), 2),
        bare.predict_proba(pixels),
    )
    assert_array_equal(model.predict(X[:9]), model.predict_proba(X[:9]).argmax(-1))


def test_pixels_without_a_label_are_not_trained_on():
    holes = X[:20].copy()
    holes[:10, ..., -1] = 255
    model, other = (Segmenter(GaussianNB()).fit(part) for part in (holes, X[10:20]))
    assert_array_equal(model.predict_proba(X), other.predict_proba(X))


def test_a_label_that_is_not_seen_has_a_place():
    some = X[:10].copy()
    some[..., -1] *= 3
    model = Segmenter(GaussianNB(), n_classes=6).fit(some)
    posterior = model.predict_proba(X)
    assert posterior.shape == (90, 6, 6, 6)
    assert not posterior[..., [1, 2, 4, 5]].any()
    assert_allclose(posterior.sum(axis=-1), 1)
    with pytest.raises(ValueError, match=r"label maps tell of, 4\. Got 2"):
        Segmenter(GaussianNB(), n_classes=2).fit(some)


class Whole(BaseEstimator):
    """Segments images by itself, and remembers the share of labels at each place."""

    def fit(self, images, maps):
        self.share_ = maps.mean(axis=0)
        return self

    def predict_proba(self, images):
        share = np.broadcast_to(self.share_, images.shape[:-1])
        return np.stack([1 - share, share], axis=-1)


def test_what_segments_by_itself_is_given_images():
    model = Segmenter(Whole(), features=None).fit(X[:30])
    assert_allclose(model.predict_proba(X[:2])[1, ..., 1], X[:30, ..., 1].mean(axis=0))
    report = audit(model, X[:30], X_holdout=X[30:60], n_shadows=4, random_state=0)
    assert (report.summary["status"] == "ok").all()


def test_masks_release_less():
    plain = Segmenter(GaussianNB()).fit(X[:20])
    P = plain.predict_proba(X)
    bare = MaskedSegmenter(Segmenter(GaussianNB())).fit(X[:20])
    assert_array_equal(bare.predict_proba(X), np.eye(2)[P.argmax(axis=-1)])
    noise = {"mask": "gaussian", "scale": 0.2, "random_state": 0}
    noisy = MaskedSegmenter(Segmenter(GaussianNB()), **noise).fit(X[:20])
    released = noisy.predict_proba(X)
    assert_allclose(released.sum(axis=-1), 1)
    assert released.min() > 0
    # The same image again, with another map, in other company: the same noise.
    again = X[::-2].copy()
    again[..., -1] = 1 - again[..., -1]
    assert_array_equal(noisy.predict_proba(again), released[::-2])
    # Of 90 * 36 pixels the noise of the raw probabilities has the scale within 4
    # standard errors of a standard deviation, scale / sqrt(2 n), where nothing is cut.
    middle = (np.abs(P[..., 0] - 0.5) < 0.05).ravel()
    odds = (released[..., 0] - P[..., 0]).ravel()[middle]
    assert middle.sum() > 50
    # Two noises of .2, divided by a sum that spreads by sqrt(2) * .2 around 1: their
    # difference, over twice the sum, has .2 / sqrt(2) to first order.
    error = 0.2 / np.sqrt(2) / np.sqrt(2 * middle.sum())
    assert abs(odds.std() - 0.2 / np.sqrt(2)) < 4 * error + 0.02


def test_names():
    names = get_attack_names(of="segmenter")
    assert {"structured-loss", "score-threshold", "lira-online"} <= set(names)
    assert "shadow" not in names


def test_members_are_found_where_the_model_overfits(tmp_path):
    model = Segmenter(TREE).fit(X[:30])
    report = audit(model, X[:30], X_holdout=X[30:60], n_shadows=4, random_state=0)
    assert report.verdict == "leak"
    assert (report.summary["auc"] > 0.99).all()
    assert report.scores["train"]["score"] > report.scores["holdout"]["score"]
    checks = {check.name: check.outcome for check in report.checks}
    assert checks["positive control"] == "passed"
    report.to_html(tmp_path / "page.html")
    assert "segmentation" in (tmp_path / "page.html").read_text()


def test_nobody_was_in():
    """AUC of exchangeable records: (n + m + 1) / (12 n m) of variance, .0747 squared
    for 30 and 30; of four attacks one strays 3.3 of it in 200."""
    model = Segmenter(TREE).fit(X[:30])
    found = audit(model, X[30:60], X_holdout=X[60:], n_shadows=4, random_state=0)
    assert found.verdict != "leak"
    spread = np.sqrt(61 / (12 * 30 * 30))
    assert (np.abs(found.summary["auc"] - 0.5) < 3.3 * spread).all()


@pytest.mark.parametrize("attack", ["structured-loss", "lira-offline"])
def test_games(attack):
    game = MembershipGame(Segmenter(TREE), attack=attack, n_shadows=4, random_state=0)
    assert game.fit(X[:50]).score(X[50:]) > 0.85


def test_kept_answers_are_those_of_the_models(tmp_path):
    tables = [
        ShadowModels(Segmenter(TREE), n_shadows=2, random_state=0, memory=memory)
        .fit(X[:30])
        .observations(["structured_loss", "log_likelihood"])[0]
        for memory in (None, tmp_path, tmp_path)
    ]
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other)


def test_an_image_is_asked_about_once():
    session = Session(Segmenter(TREE).fit(X[:30]), X)
    session.observe(["log_likelihood", "structured_loss"])
    assert session.n_queries == len(X)


@pytest.mark.parametrize("strange", [-1.0, 0.5, np.nan])
@pytest.mark.parametrize("features", [pixel_patches, None])
def test_fit_refuses_what_is_no_label(strange, features):
    records = X[:5].astype(float)
    records[1, 2, 2, -1] = strange
    with pytest.raises(ValueError, match=rf"from 0 on, .* Got \[{strange}\] in 1 pix"):
        Segmenter(TREE, features=features).fit(records)
