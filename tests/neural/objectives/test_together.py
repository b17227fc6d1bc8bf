import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from skmia.defenses import LabelOnly, defended_by
from skmia.neural import NetClassifier, NetRegressor
from skmia.neural.objectives import (
    IRM,
    SGLD,
    AdversarialRegularization,
    AdversarialTraining,
    ConfidencePenalty,
    CrossEntropy,
    HAMPTraining,
    Mixup,
    MixupMMD,
    Pruning,
    RelaxLoss,
)

X, y = load_iris(return_X_y=True)
SHORT = {"max_epochs": 2, "random_state": 0}


@pytest.mark.parametrize(
    ("objectives", "message"),
    [
        ([Mixup(), AdversarialTraining()], "Mixup and AdversarialTraining .* changes"),
        ([Mixup(), MixupMMD()], "Mixup and MixupMMD .* changes the batches"),
        ([CrossEntropy(), RelaxLoss()], "CrossEntropy and RelaxLoss .* is the loss"),
        ([MixupMMD(), AdversarialRegularization()], "holds records out"),
        ([Mixup(), HAMPTraining()], "mixes labels, and HAMPTraining"),
        ([RelaxLoss(), Mixup()], "mixes labels, and RelaxLoss"),
    ],
)
def test_those_that_exclude_each_other(objectives, message):
    with pytest.raises(ValueError, match=rf"'objective' parameter .*{message}"):
        NetClassifier(objective=objectives, **SHORT).fit(X, y)


@pytest.mark.parametrize(
    "objectives",
    [
        [Mixup(), ConfidencePenalty()],
        [Mixup(), CrossEntropy(0.1), ConfidencePenalty(), SGLD(), Pruning()],
        [AdversarialTraining(), HAMPTraining()],
        [AdversarialRegularization(), ConfidencePenalty()],
        [RelaxLoss()],
    ],
)
def test_those_that_have_an_effect_together(objectives):
    model = NetClassifier(objective=objectives, **SHORT).fit(X, y)
    assert model.predict_proba(X).shape == (150, 3)


@pytest.mark.parametrize("given", ["mixup", [], [Mixup], [None], Mixup])
def test_what_is_no_objective(given):
    with pytest.raises(ValueError, match="'objective' parameter of NetClassifier must"):
        NetClassifier(objective=given).fit(X, y)


def test_parameters_of_objectives_are_checked():
    for objective in (Mixup(-1), [ConfidencePenalty(), Mixup(-1)]):
        with pytest.raises(ValueError, match="'alpha' parameter of Mixup must be"):
            NetClassifier(objective=objective).fit(X, y)


@pytest.mark.parametrize(
    "objective",
    [CrossEntropy(), ConfidencePenalty(), RelaxLoss(), HAMPTraining(), MixupMMD()],
)
def test_objectives_of_classes(objective):
    with pytest.raises(ValueError, match=r"NetRegressor must be one for quantities"):
        NetRegressor(objective=objective).fit(X, y)


@pytest.mark.parametrize(
    "objective",
    [Mixup(), AdversarialTraining(0.1), SGLD(1e-3), Pruning(), [Mixup(), Pruning()]],
)
def test_objectives_of_quantities(objective):
    model = NetRegressor(objective=objective, max_epochs=60, random_state=0)
    assert model.fit(X, y).score(X, y) > 0.5


@pytest.mark.parametrize(
    "objective", [RelaxLoss(), MixupMMD(), AdversarialRegularization()]
)
def test_objectives_that_cannot_weigh(objective):
    with pytest.raises(TypeError, match=r"takes no 'sample_weight': .*once|decides"):
        NetClassifier(objective=objective).fit(X, y, sample_weight=y + 1)


@pytest.mark.parametrize("objective", [RelaxLoss(), HAMPTraining(), MixupMMD()])
def test_objectives_that_need_labels(objective):
    targets = [[0.5, 0.25, 0.25]] * 150
    with pytest.raises(TypeError, match="takes no 'targets'"):
        NetClassifier(objective=objective).fit(X, y, targets=targets, classes=[0, 1, 2])


def test_environments():
    model = NetClassifier(objective=IRM(), **SHORT)
    with pytest.raises(ValueError, match="asks for environments: pass 'groups'"):
        model.fit(X, y)
    with pytest.raises(ValueError, match="two different ones or more"):
        model.fit(X, y, groups=y * 0)
    with pytest.raises(TypeError, match="for an objective that compares them"):
        NetClassifier(**SHORT).fit(X, y, groups=y)


def test_they_are_searched_as_usual():
    model = NetClassifier(objective=Mixup(), **SHORT)
    search = GridSearchCV(model, {"objective__alpha": [0, 1.0]}, error_score="raise")
    assert len(search.fit(X, y).cv_results_["params"]) == 2
    assert clone(model).objective is not model.objective


def test_a_fit_leaves_nothing_on_them():
    for objective in (MixupMMD(), AdversarialRegularization(), Pruning()):
        before = dict(vars(objective))
        model = NetClassifier(objective=objective, max_epochs=7, random_state=0)
        model.fit(X, y)
        assert vars(objective) == before


def test_what_is_released_names_them():
    release = defended_by(LabelOnly(NetClassifier(objective=[Mixup(), Pruning()])))
    assert release.layers["defense"].tolist() == ["LabelOnly", "Mixup", "Pruning"]
    assert isinstance(release.model, NetClassifier)
    assert len(defended_by(NetClassifier()).layers) == 0
