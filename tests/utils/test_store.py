"""A store: what comes back is what was kept, whatever happened to the folder."""

import json
import os
import pickle
import time
from collections import OrderedDict
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
from skops import io

from skmia import BlackBox, MembershipGame, ShadowModels, Store
from skmia.neural import MLPNet, NetClassifier
from skmia.neural.objectives import Mixup, Pruning
from skmia.shadow._kept import Known
from skmia.shadow._training import Shadow
from skmia.targets import PredictionAPI
from skmia.utils import _entry, _folder
from skmia.utils._cache import is_kept, kept_as, open_store, remember
from skmia.utils._same_objects import same
from skmia.utils._saved_objects import Hand

X, y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(random_state=0)
COMPUTED = []


@kept_as("thing")
def itself(value):
    COMPUTED.append(value)
    return value


@pytest.fixture(autouse=True)
def _nothing_computed():
    COMPUTED.clear()


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


def files(store):
    return sorted(Path(store.path).glob("*.zip"))


def kept(store, value, key=TREE):
    """What a store gives back that was given a value, or None if it was not kept."""
    remember(store, key, itself, value)
    assert COMPUTED.pop() is value
    if is_kept(store, key, itself):
        found = remember(store, key, itself, "not kept")
        assert not COMPUTED
        return found
    return None


numbers = st.one_of(arrays_of.integer_dtypes(), arrays_of.floating_dtypes())
any_array = arrays_of.arrays(
    st.one_of(numbers, arrays_of.boolean_dtypes(), arrays_of.unicode_string_dtypes()),
    arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
leaves = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), any_array)
)


def cells_of(values):
    """Array of these objects."""
    cells = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        cells[i] = value
    return cells


plain_values = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.tuples(parts, parts),
        st.builds(Shadow, parts, parts),
        st.lists(parts, max_size=3).map(cells_of),
    ),
    max_leaves=6,
)


@given(value=plain_values, mapped=st.booleans())
def test_plain_values_come_back(tmp_path_factory, value, mapped):
    folder = tmp_path_factory.getbasetemp() / "plain values"
    store = open_store(folder)
    store.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_entry, "MAPPED", 0 if mapped else 2**26)
        found = kept(store, value)
    assert same(found, value)
    with ZipFile(*files(store)) as entry:
        assert "value.skops" not in entry.namelist()


def test_cells_that_are_lists_come_back(store):
    cells = cells_of([[1, "a"], [2.5, None]])[:, None]
    assert same(kept(store, cells), cells)
    with ZipFile(*files(store)) as entry:
        assert "value.json" in entry.namelist()


@pytest.mark.parametrize("order", ["C", "F"])
def test_large_arrays_are_mapped(store, monkeypatch, order):
    array = np.asarray(np.random.RandomState(0).normal(size=(30, 7)), order=order)
    monkeypatch.setattr(_entry, "MAPPED", 0)
    one, (other, word) = kept(store, [array, (array[::2, ::3], "word")])
    assert word == "word"
    for found, expected in ((one, array), (other, array[::2, ::3])):
        assert_array_equal(found, expected)
        assert type(found) is np.ndarray
        assert isinstance(found.base, np.memmap)
        assert found.flags.aligned
        assert not found.flags.writeable
    assert one.flags.f_contiguous == (order == "F")
    store.clear()
    assert_array_equal(one, array)


def test_games_with_mapped_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(_entry, "MAPPED", 0)

    def score(memory, attack):
        game = MembershipGame(
            TREE, n_shadows=4, random_state=0, attack=attack, memory=memory
        )
        return game.fit(X[::2], y[::2]).play(X[1::2], y[1::2]).score

    for attack in ("rmia-offline", "shadow", "loss-threshold", "entropy-threshold"):
        scores = [score(memory, attack) for memory in (None, tmp_path, tmp_path)]
        assert_array_equal(scores[1], scores[0])
        assert_array_equal(scores[2], scores[0])


class OfThisFile(RandomForestClassifier):
    pass


def half(X):
    return X / 2


