"""A model behind an endpoint: asked with patience, paid for once, checked."""

import copy
import math
import pickle
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from certificate import write_certificate
from hypothesis import given
from hypothesis import strategies as st
from loopback import cut_short, drop, hang, serving, status
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.exceptions import QueryBudgetExceeded
from skmia.targets import PredictionAPI, Session
from skmia.targets._patience import Patience

X, y = load_iris(return_X_y=True)
X, y = X[:140], y[:140]  # no row is there twice
MODEL = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
MODEL.fit(X[::2], y[::2])
CLASSES = [0, 1, 2]


def posterior(rows):
    return MODEL.predict_proba(np.array(rows, dtype=float)).tolist()


def labels(rows):
    return MODEL.predict(np.array(rows, dtype=float)).tolist()


def api_of(server, **parameters):
    return PredictionAPI(server.url, CLASSES, **parameters)


def n_rows(server):
    return sum(map(len, server.received))


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """Seconds that were to be waited; nobody waits."""
    seconds = []
    monkeypatch.setattr(Patience, "sleep", staticmethod(seconds.append))
    return seconds


KINDS = {
    "array": X,
    "single precision": X.astype(np.float32),
    "frame": pd.DataFrame(X, columns=list("abcd")),
    "sparse": sparse.csr_array(X),
    "columns": sparse.csc_matrix(X),
    "list": X.tolist(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_records_of_any_kind(kind):
    records = KINDS[kind]
    expected = MODEL.predict_proba(np.asarray(records) if kind == "frame" else records)
    with serving(posterior) as server:
        api = api_of(server, batch_size=50)
        assert_array_equal(api.predict_proba(records), expected)
        assert_array_equal(api.predict(records), expected.argmax(axis=1))
        assert [len(rows) for rows in server.received] == [50, 50, 40]
    assert api.n_queries_ == 140
    assert api.queries_left_ == math.inf
    assert_array_equal(api.classes_, CLASSES)


def test_values_are_written_as_they_are():
    frame = pd.DataFrame(
        {
            "n": [1, 2],
            "x": [0.5, np.nan],
            "word": ["a", None],
            "day": pd.to_datetime(["2020-01-02", None]),
            "kind": pd.Categorical(["u", "v"]),
        }
    )
    with serving(lambda rows: [[1, 0, 0]] * len(rows)) as server:
        api = api_of(server)
        api.predict(frame)
        api.predict(np.array([[1.0, np.nan]]))
        api.predict(["a text", "another"])
        api.predict(np.ones((1, 2, 2), dtype=np.float32))
        with pytest.raises(ValueError, match=r"rows 0 to 0.*not JSON compliant"):
            api.predict([[np.inf]])
    assert server.received == [
        [[1, 0.5, "a", "2020-01-02T00:00:00", "u"], [2, None, None, None, "v"]],
        [[1.0, None]],
        ["a text", "another"],
        [[[1.0, 1.0], [1.0, 1.0]]],
    ]


@given(
    batch_size=st.integers(1, 200),
    rows=st.lists(st.integers(0, len(X) - 1), max_size=60),
    access=st.sampled_from(["scores", "label"]),
)
def test_batches_change_nothing(batch_size, rows, access):
    asked = []

    def source(batch):
        asked.extend(map(tuple, batch))
        return (posterior if access == "scores" else labels)(batch)

    api = PredictionAPI(source, CLASSES, access=access, batch_size=batch_size)
    records = X[rows]
    assert_array_equal(api.predict(records), MODEL.predict(X)[rows])
    if access == "scores":
        assert_array_equal(api.predict_proba(records), MODEL.predict_proba(X)[rows])
    else:
        assert not hasattr(api, "predict_proba")
    # Each record once.
    assert len(asked) == len(set(asked)) == len(set(rows)) == api.n_queries_


TROUBLES = {
    "too many": status(429),
    "error": status(500, b"<html>"),
    "not there yet": status(503),
    "broken": drop,
    "cut short": cut_short,
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_may_pass_is_tried_again(trouble, waits):
    happens = TROUBLES[trouble]
    with serving(posterior, lambda i: happens if i in (1, 3, 4) else None) as server:
        api = api_of(server, batch_size=70)
        assert_array_equal(api.predict_proba(X), MODEL.predict_proba(X))
    assert server.n_requests == 5
    assert n_rows(server) == api.n_queries_ == 140
    assert waits == [0.5, 0.5, 1.0]


def test_who_never_answers_is_given_up(waits):
    fails = lambda i: None if i == 1 else status(502)  # noqa: E731
    with serving(posterior, fails) as server:
        api = api_of(server, batch_size=100, retries=3)
        with pytest.raises(
            ConnectionError,
            match="No answer for rows 100 to 139 after 4 requests: status 502",
        ):
            api.predict(X)
        assert waits == [0.5, 1.0, 2.0]
        # What was answered is kept.
        server.trouble = lambda i: None
        assert_array_equal(api.predict(X), MODEL.predict(X))
    assert n_rows(server) == api.n_queries_ == 140


def test_timeout():
    times_out = pytest.raises(ConnectionError, match="2 requests: TimeoutError")
    with serving(posterior, lambda i: hang) as server, times_out:
        api_of(server, retries=1, timeout=0.01).predict(X)
    assert server.n_requests == 2


def test_nobody_there():
    with serving(posterior) as server:
        pass
    with pytest.raises(ConnectionError, match="after 2 requests: ConnectionRefused"):
        api_of(server, retries=1).predict(X)


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("0", 0.5), ("99999", 3600), ("9" * 500, 3600), ("soon", 0.5)],
)
def test_retry_after(header, wait, waits):
    busy = status(429, Retry_After=header)
    with serving(posterior, lambda i: busy if i == 1 else None) as server:
        api_of(server).predict(X)
    assert waits == [wait]


def test_retry_after_as_a_date(waits):
    then = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    busy = status(503, Retry_After=then)
    with serving(posterior, lambda i: busy if i == 1 else None) as server:
        api_of(server).predict(X)
    # A date is cut to seconds, and the request takes a moment.
    assert 110 < waits[0] <= 120


def test_rate(monkeypatch, waits):
    now = [100.0]

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    times = []
    monkeypatch.setattr(Patience, "sleep", staticmethod(sleep))
    monkeypatch.setattr(Patience, "clock", staticmethod(lambda: now[0]))

    def source(batch):
        times.append(now[0])
        now[0] += 0.05
        if len(times) == 4:
            raise TimeoutError
        return posterior(batch)

    PredictionAPI(source, CLASSES, batch_size=20, rate=4).predict(X)
    assert len(times) == 8
    assert np.diff(times).min() == pytest.approx(0.25)
    assert waits.count(0.5) == 1  # after the failure


def test_other_refusals_are_not_tried_again(waits):
    refusal = status(400, b"no such column")
    refused = pytest.raises(ValueError, match=r"rows 0 to 139 .* status 400: no such")
    with serving(posterior, lambda i: refusal) as server, refused:
        api_of(server).predict(X)
    assert server.n_requests == 1
    assert not waits


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_other_hosts_are_not_asked(code):
    refused = pytest.raises(ValueError, match=rf"redirects to .*status {code}")
    with serving(posterior) as other:
        move = status(code, Location=other.url)
        with serving(posterior, lambda i: move) as server, refused:
            api_of(server).predict(X)
    assert server.n_requests == 1
    assert other.n_requests == 0


def test_redirects_on_the_same_host():
    move = status(307, Location="/predict/?v=2")
    with serving(posterior, lambda i: move if i % 2 else None) as server:
        assert_array_equal(api_of(server).predict(X), MODEL.predict(X))
        assert server.paths == ["/predict", "/predict/?v=2"]
        server.trouble = lambda i: move
        with pytest.raises(ValueError, match="5 redirects"):
            api_of(server).predict(X)


@pytest.fixture
def certificate(tmp_path):
    path = tmp_path / "certificate.pem"
    write_certificate(path)
    return path


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def test_https(trusted):
    with serving(posterior, certificate=trusted) as server:
        assert server.url.startswith("https:")
        assert_array_equal(api_of(server).predict(X), MODEL.predict(X))


def test_certificates_of_nobody_known_are_refused(certificate, waits):
    refused = pytest.raises(
        ValueError,
        match=r"certificate of 127.0.0.1:\d+ is not trusted: self.signed certificate\."
        r" .* variable SSL_CERT_FILE",
    )
    with serving(posterior, certificate=certificate) as server:
        api = api_of(server)
        with refused:
            api.predict(X)
    assert server.n_requests == api.n_queries_ == 0
    assert not waits  # it is not tried again


def test_certificates_of_another_host_are_refused(trusted):
    write_certificate(trusted, ip="127.0.0.2")
    refused = pytest.raises(ValueError, match=r"not trusted: IP address mismatch")
    with serving(posterior, certificate=trusted) as server, refused:
        api_of(server).predict(X)
    assert server.n_requests == 0


def test_https_is_never_left(trusted):
    refused = pytest.raises(ValueError, match=r"redirects to http:.*status 308")
    with serving(posterior) as other:
        move = status(308, Location=other.url)
        with serving(posterior, lambda i: move, trusted) as server, refused:
            api_of(server).predict(X)
    assert server.n_requests == 1
    assert other.n_requests == 0


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    with serving(posterior) as proxy, serving(posterior) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        api_of(server).predict(X)
    assert (proxy.n_requests, server.n_requests) == (0, 1)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/x",
        "file:///etc/hosts",
        "127.0.0.1:80",
        "http://",
        "http://host:port/",
        "http://me:secret@host/",
        "http://host/a b",
        "http://host/\r\nX: y",
    ],
)
def test_urls(url):
    with pytest.raises(ValueError, match="'source' parameter of PredictionAPI") as info:
        PredictionAPI(url, CLASSES)
    assert "secret" not in str(info.value)


