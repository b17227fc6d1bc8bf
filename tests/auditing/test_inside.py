"""A white-box audit of a model that hides another one says where to look."""

import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB

from skmia import audit
from skmia.defenses import RoundedPosterior

X = np.random.RandomState(0).normal(size=(80, 2))
Y = (X[:, 0] > 0).astype(int)
MODEL = LogisticRegression()


@pytest.mark.parametrize(
    ("model", "behind"),
    [
        (GridSearchCV(MODEL, {"C": [1, 10]}, cv=2), "best_estimator_"),
        (RoundedPosterior(MODEL, decimals=1), "estimator_"),
        (VotingClassifier([("a", MODEL), ("b", GaussianNB())]), None),
        (MODEL, None),
    ],
    ids=["search", "defended", "vote", "itself"],
)
@pytest.mark.parametrize("access", ["white-box", "scores"])
def test_where_to_look(model, behind, access):
    model.fit(X[:40], Y[:40])
    sets = X[:40], Y[:40], X[40:], Y[40:]
    report = audit(model, *sets, access=access, n_shadows=0, random_state=0)
    notes = [one for one in report.notes if one.startswith("The model itself is")]
    assert len(notes) == (access == "white-box" and model is not MODEL)
    for note in notes:
        assert f"looks into this {type(model).__name__}." in note
        assert note.endswith(f"holds its {behind}, too: audit that.") == bool(behind)
