"""What is true of every ledger with a file."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from skmia.defenses import PrivacyAccountant, QueryBudget
from skmia.exceptions import QueryBudgetExceeded
from skmia.targets import PredictionAPI


def pay(budget, *numbers):
    with budget.charge([b"record %d" % number for number in numbers]):
        pass


def answer(X):
    return [[0.5, 0.5]] * len(X)


# How each is opened, and how it is used once.
OWNERS = {
    "QueryBudget": (lambda path: QueryBudget(path=path), lambda one: pay(one, 1)),
    "PrivacyAccountant": (
        lambda path: PrivacyAccountant(path=path),
        lambda one: one.spend(1, what="a fit"),
    ),
    "PredictionAPI": (
        lambda path: PredictionAPI(answer, [0, 1], cache=path),
        lambda one: one.predict_proba([[1.0]]),
    ),
}


@pytest.fixture(params=OWNERS)
def owner(request):
    return request.param


@pytest.fixture
def opened(owner):
    return OWNERS[owner][0]


@pytest.fixture
def use(owner):
    return OWNERS[owner][1]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


@pytest.fixture
def statements(monkeypatch):
    """Statements of each connection to a file that was opened meanwhile."""
    connect, traces = sqlite3.connect, []

    def traced(path, **options):
        db = connect(path, **options)
        if path != ":memory:":
            traces.append([])
            db.set_trace_callback(traces[-1].append)
        return db

    monkeypatch.setattr(sqlite3, "connect", traced)
    return traces


def test_a_file_is_opened_once(opened, use, path, statements):
    one = opened(path)
    for _ in range(5):
        use(one)
        repr(one)
    assert len(statements) == 1


def test_a_query_is_one_transaction(path, statements):
    budget = QueryBudget(9, epsilon=5, path=path)
    for numbers in ([1], [2, 3], [3], [3, 4]):
        statements[0].clear()
        pay(budget, *numbers)
        assert statements[0][0] == "BEGIN IMMEDIATE"
        assert statements[0][-1] == "COMMIT"
        assert [line.split()[0] for line in statements[0]].count("BEGIN") == 1


def test_a_refused_query_writes_nothing(path, statements):
    budget = QueryBudget(1, path=path)
    statements[0].clear()
    with pytest.raises(QueryBudgetExceeded):
        pay(budget, 1, 2)
    assert statements[0][-1] == "ROLLBACK"
    assert not [line for line in statements[0] if line.startswith(("INSERT", "UPD"))]


def test_a_commit_is_synced(opened, path, monkeypatch):
    connect, opened_here = sqlite3.connect, []

    def kept(path, **options):
        opened_here.append(connect(path, **options))
        return opened_here[-1]

    monkeypatch.setattr(sqlite3, "connect", kept)
    one = opened(path)
    (synchronous,) = opened_here[0].execute("PRAGMA synchronous").fetchone()
    (mode,) = opened_here[0].execute("PRAGMA journal_mode").fetchone()
    assert (mode, synchronous) == ("wal", 2)  # FULL
    del one


def test_a_file_is_closed_with_the_object(opened, use, path):
    one = opened(path)
    use(one)
    assert len(list(path.parent.iterdir())) == 3
    del one
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("what", ["deleted", "moved", "replaced", "without its log"])
def test_a_file_that_is_no_longer_there(what, opened, use, path):
    one = opened(path)
    use(one)
    if what == "replaced":
        other = path.with_name("other.db")
        other.write_bytes(path.read_bytes())
        other.replace(path)
    elif what == "moved":
        path.rename(path.with_name("other.db"))
    else:
        log = path.with_name("ledger.db-wal")
        (path if what == "deleted" else log).unlink()
    for _ in range(2):  # it does not start again from nothing
        with pytest.raises(OSError, match="deleted, moved or replaced after it was"):
            use(one)


def test_nothing_is_written_to_a_log_that_others_do_not_see(path):
    budget = QueryBudget(9, path=path)
    pay(budget, 1)
    path.read_bytes()  # gives up this process's locks, so that the next is alone
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('{}').connection"
    code = code.format("SELECT * FROM asked") + ".close()"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    with pytest.raises(OSError, match="deleted, moved or replaced after it was"):
        pay(budget, 2)
    again = QueryBudget(9, path=path)
    pay(again, 2)
    assert again.spent.queries == 2


@pytest.mark.parametrize("content", [b"a,b\n1,2\n" * 100, b"SQLite format 3\0" * 300])
def test_a_file_that_is_none(content, owner, opened, path):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"parameter of {owner} must name a file of"):
        opened(path)
    assert path.read_bytes() == content


def test_a_folder_is_no_file(owner, opened, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere" / "ledger.db"):
        with pytest.raises(ValueError, match=f"parameter of {owner} must .* unable to"):
            opened(path)


def test_somebody_elses_database_stays_as_it_is(owner, opened, path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE people (name TEXT)")
    content = path.read_bytes()
    with pytest.raises(ValueError, match=f"{owner} .* it holds tables of something el"):
        opened(path)
    assert path.read_bytes() == content


def test_one_ledger_is_not_another(owner, opened, path):
    opened(path)
    for name, (other, _) in OWNERS.items():
        if name != owner:
            with pytest.raises(ValueError, match=f"{name} must .* of something else"):
                other(path)


def test_a_damaged_file(opened, use, path):
    one = opened(path)
    use(one)
    del one
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    def use_it():
        use(opened(path))

    with pytest.raises((OSError, ValueError), match="malformed"):
        use_it()


READ_ONLY = """
import os, sys, tempfile
from skmia.defenses import QueryBudget
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "ledger.db")
    budget = QueryBudget(5, path=path)
    del budget
    os.chmod(path, 0o444)
    os.chmod(folder, 0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)  # root may write anywhere
    try:
        QueryBudget(5, path=path)
    except ValueError as error:
        print(error)
    if os.getuid() == 0:
        os.seteuid(0)
    os.chmod(folder, 0o755)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_a_file_that_is_read_only():
    told = run(READ_ONLY)
    assert "both must be writable" in told
    assert "readonly database" in told


