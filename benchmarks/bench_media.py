"""Who is in a segmenter or a recommender, and what the masks of both papers do.

    OMP_NUM_THREADS=1 python benchmarks/bench_media.py

writes docs/media.md (the sections "segmenters", "masks", "recommenders" and
"randomization"; `--parts` chooses among them), in some minutes. AUC and accuracy, mean
over 5 repeats with its standard error. Segmenters: 150 images are trained on, 150 are
not, and 4 shadow models are trained on halves of 300 others. "Strangers" are two sets
of 150 images that were not trained on: .5 by chance. Recommenders: 300 users each, and
600 others. Data are made (blobs, ratings) or digits, ink against ground.

Fewer repeats print the tables and write none.
"""

import warnings
from functools import partial

import numpy as np
import pandas as pd
from documents import table_of
from parts import run_parts
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.targets import Session
from skmia.tasks import (
    MaskedSegmenter,
    NeighbourRecommender,
    PopularityRandomization,
    Segmenter,
)

N_REPEATS, N_IMAGES, N_USERS, N_ITEMS, N_SHADOWS = 5, 150, 300, 500, 4
PIXELS = {
    "tree": DecisionTreeClassifier(),
    "tree, leaves of 20": DecisionTreeClassifier(min_samples_leaf=20),
    "forest": RandomForestClassifier(10),
    "forest, leaves of 20": RandomForestClassifier(10, min_samples_leaf=20),
    "naive Bayes": GaussianNB(),
}
MASKS = {
    "none": None,
    "argmax": {"mask": "argmax"},
    "noise of .01": {"mask": "gaussian", "scale": 0.01},
    "noise of .1": {"mask": "gaussian", "scale": 0.1},
}
FACTORS = (1, 3, 10)
ON_SEGMENTERS = ("score-threshold", "lira-offline", "structured-loss")
ON_RECOMMENDERS = ("score-threshold", "lira-offline", "recommendation-shift")


def blobs(n, seed, size=8):
    """Images of two discs in noise, with the map of the discs: labels 1 and 2."""
    rng = np.random.RandomState(seed)
    rows, columns = np.mgrid[:size, :size]
    maps = np.zeros((n, size, size), dtype=int)
    for label in (1, 2):
        centre, radius = rng.uniform(0, size, (2, n, 1, 1)), rng.uniform(1, 3, n)
        far = np.hypot(rows - centre[0], columns - centre[1])
        maps[far < radius[:, None, None]] = label
    light = maps + rng.normal(scale=0.7, size=maps.shape)
    return np.stack([light, maps], axis=-1)


def digits(n, seed):
    """Digits, with 0 for the ground and 1 to 10 for the ink of each."""
    data = load_digits()
    ink = (data.images > 8) * (1 + data.target[:, None, None])
    records = np.stack([data.images, ink], axis=-1)
    return records[np.random.RandomState(seed).permutation(len(ink))[:n]]


def ratings(n, seed):
    """Users with some of eight tastes, and what they have rated: 20 items or more."""
    rng = np.random.RandomState(seed)
    taste, items = rng.gamma(0.3, size=(2 * n, 8)), rng.gamma(0.3, size=(8, N_ITEMS))
    liked = taste @ (items * rng.gamma(0.5, size=N_ITEMS))
    rated = rng.binomial(1, np.clip(0.1 * liked / liked.mean(), 0, 0.9))
    return rated[rated.sum(axis=1) >= 20][:n]


IMAGES = {"blobs": blobs, "digits": digits}


def judged(names, model, shadow, sets, seed):
    """Fitted model, and AUC and accuracy of each attack, of the same shadow models.

    `sets` are members, others, what shadow models are trained on, and strangers.
    """
    members, others, known, strangers = sets
    fitted = _seeded(model, seed).fit(members)
    shadows = ShadowModels(shadow, n_shadows=N_SHADOWS, random_state=seed).fit(known)
    found = {}
    for name in names:
        found[name] = _one(name, fitted, (members, others), shadows, seed)
        null = f"{name}, strangers"
        found[null] = _one(name, fitted, (others, strangers), shadows, seed)
    return fitted, found


