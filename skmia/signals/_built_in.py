"""The signals that have a name from the beginning."""

from math import inf

from skmia.signals import (
    _answer_time,
    _augmented,
    _boundary,
    _decisions,
    _explanations,
    _labels,
    _labels_nearby,
    _moves,
    _neighbours,
    _recommendation,
    _residuals,
    _scores,
    _segmentation,
    _similarities,
    _synthetic,
    _unlabelled,
    _users,
)
from skmia.signals import _trajectory as _stages
from skmia.signals._base import PER_CLASS
from skmia.signals._making import signal
from skmia.signals._unlabelled import SCORE_OF
from skmia.signals.white_box._built_in import built_in as white_box
from skmia.utils._access import DISCRIMINATOR, TABLE, TIMING


def _top_columns(signal):
    return [f"{signal.name}_{i}" for i in range(signal.params["n_top"])]


def built_in():
    """Signals, in the order in which they are listed."""
    proba, floor = "predict_proba", {"floor": _scores.FLOOR}
    up, down = {"greater_is_member": True}, {"greater_is_member": False}
    sums, product, margins = ({"outputs": how} for how in ("sum", "product", "margin"))
    mean, logit, key = ({"outputs": how} for how in ("mean", "logit", "key"))
    unlabelled = {"needs_y": False}
    yield signal(proba, **up, **product)(_scores.confidence)
    yield signal(proba, **down, **sums, **floor)(_scores.loss)
    yield signal(proba, **up, **logit, **floor)(_scores.scaled_logit)
    yield signal(proba, **up, **margins, **floor)(_scores.margin)
    most = {"top_k": True} | unlabelled
    yield signal(proba, **most, **up, **product)(_scores.max_confidence)
    yield signal(proba, **down, **sums, **unlabelled)(_scores.entropy)
    yield signal(proba, **down, **sums, **floor)(_scores.modified_entropy)
    yield signal(proba, **up, **mean, **unlabelled)(_scores.posterior_std)
    vector = unlabelled | {"outputs": "each", "columns": PER_CLASS}
    yield signal(proba, **vector)(_scores.posterior)
    yield signal(proba, **vector, **floor)(_scores.class_logits)
    top = {"outputs": "each", "columns": _top_columns, "n_top": 3} | most
    yield signal(proba, **top)(_scores.top_posterior)
    # Of a node that is asked about without its neighbours.
    alone = {"name": "zero_hop_top_posterior", "columns": _top_columns, "n_top": 3}
    yield signal("isolated_proba", **alone, **unlabelled)(_scores.top_posterior)
    yield signal("predict", **up, **mean)(_labels.correctness)
    yield signal("predict", **unlabelled, **key)(_labels.predicted_label)
    yield signal(**key)(_labels.true_label)
    scores = "decision_function"
    yield signal(scores, **vector)(_decisions.decision)
    yield signal(scores, **up, **margins)(_decisions.decision_margin)
    yield signal(scores, **up, **product)(_decisions.decision_confidence)
    yield from _of_regressors()
    yield from _without_labels()
    yield from _of_users_and_texts()
    yield signal(
        *(proba,),
        probing=True,
        numeric="images",
        **up,
        n_copies=100,
        scale=1.0,
        spread=None,
        noise="gaussian",
        coverage="all",
        floor=1e-6,
        seed=None,
    )(_neighbours.merlin_ratio)
    for func, n_queries, scale in (
        (_augmented.augmented_logit, 6, 3.0),
        (_augmented.nearby_logit, 10, 1.0),
    ):
        yield signal(
            *(proba,),
            probing=True,
            numeric="images",
            columns=_augmented.query_columns,
            n_queries=n_queries,
            scale=scale,
            spread=None,
            seed=None,
            **floor,
        )(func)
    yield signal(
        "staged_predict_proba",
        probing=True,
        columns=_stages.snapshot_columns,
        n_snapshots=20,
        **floor,
    )(_stages.staged_loss)
    yield signal(
        TIMING,
        of=None,
        probing=True,
        **unlabelled,
        n_queries=21,
        seed=None,
    )(_answer_time.answer_time)
    yield from _of_labels_nearby()
    yield from _of_boundaries()
    yield from _of_explanations()
    yield from white_box()


def _of_regressors():
    asked = {"of": "regressor", "unit": None}
    each = {"columns": _residuals.columns_of_outputs, "n_outputs": None}
    yield signal("predict", **asked, **each)(_residuals.residual)
    yield signal("predict", **asked, **each, needs_y=False)(_residuals.prediction)
    down = asked | {"greater_is_member": False}
    yield signal("predict", **down)(_residuals.absolute_error)
    yield signal("predict", **down)(_residuals.squared_error)
    yield signal("predict", **down, floor=_residuals.FLOOR)(_residuals.log_error)


