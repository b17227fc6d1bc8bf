"""Former names warn once for each place, and do what the new ones do."""

import pickle
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

import skmia
from skmia.utils._deprecation import (
    former_names,
    renamed_attribute,
    renamed_parameters,
    warn_deprecated,
)

NOW = {"since": "0.2", "until": "0.4"}


@renamed_parameters(model="estimator", **NOW)
class Wrapped(ClassifierMixin, BaseEstimator):
    def __init__(self, estimator=None, *, other=1):
        self.estimator = estimator
        self.other = other

    def fit(self, X, y):
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        inner = (
            DecisionTreeClassifier(random_state=0)
            if self.estimator is None
            else self.estimator
        )
        self.estimator_ = clone(inner).fit(X, y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict(self, X):
        check_is_fitted(self)
        return self.estimator_.predict(validate_data(self, X, reset=False))

    @available_if(lambda self: hasattr(self.estimator, "hidden"))
    def hidden(self):
        """Not there."""

    model_ = renamed_attribute("estimator_", **NOW)


@renamed_parameters(metrics="signals", **NOW)
def function(X, *, signals=("loss",)):
    return X, signals


def test_estimator_takes_the_former_name():
    inner = DummyClassifier(strategy="uniform")
    with pytest.warns(FutureWarning, match="'model' parameter of Wrapped is called"):
        wrapped = Wrapped(model=inner)
    assert wrapped.get_params(deep=False) == {"estimator": inner, "other": 1}
    inside = "'model__strategy' parameter of Wrapped is called 'estimator__strategy'"
    with pytest.warns(FutureWarning, match=inside):
        wrapped.set_params(model__strategy="stratified", other=2)
    assert wrapped.estimator.strategy == "stratified"
    for copied in (clone(wrapped), pickle.loads(pickle.dumps(wrapped))):
        assert copied.get_params(deep=False).keys() == {"estimator", "other"}
        assert copied.estimator.strategy == "stratified"
        assert copied.other == 2
    assert repr(wrapped) == (
        "Wrapped(estimator=DummyClassifier(strategy='stratified'), other=2)"
    )


def test_search_takes_the_former_name():
    search = GridSearchCV(Wrapped(), {"model": [DummyClassifier()]}, cv=2)
    with pytest.warns(FutureWarning, match="'model' parameter") as caught:
        search.fit([[0], [1], [2], [3]], [0, 1, 0, 1])
    assert {one.filename for one in caught} == {__file__}


def test_attributes_by_their_former_names():
    wrapped = Wrapped(DummyClassifier(strategy="prior"))
    assert not hasattr(wrapped, "model_")
    wrapped.fit([[0], [1]], [0, 1])
    with pytest.warns(FutureWarning, match="'model_' attribute .* 'estimator_'"):
        assert wrapped.model_ is wrapped.estimator_
    with pytest.warns(FutureWarning, match="'model' attribute"):
        wrapped.model = DummyClassifier()
    with pytest.warns(FutureWarning, match="'model' attribute"):
        assert wrapped.model is wrapped.estimator


def test_what_is_not_available_says_so_as_before():
    with pytest.raises(AttributeError, match="has no attribute 'hidden'"):
        _ = Wrapped().hidden


@parametrize_with_checks([Wrapped()])
def test_renamed_estimator_keeps_the_contract(estimator, check):
    check(estimator)


def test_new_names_do_not_warn():
    assert function([1], signals="loss") == ([1], "loss")
    assert Wrapped(DummyClassifier()).set_params(other=2).other == 2


def test_function_takes_the_former_name():
    with pytest.warns(FutureWarning, match="'metrics' .* 'signals' since skmia 0.2"):
        assert function([1], metrics="loss") == ([1], "loss")


@pytest.mark.parametrize("call", [function, Wrapped])
def test_both_names_at_once_are_refused(call):
    former, new = ("model", "estimator") if call is Wrapped else ("metrics", "signals")
    with (
        pytest.warns(FutureWarning, match=former),
        pytest.raises(TypeError, match=f"got '{former}' and '{new}'"),
    ):
        call(**{former: None, new: None})


def test_names_that_moved():
    module = ModuleType("skmia.former")
    names = {"find": "skmia.utils.all_estimators"}
    module.__getattr__ = former_names("skmia.former", names, **NOW)
    with pytest.warns(FutureWarning, match="skmia.former.find is called 'skmia.utils."):
        assert module.find is skmia.utils.all_estimators
    with pytest.raises(AttributeError, match=r"skmia\.former.* no attribute 'other'"):
        _ = module.other


def test_an_import_is_the_place_of_a_moved_name(monkeypatch):
    package = ModuleType("former_package")
    package.__path__ = []
    names = {"find": "skmia.utils.all_estimators"}
    package.__getattr__ = former_names("former_package", names, **NOW)
    monkeypatch.setitem(sys.modules, "former_package", package)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        from former_package import find
    assert find is skmia.utils.all_estimators
    assert [one.filename for one in caught] == [__file__]


def test_once_for_each_place():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            function([1], metrics="loss")
            warn_deprecated("This", "use that", **NOW)
        function([1], metrics="loss")
    assert len(caught) == 3
    assert (
        "This is deprecated since skmia 0.2 and will be removed in 0.4: use that."
        in {str(one.message) for one in caught}
    )


def test_no_former_name_outlives_its_promise():
    """What was to be removed in this release is gone."""
    current = version("skmia").split(".")[:2]
    for path in Path(skmia.__file__).parent.rglob("*.py"):
        for line in path.read_text().splitlines():
            if "until=" in line and '"' in line:
                until = line.split("until=")[1].split('"')[1]
                assert list(map(int, until.split("."))) > list(map(int, current)), path