def last_row(change):
    """Answers of which the last of 90 is another."""
    return lambda rows: [*posterior(rows)[:-1], change]


WRONG = {
    "few rows": (lambda rows: posterior(rows)[1:], "one row for each of 70"),
    "two classes": (lambda rows: [[0.5, 0.5]] * len(rows), r"3 classes .*\(70, 2\)"),
    "labels": (labels, r"3 classes .*\(70,\)"),
    "nan": (last_row([math.nan, 1, 0]), "not finite"),
    "inf": (last_row([math.inf, 0, 0]), "not finite"),
    "null": (last_row([None, 1, 0]), "not finite"),
    "words": (last_row(["high", "low", "low"]), "numbers"),
    "ragged": (last_row([1]), "cannot be read.*'parse'"),
    "percent": (lambda rows: [[100, 0, 0]] * len(rows), "from 0 to 1"),
    "a dict": (lambda rows: {"scores": posterior(rows)}, "numbers|classes"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_answers_name_their_batch(wrong):
    answer, message = WRONG[wrong]
    answers = iter([posterior, answer])
    with serving(lambda rows: next(answers)(rows)) as server:
        api = api_of(server, batch_size=70)
        with pytest.raises(ValueError, match=f"rows 70 to 139 .*{message}"):
            api.predict(X)
        # They were paid for, and are not kept.
        assert api.n_queries_ == 140
        server.answer = posterior
        assert_array_equal(api.predict(X), MODEL.predict(X))
    assert api.n_queries_ == 210


def test_wrong_labels_name_their_batch():
    for answer in ([7] * 140, ["0"] * 140, [None] * 140):
        api = PredictionAPI(lambda rows, a=answer: a, CLASSES, access="label")
        with pytest.raises(ValueError, match="rows 0 to 139 must give some of"):
            api.predict(X)
    api = PredictionAPI(posterior, CLASSES, access="label")
    with pytest.raises(ValueError, match="one label per record"):
        api.predict(X)


def test_no_json():
    refused = pytest.raises(ValueError, match="rows 0 to 139 there is no answer")
    with serving(posterior, lambda i: status(200, b"<html>")) as server, refused:
        api_of(server).predict(X)


def test_labels_are_those_that_were_named():
    names = np.array(["setosa", "versicolor", "virginica"])
    api = PredictionAPI(
        labels, names, access="label", parse=lambda answer: names[np.array(answer)]
    )
    assert_array_equal(api.predict(X), names[MODEL.predict(X)])
    assert api.predict(X[:0]).shape == (0,)
    scores = PredictionAPI(posterior, names)
    assert_array_equal(scores.predict(X), names[MODEL.predict(X)])
    assert scores.predict_proba(X[:0]).shape == (0, 3)


def test_a_function_is_given_records_as_they_are():
    given = []

    def source(batch):
        given.append(batch)
        if len(given) == 2:
            raise ConnectionError
        return {"p": MODEL.predict_proba(batch.to_numpy())}

    frame = KINDS["frame"].set_axis(range(1000, 1140))
    api = PredictionAPI(source, CLASSES, parse=lambda a: a["p"], batch_size=100)
    assert_array_equal(api.predict_proba(frame), MODEL.predict_proba(X))
    assert_frame_equal(given[0], frame[:100])
    assert_frame_equal(given[1], given[2])
    with pytest.raises(ValueError, match="'preset' parameter of PredictionAPI"):
        PredictionAPI(source, CLASSES, preset="mlflow")
    for classes in ([0], [0, 0], [[0, 1]]):
        with pytest.raises(ValueError, match="'classes' parameter of PredictionAPI"):
            PredictionAPI(source, classes)


# Budgets and caches


def test_budget():
    api = PredictionAPI(posterior, CLASSES, max_queries=100)
    api.predict(np.repeat(X[:60], 2, axis=0))
    assert (api.n_queries_, api.queries_left_) == (60, 40)
    with pytest.raises(QueryBudgetExceeded, match=r"60 were paid for.*80 more"):
        api.predict(X)
    assert api.queries_left_ == 40
    api.predict_proba(X[:100])
    assert api.queries_left_ == 0


def test_a_session_stops_before_the_budget():
    api = PredictionAPI(posterior, CLASSES, max_queries=100)
    session = Session(api, X, y)
    Z = session.observe(["loss", "correctness"])
    # A second method costs nothing.
    assert Z.notna().sum().tolist() == [100, 100]
    assert api.queries_left_ == 0
    expected = Session(MODEL, X, y).observe(["loss", "correctness"])
    assert_array_equal(Z.dropna(), expected[Z["loss"].notna()])


def test_cache(tmp_path):
    path = tmp_path / "answers.sqlite"
    with serving(posterior) as server:
        api_of(server, cache=path).predict_proba(X[:100])
        api = api_of(server, cache=path, max_queries=130)
        assert (api.n_queries_, api.queries_left_) == (100, 30)
        assert_array_equal(api.predict_proba(X[:130]), MODEL.predict_proba(X[:130]))
        with pytest.raises(QueryBudgetExceeded):
            api.predict(X)
        assert n_rows(server) == 130
        for others in ({"access": "label"}, {"classes": [0, 1, 3]}):
            with pytest.raises(ValueError, match=r"'cache' .*another source"):
                PredictionAPI(server.url, **{"classes": CLASSES, **others}, cache=path)
        content = path.read_bytes()
        assert server.url.encode() not in content
        assert X[0].tobytes() not in content
    with pytest.raises(ValueError, match=r"'cache' .*another source"):
        PredictionAPI(posterior, CLASSES, cache=path)


def test_a_cache_holds_plain_values(tmp_path):
    path = tmp_path / "answers.sqlite"
    PredictionAPI(posterior, CLASSES, cache=path).predict(X[:1])
    db = sqlite3.connect(path)
    (answer,) = db.execute("SELECT answer FROM answers").fetchone()
    db.close()
    assert_array_equal(np.frombuffer(answer, "<f8"), MODEL.predict_proba(X[:1])[0])


def test_a_cache_must_be_one(tmp_path):
    text = tmp_path / "records.csv"
    text.write_text("a,b\n1,2\n" * 100)
    for path in (text, tmp_path / "nowhere" / "answers.sqlite", tmp_path):
        with pytest.raises(ValueError, match="'cache' parameter of PredictionAPI"):
            PredictionAPI(posterior, CLASSES, cache=path)
    assert text.read_text().startswith("a,b\n1,2\n")


def test_copies(tmp_path):
    with serving(posterior) as server:
        for cache in (None, tmp_path / "answers.sqlite"):
            api = api_of(server, cache=cache)
            api.predict(X[:50])
            for twin in (pickle.loads(pickle.dumps(api)), copy.deepcopy(api)):
                assert_array_equal(twin.predict(X[:50]), MODEL.predict(X[:50]))
                assert twin.n_queries_ == 50
                assert repr(twin) == repr(api)
        assert n_rows(server) == 100


def test_threads_pay_once():
    api = PredictionAPI(posterior, CLASSES, batch_size=10, max_queries=140)
    with ThreadPoolExecutor(4) as pool:
        for answer in pool.map(api.predict, [X, X[::-1], X[::2], X]):
            assert len(answer)
    assert api.queries_left_ == 0


# Presets


def mlflow_answer(content):
    if "dataframe_split" in content:
        split = content["dataframe_split"]
        rows = pd.DataFrame(split["data"], columns=split["columns"])[list("abcd")]
    else:
        rows = content["inputs"]
    return {"predictions": posterior(rows)}


@pytest.mark.parametrize("kind", ["array", "frame", "sparse"])
def test_mlflow(kind):
    with serving(mlflow_answer) as server:
        api = api_of(server, preset="mlflow")
        assert_array_equal(api.predict_proba(KINDS[kind]), MODEL.predict_proba(X))
    assert (kind == "frame") == ("dataframe_split" in server.received[0])


def inference_answer(content):
    """As a server of the open inference protocol: checks tensors, gives two."""
    columns = []
    for tensor in content["inputs"]:
        assert tensor["datatype"] in ("FP64", "FP32")
        assert len(tensor["data"]) == math.prod(tensor["shape"])
        columns.append(np.reshape(tensor["data"], tensor["shape"]))
    answers = posterior(np.hstack(columns))
    n = len(answers)
    return {
        "model_name": "iris",
        "outputs": [
            {
                "name": "predict",
                "shape": [n, 1],
                "datatype": "INT64",
                "data": np.argmax(answers, axis=1).tolist(),
            },
            {
                "name": "predict_proba",
                "shape": [n, 3],
                "datatype": "FP64",
                "data": np.ravel(answers).tolist(),
            },
        ],
    }


@pytest.mark.parametrize("kind", ["array", "single precision", "frame", "sparse"])
def test_open_inference(kind):
    with serving(inference_answer) as server:
        api = api_of(server, preset="open-inference", batch_size=50)
        assert_array_equal(api.predict_proba(KINDS[kind]), MODEL.predict_proba(X))
        api = api_of(server, preset="open-inference", access="label")
        assert_array_equal(api.predict(KINDS[kind]), MODEL.predict(X))
    tensors = [(one["name"], one["shape"]) for one in server.received[0]["inputs"]]
    frame = [(name, [50, 1]) for name in "abcd"]
    assert tensors == (frame if kind == "frame" else [("input-0", [50, 4])])


def test_datatypes_of_the_open_inference_protocol():
    frame = pd.DataFrame(
        {"i": [1], "u": np.uint8([1]), "b": [True], "s": ["a"], "x": np.float32([1])}
    )
    answer = {"outputs": [{"shape": [1, 3], "data": [1, 0, 0]}]}
    with serving(lambda content: answer) as server:
        api_of(server, preset="open-inference").predict(frame)
    kinds = [one["datatype"] for one in server.received[0]["inputs"]]
    assert kinds == ["INT64", "UINT8", "BOOL", "BYTES", "FP32"]


def test_parse_takes_the_place_of_a_preset():
    with serving(lambda content: {"p": posterior(content["inputs"])}) as server:
        api = api_of(server, preset="mlflow")
        with pytest.raises(ValueError, match=r"KeyError: 'predictions'.*'parse'"):
            api.predict(X)
        api = api_of(server, preset="mlflow", parse=lambda answer: answer["p"])
        assert_array_equal(api.predict_proba(X), MODEL.predict_proba(X))


# Audits

SETS = X[::2], y[::2], X[1::2], y[1::2]
HOW = {
    "attacks": ["gap", "loss-threshold", "shadow", "lira-online"],
    "shadow_estimator": DecisionTreeClassifier(min_samples_leaf=3),
    "n_shadows": 4,
    "random_state": 0,
}


def assert_same_audit(one, other):
    assert_frame_equal(one.records, other.records, check_exact=True)
    assert_frame_equal(
        one.summary.drop(columns="seconds"),
        other.summary.drop(columns="seconds"),
        check_exact=True,
    )
    assert (one.verdict, one.reasons) == (other.verdict, other.reasons)


def test_an_audit_that_was_killed_resumes(tmp_path, monkeypatch, waits):
    """Equal to that of the model in process, at a server that often fails."""
    expected = audit(MODEL, *SETS, **HOW)
    assert expected.summary["status"].eq("ok").all()
    asked = set()

    def answer(rows):
        asked.update(map(tuple, rows))
        return posterior(rows)

    def interrupt(seconds):
        if len(waits) == 4:
            raise KeyboardInterrupt
        waits.append(seconds)

    troubles = [status(429, Retry_After="3"), drop, status(500), cut_short]
    fails = lambda i: None if i % 3 else troubles[i // 3 % 4]  # noqa: E731
    with serving(answer, fails) as server:
        where = {"cache": tmp_path / "answers.sqlite", "batch_size": 8}
        with monkeypatch.context() as patch:
            patch.setattr(Patience, "sleep", staticmethod(interrupt))
            with pytest.raises(KeyboardInterrupt):
                audit(api_of(server, **where), *SETS, **HOW)
        before = n_rows(server)
        api = api_of(server, **where)
        assert 0 < before == api.n_queries_ < len(X)
        assert_same_audit(audit(api, *SETS, **HOW), expected)
    # Each record once, in both runs together.
    assert n_rows(server) == api.n_queries_ == len(asked) == len(X)


def test_an_audit_of_a_function():
    with pytest.raises(TypeError, match=r"PredictionAPI.*'shadow_estimator'"):
        audit(posterior, *SETS)
    with pytest.raises(ValueError, match=r"must have predict. Got 3.$"):
        audit(3, *SETS)
    api = PredictionAPI(posterior, CLASSES)
    report = audit(
        api, *SETS, attacks=["loss-threshold", "lira-online"], random_state=0
    )
    loss, lira = report.summary.loc[["loss-threshold", "lira-online"], "status"]
    assert loss == "ok"
    assert "shadow_estimator" in lira
    assert api.n_queries_ == 140


def test_an_audit_of_labels():
    api = PredictionAPI(labels, CLASSES, access="label")
    how = HOW | {"attacks": ["gap", "shadow-label", "loss-threshold"]}
    report = audit(api, *SETS, **how)
    assert report.summary["status"].eq("ok").tolist() == [True, True, False]
    expected = audit(MODEL, *SETS, **how)
    rows = ["gap", "shadow-label"]
    assert_frame_equal(
        report.summary.loc[rows, ["auc", "accuracy"]],
        expected.summary.loc[rows, ["auc", "accuracy"]],
        check_exact=True,
    )


def test_the_code_of_the_docs_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it writes a cache
    docs = Path(__file__).parents[2] / "docs" / "endpoints.md"
    audited, wrapped = re.findall(
        r"```python\n(.*?)```", docs.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    two = y < 2
    model = DecisionTreeClassifier(random_state=0).fit(X[two][::2], y[two][::2])

    def answer(content):
        return {"predictions": model.predict_proba(content["inputs"]).tolist()}

    names = ["X_train", "y_train", "X_holdout", "y_holdout"]
    sets = [X[two][::2], y[two][::2], X[two][1::2], y[two][1::2]]
    namespace = dict(zip(names, sets, strict=True))
    with serving(answer) as server:
        exec(
            audited.replace("http://127.0.0.1:5001/invocations", server.url), namespace
        )
    assert namespace["report"].summary["status"].eq("ok").all()

    def classify(rows, key):
        return {"probabilities": model.predict_proba(rows)}

    namespace |= {"service": SimpleNamespace(classify=classify), "KEY": "secret"}
    exec(wrapped, namespace)
    frame = pd.DataFrame(X)
    assert_array_equal(namespace["api"].predict(frame), model.predict(X))