def _one(name, fitted, two_sets, shadows, seed):
    member = np.repeat([1, 0], [len(records) for records in two_sets])
    session = Session(fitted, np.concatenate(two_sets))
    recipe = get_attack(name, of=session.kind)
    held = {"shadows": shadows, "member": member, "seed": seed}
    score, called = run(recipe.attack, recipe.fitted_on, session, **held)
    return roc_auc_score(member, score), np.mean(called == member)


def _seeded(model, seed):
    """A clone that draws from the seed."""
    seeds = [name for name in model.get_params() if name.endswith("random_state")]
    return clone(model).set_params(**dict.fromkeys(seeds, seed))


def pixel_accuracy(model, records):
    """Share of pixels whose label is right."""
    return (model.predict(records) == records[..., -1]).mean()


def image_sets(data, seed):
    """Images to train on, others, twice as many for shadow models; strangers."""
    return np.split(IMAGES[data](5 * N_IMAGES, seed), np.array([1, 2, 4]) * N_IMAGES)


def segmenters(data, name, seed):
    """Each attack on one segmenter, and the last on strangers."""
    model, sets = Segmenter(PIXELS[name]), image_sets(data, seed)
    fitted, found = judged(ON_SEGMENTERS, model, model, sets, seed)
    row = {"images": data, "pixels": name}
    for side, records in zip(("members", "others"), sets[:2], strict=True):
        row[f"right, {side}"] = pixel_accuracy(fitted, records)
    row |= {attack: found[attack][0] for attack in ON_SEGMENTERS}
    row["strangers"] = found["structured-loss, strangers"][0]
    return pd.DataFrame([row])


def masks(name, mask, seed):
    """Attacks whose shadow models have the mask, too."""
    model, sets = Segmenter(PIXELS[name]), image_sets("digits", seed)
    model = model if MASKS[mask] is None else MaskedSegmenter(model, **MASKS[mask])
    fitted, found = judged(ON_SEGMENTERS, model, model, sets, seed)
    row = {"pixels": name, "mask": mask, "right": pixel_accuracy(fitted, sets[1])}
    return pd.DataFrame([row | {attack: found[attack][0] for attack in ON_SEGMENTERS}])


def user_sets(seed):
    """Users to train on, others, twice as many for shadow models; strangers."""
    return np.split(ratings(5 * N_USERS, seed), np.array([1, 2, 4]) * N_USERS)


def recommenders(seed):
    """AUC and accuracy of attacks, and AUC on strangers."""
    warnings.simplefilter("ignore")  # of items that nobody has rated
    model = NeighbourRecommender()
    _, found = judged(ON_RECOMMENDERS, model, model, user_sets(seed), seed)
    rows = [
        {
            "attack": name,
            "AUC": found[name][0],
            "accuracy": found[name][1],
            "strangers": found[f"{name}, strangers"][0],
        }
        for name in ON_RECOMMENDERS
    ]
    return pd.DataFrame(rows)


def randomization(factor, seed):
    """Accuracy and AUC, by who knows of the mask and who does not."""
    warnings.simplefilter("ignore")
    plain, sets = NeighbourRecommender(), user_sets(seed)
    model = PopularityRandomization(plain, factor=factor)
    row, (name,) = {"factor": factor}, ON_RECOMMENDERS[-1:]
    for who, shadow in (("does not know", plain), ("knows", model)):
        _, found = judged([name], model, shadow, sets, seed)
        row[f"AUC, {who}"], row[f"accuracy, {who}"] = found[name]
    return pd.DataFrame([row])


REPEATS = range(N_REPEATS)
PARTS = {
    "segmenters": (segmenters, partial(table_of, keys=["images", "pixels"])),
    "masks": (masks, partial(table_of, keys=["pixels", "mask"])),
    "recommenders": (recommenders, partial(table_of, keys=["attack"])),
    "randomization": (randomization, partial(table_of, keys=["factor"])),
}
TASKS = {
    "segmenters": [(d, name, s) for d in IMAGES for name in PIXELS for s in REPEATS],
    "masks": [
        (name, mask, seed)
        for name in ("tree", "forest, leaves of 20")
        for mask in MASKS
        for seed in REPEATS
    ],
    "recommenders": [(seed,) for seed in REPEATS],
    "randomization": [(factor, seed) for factor in FACTORS for seed in REPEATS],
}


if __name__ == "__main__":
    run_parts(__doc__, "media.md", PARTS, TASKS)