MODELS = {
    "forest": RandomForestClassifier(3, random_state=0),
    "boosting": HistGradientBoostingClassifier(max_iter=2, random_state=0),
    "network": MLPNet((4,), max_epochs=1, random_state=0),
    "objective": NetClassifier(
        objective=[Mixup(), Pruning()],
        module_params={"dropout": 0.1},
        max_epochs=1,
        random_state=0,
    ),
    "linear network": MLPNet((), max_epochs=1, random_state=0),
    "class": OfThisFile(3, random_state=0),
    "function": make_pipeline(FunctionTransformer(half), LogisticRegression()),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_come_back(store, name):
    model = MODELS[name].fit(X, y)
    found = kept(store, model, MODELS[name])
    assert type(found) is type(model)
    assert_array_equal(found.predict_proba(X), model.predict_proba(X))
    with ZipFile(*files(store)) as entry:
        assert {"value.skops", "entry.json"} == set(entry.namelist())


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": [1.0, 2.0]}),
        LogisticRegression(class_weight={True: 1.0, False: 2.0}),
        [lambda x: x],
        OrderedDict(a=Path("a")),
    ],
    ids=["frame", "keys", "lambda", "foreign"],
)
def test_what_would_not_be_the_same_is_not_kept(store, value):
    assert kept(store, value) is None
    assert not files(store)


def test_differences_are_seen():
    assert same(np.float64(0.5), 0.5)
    assert same([float("nan"), {1: "a"}], [float("nan"), {1: np.str_("a")}])
    assert same(np.eye(3)[:, ::2], np.eye(3)[:, ::2].copy())
    different = [1, 1.0, True, "1", b"1", None, (1,), [1], {1}, {1: 1}, {True: 1}]
    different += [np.array(1), np.array([1]), np.array([1.0]), np.array(["1"]), TREE]
    different += [
        LogisticRegression(),
        np.random.RandomState(0),
        len,
        DecisionTreeClassifier,
    ]
    for i, one in enumerate(different):
        for j, other in enumerate(different):
            assert same(one, other) == (i == j)


def make_models(memory):
    return ShadowModels(TREE, n_shadows=4, random_state=0, memory=memory).fit(X, y)


def answers(shadows):
    return shadows.observations(["posterior"])[0].to_numpy()


def test_one_place_decides(tmp_path):
    path = tmp_path / "store"
    same_store = open_store(str(path)), open_store(path), open_store(Store(path))
    assert {store.path for store in same_store} == {str(path)}
    assert open_store(None).location is None
    memory = joblib.Memory(tmp_path / "pickles", verbose=0)
    assert open_store(memory) is memory
    expected = answers(make_models(None))
    for one in (str(path), path, Store(path), memory):
        assert_array_equal(answers(make_models(one)), expected)
    assert {file.suffix for file in path.iterdir()} == {".zip", ".json"}
    assert list((tmp_path / "pickles").rglob("*.pkl"))
    again = clone(ShadowModels(TREE, memory=Store(path, max_bytes=10**6)))
    assert (again.memory.path, again.memory.max_bytes) == (str(path), 10**6)
    with pytest.raises(ValueError, match="memory"):
        make_models(3)


def damage_cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_noise(path):
    path.write_bytes(np.random.RandomState(0).bytes(5000))


def damage_empty(path):
    path.write_bytes(b"")


