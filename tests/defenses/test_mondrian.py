import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pycanon import anonymity
from scipy import sparse
from sklearn_checks import parametrize_with_checks

from skmia.defenses import MondrianAnonymizer
from skmia.defenses.records._mondrian_cells import distance, diversity


@parametrize_with_checks(
    [
        MondrianAnonymizer(),
        MondrianAnonymizer(2, recoding="median"),
        MondrianAnonymizer(2, recoding="midpoint"),
    ]
)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def people(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    n = 300
    X = pd.DataFrame(
        {
            "age": rng.randint(18, 90, size=n),
            "height": rng.normal(170, 10, size=n),
            "town": rng.choice(list("ABCDE"), size=n),
            "sex": pd.Categorical(rng.choice(["f", "m"], size=n)),
            "income": rng.randint(1, 9, size=n),
        }
    )
    return X, rng.choice(["flu", "cold", "none"], p=[0.5, 0.3, 0.2], size=n)


QUASI = ["age", "height", "town", "sex"]


def measured(X, y):
    return X.astype({"sex": str}).assign(disease=y)


@pytest.mark.parametrize("k", [1, 2, 7, 40, 300])
@pytest.mark.parametrize("recoding", ["mean", "median", "midpoint"])
def test_pycanon_finds_k(k, recoding, people):
    anonymizer = MondrianAnonymizer(k, quasi_identifiers=QUASI, recoding=recoding)
    recoded = measured(anonymizer.fit_transform(*people), people[1])
    assert anonymity.k_anonymity(recoded, QUASI) >= k


@pytest.mark.parametrize("l", [1, 2, 3])
def test_pycanon_finds_distinct_l(l, people):  # noqa: E741
    X, y = people
    anonymizer = MondrianAnonymizer(2, quasi_identifiers=QUASI, l=l)
    recoded = measured(anonymizer.fit_transform(X, y), y)
    assert anonymity.l_diversity(recoded, QUASI, ["disease"]) >= l


def test_pycanon_finds_entropy_l(people):
    X, y = people
    # Not 2: pycanon cuts 1.9999999999999998 down to 1.
    params = {"quasi_identifiers": QUASI, "l": 2.01, "l_kind": "entropy"}
    anonymizer = MondrianAnonymizer(2, **params)
    recoded = measured(anonymizer.fit_transform(X, y), y)
    assert anonymity.entropy_l_diversity(recoded, QUASI, ["disease"]) >= 2
    assert anonymizer.n_cells_ > 1


@pytest.mark.parametrize("t", [0.05, 0.2, 0.5])
def test_pycanon_finds_t_of_classes(t, people):
    X, y = people
    anonymizer = MondrianAnonymizer(2, quasi_identifiers=QUASI, t=t)
    recoded = measured(anonymizer.fit_transform(X, y), y)
    assert anonymity.t_closeness(recoded, QUASI, ["disease"]) <= t + 1e-9
    assert len(recoded.groupby(QUASI)) > 1


@pytest.mark.parametrize("t", [0.05, 0.2])
def test_pycanon_finds_t_of_numbers(t, people):
    X, y = people
    anonymizer = MondrianAnonymizer(2, sensitive="income", t=t)
    recoded = anonymizer.fit_transform(X, y)
    assert_array_equal(recoded["income"], X["income"])
    found = anonymity.t_closeness(recoded.astype({"sex": str}), QUASI, ["income"])
    assert found <= t + 1e-9
    assert anonymizer.n_cells_ > 1


def test_t_is_compared_with_the_distance():
    # anonypy compares with the frequency of the last class, and lets this one pass.
    X = np.array([[0.0]] * 10 + [[1.0]] * 10)
    y = np.array([0] * 5 + [1] * 5 + [0] * 9 + [1] * 1 + [0] * 10)
    X = np.vstack([X, [[1.0]] * 10])
    distances = [
        distance(np.array([0.5, 0.5]), np.array([0.8, 0.2]), False),
        distance(np.array([19 / 20, 1 / 20]), np.array([0.8, 0.2]), False),
    ]
    assert_allclose(distances, [0.3, 0.15], atol=1e-12)
    for t, n_cells in ((0.0001, 1), (0.29, 1), (0.31, 2)):
        assert MondrianAnonymizer(2, t=t).fit(X, y).n_cells_ == n_cells


def test_distances_by_hand():
    p, q = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
    assert distance(p, q, ordered=False) == 1
    assert distance(p, q, ordered=True) == 1
    middle = np.array([0, 1.0, 0])
    assert distance(p, middle, ordered=False) == 1
    assert distance(p, middle, ordered=True) == 0.5
    assert distance(np.array([1.0]), np.array([1.0]), ordered=True) == 0


def test_diversities_by_hand():
    share = np.array([0.5, 0.5, 0.0])
    assert diversity(share, "distinct") == 2
    assert_allclose(diversity(share, "entropy"), 2)
    assert diversity(np.array([0.9, 0.1]), "entropy") < 1.4


def test_continuous_labels_are_ordered():
    X = np.arange(8.0).reshape(-1, 1)
    y = X[:, 0] + 0.5
    # Lower and upper half of 8 ordered values: (1 + 2 + 3 + 4 + 3 + 2 + 1) / 8 / 7.
    for t, n_cells in ((16 / 56 - 0.01, 1), (16 / 56 + 0.01, 2)):
        assert MondrianAnonymizer(4, t=t).fit(X, y).n_cells_ == n_cells
    # As classes, the halves have nothing in common with each other.
    assert MondrianAnonymizer(4, t=0.49).fit(X, y.astype(str)).n_cells_ == 1


def test_cuts_at_the_median_of_the_widest():
    X = np.array([[0, 0.0], [1, 0.1], [2, 0.0], [3, 0.1], [30, 1.0]])
    recoded = MondrianAnonymizer(2).fit_transform(X)
    assert_allclose(recoded[:2], [[0.5, 0.05]] * 2)
    assert_allclose(recoded[2:], [[35 / 3, 1.1 / 3]] * 3)


def test_ties_do_not_block_a_cut():
    # The median is 0 and nothing is below it.
    X = np.array([[0.0]] * 7 + [[1.0]] * 3)
    assert_array_equal(MondrianAnonymizer(3).fit_transform(X), X)


def test_recodings():
    X = np.array([[0.0], [1.0], [5.0]])
    for recoding, value in (("mean", 2.0), ("median", 1.0), ("midpoint", 2.5)):
        recoded = MondrianAnonymizer(3, recoding=recoding).fit_transform(X)
        assert_array_equal(recoded, np.full((3, 1), value))


def test_categories_are_cut_in_halves_and_get_the_mode():
    X = pd.DataFrame({"town": ["A", "B", "B", "C", "D", "D", None]})
    recoded = MondrianAnonymizer(3).fit_transform(X)
    assert recoded["town"].tolist() == ["B"] * 3 + ["D"] * 4
    order = pd.CategoricalDtype(["D", "A", "B", "C"], ordered=True)
    recoded = MondrianAnonymizer(3).fit_transform(X.astype(order))
    # Of equally frequent values the first in the list.
    assert recoded["town"].tolist() == ["D", "B", "B", "B", "D", "D", "B"]
    assert recoded["town"].dtype == order


def test_other_records_fall_in_the_same_cells(people):
    X, y = people
    anonymizer = MondrianAnonymizer(5, quasi_identifiers=QUASI).fit(X, y)
    recoded = anonymizer.transform(X)
    assert recoded.equals(anonymizer.fit_transform(X, y))
    moved = X.assign(age=X["age"] + 1000, town="never seen", income=0)
    moved = anonymizer.transform(moved)
    pairs = set(map(tuple, recoded[QUASI].to_numpy()))
    assert set(map(tuple, moved[QUASI].to_numpy())) <= pairs
    assert (moved["income"] == 0).all()


def test_types_of_columns_stay(people):
    X, y = people
    X = X.assign(
        single=X["height"].astype(np.float32),
        smoker=X["age"] > 40,
        nullable=X["age"].astype("Float64"),
        words=X["town"].astype(object),
    ).set_axis(np.arange(len(X)) // 2)
    recoded = MondrianAnonymizer(5).fit_transform(X, y)
    assert recoded.index.equals(X.index)
    expected = X.dtypes.replace(np.dtype(int), np.dtype(float))
    assert recoded.dtypes.tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, bool])