def run(code, *arguments):
    """What a program says that imports the package once, and forks."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


SHARED = """
import json, os, random, signal, sys, time
from skmia.defenses import QueryBudget
from skmia.exceptions import QueryBudgetExceeded
folder, limit, kills = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "True"
# Opened before the forks: every child has the object of its parent.
budget = QueryBudget(limit, path=os.path.join(folder, "ledger.db"))

def serve(name):
    log = os.open(os.path.join(folder, f"{name}.log"), os.O_CREAT | os.O_WRONLY)
    record = 0
    while True:
        try:
            with budget.charge([b"%d %d" % (name, record)]):
                record += 1
        except QueryBudgetExceeded:
            os._exit(0)
        os.write(log, b".")  # here the answer is handed out

names = iter(range(10**6))
def start():
    name = next(names)
    return os.fork() or serve(name)

rng = random.Random(0)
running, killed = [start() for _ in range(3)], 0
while running:
    pid = running.pop(rng.randrange(len(running)))
    if kills:
        time.sleep(rng.uniform(0, 0.02))
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        killed += 1
        running.append(start())
    else:
        assert status == 0  # refused: nothing is left
logs = [entry for entry in os.scandir(folder) if entry.name.endswith(".log")]
answered = sum(entry.stat().st_size for entry in logs)
print(json.dumps([answered, int(budget.spent.queries), killed]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("kills", [False, True])
def test_processes_share_one_budget_exactly_whoever_is_killed(kills, tmp_path):
    limit = 300
    answered, spent, killed = json.loads(run(SHARED, tmp_path, limit, kills))
    assert spent == limit
    assert bool(killed) is kills
    # Nothing was given away, and whoever was killed had one query under way.
    assert limit - killed <= answered <= limit


FORKS = """
import os, signal, sys, threading
from skmia.utils._accounts import Accounts
signal.alarm(100)
path = None if sys.argv[1] == "None" else sys.argv[1]
accounts = Accounts({"asked": "name TEXT, record INTEGER PRIMARY KEY"}, path)
done = threading.Event()

def ask(name, record):
    with accounts.transaction() as db:
        db.execute("INSERT INTO asked VALUES (?, ?)", (name, record))

def work(start):
    for record in range(start, start + 10**6):
        ask("parent", record)
        if done.wait(1e-4):
            return

threads = [threading.Thread(target=work, args=[start]) for start in (10**7, 2 * 10**7)]
for thread in threads:
    thread.start()
for child in range(20):
    pid = os.fork()
    if not pid:
        signal.alarm(100)
        ask("child", child)
        # Not os._exit: what is closed at the end must be the child's own.
        sys.exit(0)
    assert os.waitpid(pid, 0)[1] == 0
done.set()
for thread in threads:
    thread.join()
with accounts.transaction() as db:
    sql = "SELECT count(*) FROM asked WHERE name = 'child'"
    print(*db.execute(sql).fetchone())
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("where", ["memory", "file"])
def test_a_fork_in_the_midst_of_transactions(where, path):
    in_file = where == "file"
    # Threads and forks: newer Pythons warn, and have reasons.
    code = "import warnings; warnings.simplefilter('ignore')" + FORKS
    assert int(run(code, path if in_file else None)) == (20 if in_file else 0)


OPENERS = """
import os, sys
from skmia.utils._accounts import open_accounts

def ask(path, record):
    accounts = open_accounts({"asked": "record INTEGER PRIMARY KEY"}, path, "Test")
    with accounts.transaction() as db:
        db.execute("INSERT INTO asked VALUES (?)", (record,))
        return db.execute("SELECT count(*) FROM asked").fetchone()

for attempt in range(10):
    path = os.path.join(sys.argv[1], f"{attempt}.db")
    children = []
    for child in range(6):
        pid = os.fork()
        if not pid:
            ask(path, child)
            sys.exit(0)
        children.append(pid)
    assert all(os.waitpid(pid, 0)[1] == 0 for pid in children)
    assert ask(path, 6) == (7,)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_many_open_a_new_file_at_once(tmp_path):
    run(OPENERS, tmp_path)