def _of_labels_nearby():
    noise = {"n_copies": 99, "scale": 0.3, "spread": None, "schema": None, "seed": None}
    labels = {"probing": True}
    yield signal("predict", **labels, greater_is_member=True, **noise)(
        _labels_nearby.noise_robustness
    )
    yield signal("predict", **labels, needs_y=False, columns=PER_CLASS, **noise)(
        _labels_nearby.sampled_posterior
    )
    yield signal(
        "predict",
        **labels,
        columns=_labels_nearby.augmentation_columns,
        augment=_moves.MOVES,
    )(_labels_nearby.augmented_correctness)


def _without_labels():
    unlabelled = {"needs_y": False}
    up, down = {"greater_is_member": True}, {"greater_is_member": False}
    of = tuple(kind for kind, name in SCORE_OF.items() if name == "score_samples")
    yield signal("score_samples", of=of, **up, **unlabelled)(_unlabelled.score_samples)
    asked = {"of": "density_estimator", "name": "log_density"}
    yield signal("score_samples", **asked, **up, **unlabelled)(
        _unlabelled.score_samples
    )
    of = "outlier_detector"
    yield signal("predict", of=of, **up, **unlabelled)(_unlabelled.inlier)
    of = "clusterer"
    distances = _unlabelled.centre_distance
    yield signal("transform", of=of, **down, **unlabelled)(distances)
    yield signal("transform", of=of, **up, **unlabelled)(_unlabelled.centre_margin)
    yield from _of_segmenters(unlabelled)
    asked = {"of": "recommender", **unlabelled}
    novelty = _recommendation.novelty
    yield signal("recommend", **asked, **up, popularity=None)(novelty)
    places = {"columns": _recommendation.columns_of_places, "n_items": 100}
    yield signal("recommend", **asked, **places)(_recommendation.recommended)
    asked = {"of": "autoencoder", "spread": None, "numeric": True, **unlabelled}
    yield signal("reconstruct", **asked, **down)(_unlabelled.reconstruction_error)
    asked = {"of": "encoder", **unlabelled}
    yield signal("similarities", **asked, **up)(_similarities.similarity)
    values = {"columns": _similarities.columns_of_values, "n_values": 45}
    yield signal("similarities", **asked, **values)(_similarities.sorted_similarities)
    yield signal("encode", **asked, **up)(_similarities.embedding_norm)
    asked = {"of": "synthesizer", "space": None, **unlabelled}
    yield signal(TABLE, **asked, **down)(_synthetic.sample_distance)
    yield signal(TABLE, **asked, **up, radius=None)(_synthetic.sample_share)
    yield signal(TABLE, **asked, **up)(_synthetic.sample_density)
    asked = {"of": "synthesizer", "name": "discriminator_score", **unlabelled}
    yield signal(DISCRIMINATOR, **asked, **up)(_unlabelled.score_samples)


def _of_segmenters(unlabelled):
    asked = {"of": "segmenter", "floor": _scores.FLOOR, **unlabelled}
    asked |= {"ignored": _segmentation.IGNORED}
    likely = _segmentation.log_likelihood
    yield signal("predict_proba", **asked, greater_is_member=True)(likely)
    parts = {"columns": _segmentation.columns_of_summaries, "n_classes": None}
    yield signal("predict_proba", **asked, **parts, top=0.1)(
        _segmentation.structured_loss
    )


def _of_users_and_texts():
    user = {"of": "user_model", "needs_y": False}
    yield signal(
        "rank_histogram", **user, columns=_users.columns_of_bins, bins=_users.BINS
    )(_users.rank_histogram)
    yield signal("record_summaries", **user, columns=_users.SUMMARIES)(
        _users.record_summaries
    )
    text = {"of": "text_model", "needs_y": False, "columns": _users.SIMILARITIES}
    yield signal("text_similarity", **text)(_users.text_similarity)


def _of_boundaries():
    for name, norm in (("boundary_distance", 2), ("boundary_distance_inf", inf)):
        yield signal(
            "predict",
            probing=True,
            numeric="images",
            greater_is_member=True,
            name=name,
            n_queries=100,
            norm=norm,
            spread=None,
            starts=None,
            seed=None,
        )(_boundary.boundary_distance)


def _of_explanations():
    given = {"needs_y": False, "spread": 1.0}
    for func in (_explanations.explanation_variance, _explanations.explanation_norm):
        yield signal("explain", **given, greater_is_member=False)(func)
    columns = {"columns": _explanations.columns_of_features, "n_features": None}
    yield signal("explain", **given, **columns)(_explanations.attribution)
    rows = {"probing": True, "needs_y": False, "greater_is_member": True}
    yield signal("explain_records", **rows)(_explanations.explanation_records)