def test_arrays_stay_arrays(dtype, global_random_seed):
    X = np.random.RandomState(global_random_seed).randint(5, size=(30, 2))
    recoded = MondrianAnonymizer(4).fit_transform(X.astype(dtype))
    assert type(recoded) is np.ndarray
    assert recoded.dtype == (np.float32 if dtype is np.float32 else np.float64)


def test_array_of_objects():
    X = np.array([[1, "a"], [2, "a"], [3, "b"], [4, "b"]], dtype=object)
    recoded = MondrianAnonymizer(2).fit_transform(X)
    expected = np.array([[1.5, "a"]] * 2 + [[3.5, "b"]] * 2, dtype=object)
    assert_array_equal(recoded, expected)


def test_missing_numbers_are_one_value_more():
    X = np.array([[1.0], [3.0], [np.nan], [np.nan]])
    recoded = MondrianAnonymizer(2).fit_transform(X)
    assert_array_equal(recoded, [[2.0], [2.0], [np.nan], [np.nan]])
    recoded = MondrianAnonymizer(3).fit_transform(X)
    assert_array_equal(recoded, np.full((4, 1), np.nan))


def test_output_in_pandas(people):
    X = people[0][["age", "height"]]
    anonymizer = MondrianAnonymizer(5).set_output(transform="pandas")
    recoded = anonymizer.fit_transform(X.to_numpy())
    assert recoded.columns.tolist() == ["x0", "x1"]
    assert anonymizer.fit(X).get_feature_names_out().tolist() == ["age", "height"]