def damage_flip(path):
    """In the largest member: some bytes of a header are in the directory too."""
    with ZipFile(path) as entry:
        largest = max(map(entry.read, entry.namelist()), key=len)
    data = bytearray(path.read_bytes())
    data[data.index(largest) + len(largest) // 2] ^= 255
    path.write_bytes(data)


def damage_other_key(path):
    """Another entry, which is as good a file."""
    entries = sorted(path.parent.glob("*.zip"))
    path.write_bytes(entries[entries.index(path) - 1].read_bytes())


def damage_compressed(path):
    with ZipFile(path) as entry:
        members = {name: entry.read(name) for name in entry.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as entry:
        for name, data in members.items():
            entry.writestr(name, data)


def damage_pickle(path):
    path.write_bytes(pickle.dumps(Trap()))


def damage_foreign_object(path):
    replace_value(path, {"value.skops": io.dumps(FunctionTransformer(os.getcwd))})


def damage_pickled_array(path):
    array = np.array([Trap()], dtype=object)
    np.save(path.with_suffix(".npy"), array, allow_pickle=True)
    data = path.with_suffix(".npy").read_bytes()
    path.with_suffix(".npy").unlink()
    replace_value(path, {"0.npy": data, "value.json": '{"array": 0}'})


def damage_unknown_record(path):
    replace_value(path, {"value.json": '{"Trap": []}'})


def replace_value(path, members):
    with ZipFile(path) as entry:
        head = entry.read("entry.json")
    with ZipFile(path, "w", ZIP_STORED) as entry:
        entry.writestr("entry.json", head)
        for name, data in members.items():
            entry.writestr(name, data)


class Trap:
    sprung = False

    def __reduce__(self):
        return spring, ()


def spring():
    Trap.sprung = True


DAMAGES = [name for name in dir() if name.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_the_entry_is_as_none(tmp_path, damage, monkeypatch):
    """Computed anew and written over: the next who asks finds it."""
    expected = answers(make_models(tmp_path))
    entries = sorted(tmp_path.glob("*.zip"), reverse=True)
    for path in entries:
        globals()[damage](path)
    written, own = [], _folder.write_entry
    monkeypatch.setattr(
        _folder, "write_entry", lambda *args: written.append(args) or own(*args)
    )
    for n_written in (len(entries), 0):
        assert_array_equal(answers(make_models(tmp_path)), expected)
        assert len(written) == n_written
        written.clear()
    assert not Trap.sprung
    assert sorted(tmp_path.glob("*.zip")) == sorted(entries)


def test_a_model_is_not_replaced_by_one_of_another_kind(store):
    """Nor by one that would send the records to a host."""
    model = DecisionTreeClassifier(random_state=0).fit(X, y)
    assert kept(store, model) is not None
    (path,) = files(store)
    stranger = PredictionAPI("http://localhost:1", classes=[0, 1, 2])
    for other in (stranger, make_pipeline(stranger)):
        try:
            data = io.dumps(other)
        except Exception:
            pytest.skip("skops saves no such model")
        replace_value(path, {"value.skops": data})
        remember(store, TREE, itself, model)
        assert COMPUTED.pop() is model


def test_whom_a_hand_trusts():
    hand = Hand((OfThisFile(), {"with": [FunctionTransformer(half)]}))
    own = OfThisFile.__module__
    for name in (f"{own}.OfThisFile", f"{own}.half", "sklearn.tree._tree.Tree"):
        assert hand.trusts(name)
    for name in (
        *("os.system", "builtins.eval", "builtins.object", "posix.system"),
        *("subprocess.Popen", "joblib.parallel.Parallel", "pickle.Unpickler"),
        # Of another package, under a name of a package in the hand.
        *("sklearn.utils.parallel.joblib", "sklearn.base.defaultdict"),
        *("sklearn.utils.parallel.Thread", f"{own}.ZipFile", f"{own}.spring"),
        *("skmia.targets._prediction_api.PredictionAPI", "skmia.audit", "no.such"),
        *("skmia.defenses.queries._query_budget.QueryBudget", "", "os", "sklearn."),
    ):
        assert not hand.trusts(name), name
    assert not Hand(()).trusts("sklearn.tree._tree.Tree")
    remote = "skmia.targets._prediction_api.PredictionAPI"
    assert not Hand(BlackBox(TREE)).trusts(remote)
    assert Hand(BlackBox(TREE)).trusts("skmia.targets._black_box.BlackBox")


def filled(tmp_path, max_bytes=None, n=6):
    """Store with arrays of about a thousand bytes under the keys 0, 1, ..."""
    store = open_store(Store(tmp_path, max_bytes=max_bytes))
    for key in range(n):
        remember(store, key, itself, np.zeros(100))
    return store


def there(store, n=6):
    return [key for key in range(n) if is_kept(store, key, itself)]


@pytest.mark.parametrize("clock", [1.0, -1e9, 0.0], ids=["runs", "back", "stands"])
def test_what_was_not_used_for_long_goes_first(tmp_path, monkeypatch, clock):
    size = filled(tmp_path, n=1).info()["bytes"]
    times = iter(range(10**6))
    begin = time.time_ns()
    monkeypatch.setattr(
        time, "time_ns", lambda: begin + int(next(times) * clock * 10**6)
    )
    Store(tmp_path).clear()
    store = filled(tmp_path, max_bytes=4 * size)
    assert there(store) == [2, 3, 4, 5]
    remember(store, 2, itself, None)
    remember(store, 7, itself, np.zeros(100))
    assert there(store) == [2, 4, 5]
    assert store.info()["bytes"] <= 4 * size
    remember(store, 8, itself, np.zeros(10**5))
    assert not is_kept(store, 8, itself)
    assert there(store) == [2, 4, 5]


def test_an_entry_of_the_future_is_the_last_used_for_now(tmp_path):
    store = filled(tmp_path, n=3)
    (oldest, *_), later = [path for path, _ in store._folder.files()], time.time() + 1e6
    os.utime(oldest, (later, later))
    remember(store, 1, itself, None)
    kept_at = [one.st_mtime for _, one in store._folder.files()]
    assert kept_at[-1] == pytest.approx(later)
    open_store(store)


@pytest.mark.parametrize(("age", "stays"), [(10, True), (7200, False), (-1e6, False)])
def test_what_a_killed_writer_left(tmp_path, age, stays):
    open_store(tmp_path)
    left = tmp_path / f"{'0' * 32}.unfinished"
    left.write_bytes(b"half")
    os.utime(left, (time.time() - age,) * 2)
    open_store(tmp_path)
    assert left.exists() == stays


def test_what_is_in_a_store(tmp_path):
    store = Store(tmp_path)
    make_models(store).observations(["posterior"])
    entries = store.entries()
    assert entries.groupby("kind").size().to_dict() == {
        "about a model": 4,
        "answers": 4,
        "model": 4,
    }
    assert set(entries.estimator) == {"DecisionTreeClassifier"}
    assert entries.age.between(0, 60).all()
    assert entries.versions.str.contains("sklearn 1.").all()
    info = {"path": str(tmp_path), "entries": 12, "max_bytes": None}
    assert store.info() == info | {"bytes": entries.bytes.sum()}
    assert sorted(entries.index) == [path.stem for path in files(store)]


def test_only_what_is_its_own_is_removed(tmp_path):
    store = filled(tmp_path, n=3)
    others = {"notes.txt", "a.zip", f"{'g' * 32}.zip", "0.unfinished"}
    for name in others:
        (tmp_path / name).write_text("mine")
    (tmp_path / f"{'0' * 32}.unfinished").write_text("half")
    assert store.clear() == 3
    assert {path.name for path in tmp_path.iterdir()} == {*others, "skmia-store.json"}
    assert store.entries().empty
    no_store = tmp_path / "folder"
    no_store.mkdir()
    (no_store / f"{'0' * 32}.zip").write_text("mine")
    for ask in (Store(no_store).clear, Store(no_store).entries, Store(no_store).info):
        with pytest.raises(ValueError, match="is no store"):
            ask()
    assert len(list(no_store.iterdir())) == 1


def test_a_store_travels_light(tmp_path):
    store = filled(tmp_path, max_bytes=10**6)
    again = pickle.loads(pickle.dumps(store))
    assert len(pickle.dumps(store)) < 500
    assert repr(again) == repr(store) == f"Store({str(tmp_path)!r}, max_bytes=1000000)"
    assert there(again) == there(store) == [*range(6)]


def test_arrays_are_read_by_numpy_alone(store):
    remember(store, TREE, itself, X)
    assert_array_equal(np.load(*files(store), allow_pickle=False)["0"], X)
    with ZipFile(*files(store)) as entry:
        head = json.loads(entry.read("entry.json"))
    assert (head["kind"], head["estimator"]) == ("thing", "DecisionTreeClassifier")


def test_what_is_known_of_a_model_needs_no_skops(store):
    known = Known("A", None, frozenset({"predict"}), np.array(["a", 1], object), False)
    found = kept(store, known)
    assert found.answers == known.answers
    assert same(found.classes, known.classes)
    with ZipFile(*files(store)) as entry:
        assert "value.json" in entry.namelist()


def test_paths_of_the_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Store("~/kept").path == str(tmp_path / "kept")
    with pytest.raises(ValueError, match="is empty: it must name a folder"):
        open_store("")