def test_fast_enough_for_thousands():
    X = np.random.RandomState(0).normal(size=(4000, 14))
    anonymizer = MondrianAnonymizer().fit(X)
    # Halves of 4000 / 2^9 = 7.8 rows: no cell of 10 or more is left.
    assert anonymizer.n_cells_ == 512


def test_too_few_records():
    message = r"'k' parameter of MondrianAnonymizer must be at most .*k=5 .*n_samples=4"
    with pytest.raises(ValueError, match=message):
        MondrianAnonymizer().fit(np.zeros((4, 2)))


@pytest.mark.parametrize("columns", [["z"], [2], [-1], [0, 0], ["a", 0]])
def test_quasi_identifiers_must_be_columns(columns):
    X = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    message = "'quasi_identifiers' parameter of MondrianAnonymizer must hold different"
    with pytest.raises(ValueError, match=message):
        MondrianAnonymizer(2, quasi_identifiers=columns).fit(X)


def test_sensitive_column_is_no_quasi_identifier():
    X = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    anonymizer = MondrianAnonymizer(2, sensitive="b")
    assert anonymizer.fit_transform(X)["b"].tolist() == [3, 4]
    with pytest.raises(ValueError, match="must not hold the sensitive column"):
        anonymizer.set_params(quasi_identifiers=["a", "b"]).fit(X)
    with pytest.raises(ValueError, match="'sensitive' parameter of MondrianAnonymizer"):
        MondrianAnonymizer(2, sensitive="c").fit(X)


def test_labels_are_needed_to_protect_them():
    X = np.arange(6.0).reshape(-1, 1)
    with pytest.raises(ValueError, match="must be the labels that l and t protect"):
        MondrianAnonymizer(2, l=2).fit(X)
    message = r"'l' parameter .* at most the diversity .* Got 3 instead; there are 2"
    with pytest.raises(ValueError, match=message):
        MondrianAnonymizer(2, l=3).fit(X, [0, 1] * 3)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        MondrianAnonymizer(2, l=2).fit(X, [0, 1])


def test_what_is_no_number():
    with pytest.raises(ValueError, match="contains infinity"):
        MondrianAnonymizer(1).fit([[np.inf], [1.0]])
    with pytest.raises(TypeError, match=r"of one kind\. Got others in column 'a'"):
        MondrianAnonymizer(1).fit(pd.DataFrame({"a": ["x", 1]}))
    with pytest.raises(TypeError, match="Sparse data"):
        MondrianAnonymizer(1).fit(sparse.csr_array(np.eye(3)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("k", 0), ("t", 1.5), ("l", 0.5), ("recoding", "mode"), ("l_kind", "recursive")],
)
def test_bad_parameters(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of MondrianAnonymizer"):
        MondrianAnonymizer(**{name: value}).fit(np.eye(5), [0, 1, 0, 1, 0])
