import copy
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import QueryBudget, QueryLimit
from skmia.defenses.queries._query_budget import composed_epsilon
from skmia.exceptions import QueryBudgetExceeded


def names(*numbers):
    return [b"record %d" % number for number in numbers]


def pay(budget, *numbers, **price):
    with budget.charge(names(*numbers), **price):
        pass


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return None if request.param == "memory" else tmp_path / "ledger.db"


def test_new_records_cost_and_repeats_do_not(path):
    budget = QueryBudget(5, path=path)
    pay(budget, 1, 2, 1)
    assert budget.spent.queries == 2
    pay(budget, 2, 3)
    assert budget.spent == (3, 0, 0)
    assert budget.remaining == (2, math.inf, math.inf)


def test_refused_as_a_whole(path):
    budget = QueryBudget(3, path=path)
    pay(budget, 1, 2)
    message = (
        "queries = 3: 2 is spent, this call asks 2 new records and would make it 4"
    )
    with pytest.raises(QueryBudgetExceeded, match=message):
        pay(budget, 1, 3, 4)
    assert budget.spent.queries == 2
    pay(budget, 1, 2, 4)
    assert budget.remaining.queries == 0
    pay(budget, 4, 2)


def test_nothing_is_computed_for_a_refused_call(path):
    with (
        pytest.raises(QueryBudgetExceeded),
        QueryBudget(0, path=path).charge(names(1)),
    ):
        pytest.fail("the block was entered")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failed_call_is_not_charged(error, path):
    budget = QueryBudget(5, path=path)
    with suppress(error), budget.charge(names(1, 2)):
        assert budget.spent.queries == 2  # held back while it runs
        raise error
    assert budget.spent.queries == 0
    pay(budget, 1)
    assert budget.spent.queries == 1


def test_two_calls_at_once_pay_one_record_once(path):
    budget = QueryBudget(5, path=path)
    with budget.charge(names(1)), budget.charge(names(1)):
        assert budget.spent.queries == 1
    assert budget.spent.queries == 1


def test_a_failed_call_does_not_make_the_record_free_for_another(path):
    budget = QueryBudget(5, path=path)
    with budget.charge(names(1)):
        with suppress(RuntimeError), budget.charge(names(1)):
            raise RuntimeError
        assert budget.spent.queries == 1
    assert budget.spent.queries == 1


def test_the_last_call_to_fail_takes_back_what_was_paid(path):
    budget = QueryBudget(5, epsilon=1, path=path)
    first = budget.charge(names(1, 2), epsilon=0.25)
    second = budget.charge(names(2, 3), epsilon=0.125)
    first.__enter__()
    second.__enter__()
    assert budget.spent == (3, 0.625, 0)
    for call, left in ((first, (2, 0.375, 0)), (second, (0, 0, 0))):
        assert not call.__exit__(KeyError, KeyError(), None)
        assert budget.spent == left
    pay(budget, 2, epsilon=0.5)
    assert budget.spent == (1, 0.5, 0)


def test_a_free_answer_costs_when_the_call_that_paid_for_it_fails(path):
    budget = QueryBudget(1, path=path)
    with suppress(RuntimeError), budget.charge(names(1)):
        pay(budget, 1)  # answered meanwhile
        raise RuntimeError
    assert budget.spent.queries == 1


def test_each_client_has_an_account(path):
    budget = QueryBudget(2, path=path)
    alice, bob = budget.for_client("alice"), budget.for_client("bob")
    pay(alice, 1, 2)
    pay(bob, 1)
    assert (alice.spent.queries, bob.spent.queries, budget.spent.queries) == (2, 1, 0)
    pay(bob.for_client("alice"), 1)
    with pytest.raises(QueryBudgetExceeded):
        pay(budget.for_client("alice"), 3)
    assert bob.for_client(None).spent.queries == 1
    # The nameless one is nobody's namesake.
    assert budget.for_client("None").spent.queries == 0


def test_client_names_are_strings():
    with pytest.raises(ValueError, match=r"must be a str or None. Got \['a'\] instead"):
        QueryBudget(5).for_client(["a"])


def test_the_first_answer_is_remembered(path):
    budget = QueryBudget(5, path=path)
    with budget.charge(names(1, 2)) as answers:
        answers.extend([b"one", b"two"])
    with budget.for_client("x").charge(names(2, 3)) as answers:
        answers.extend([b"other", b"three"])
    assert answers == [b"two", b"three"]
    assert budget.recall(names(3, 1, 2, 4)) == [b"three", b"one", b"two", None]


def test_answers_of_a_failed_call_are_forgotten(path):
    budget = QueryBudget(5, path=path)
    with suppress(RuntimeError), budget.charge(names(1)) as answers:
        answers.append(b"half")
        raise RuntimeError
    assert budget.recall(names(1)) == [None]


@pytest.mark.parametrize(
    ("slack", "expected"),
    # 100 answers of epsilon 0.1; the second value is the reference's check value.
    [(0.0, 10.0), (1e-5, 5.298)],
)
def test_check_values_of_composition(slack, expected):
    assert composed_epsilon([(0.1, 100)], slack) == pytest.approx(expected, abs=5e-4)


def test_composition_is_looser_than_an_accountant():
    pytest.importorskip("dp_accounting")
    from dp_accounting import LaplaceDpEvent, SelfComposedDpEvent

    from skmia.utils._accounting import spent_epsilon

    # What 100 Laplace answers of epsilon 0.1 really spend at the same delta.
    exact = spent_epsilon(SelfComposedDpEvent(LaplaceDpEvent(10), 100), 1e-5)
    assert exact == pytest.approx(4.220, abs=2e-3)
    assert exact < composed_epsilon([(0.1, 100)], 1e-5)


def test_epsilon_adds_up_to_its_limit_in_spite_of_rounding(path):
    budget = QueryBudget(epsilon=0.3, path=path)
    for number in range(3):
        pay(budget, number, epsilon=0.1)
    assert budget.remaining.epsilon == pytest.approx(0, abs=1e-12)
    message = "epsilon = 0.3: 0.3 is spent, this call asks 1 new .* make it 0.4"
    with pytest.raises(QueryBudgetExceeded, match=message):
        pay(budget, 9, epsilon=0.1)
    pay(budget, 2, epsilon=0.1)


def test_delta_and_slack_have_a_ceiling_together():
    budget = QueryBudget(epsilon=10, delta=3e-5, slack=1e-5)
    pay(budget, 1, 2, epsilon=0.1, delta=1e-5)
    assert budget.spent.delta == pytest.approx(3e-5)
    with pytest.raises(QueryBudgetExceeded, match="delta = 3e-05: 3e-05 is spent"):
        pay(budget, 3, epsilon=0.1, delta=1e-5)
    pay(budget, 3, epsilon=0.1)


def test_slack_buys_more_answers():
    price = {"epsilon": 0.1}
    plain, advanced = (
        QueryBudget(epsilon=5.3),
        QueryBudget(epsilon=5.3, delta=1e-5, slack=1e-5),
    )
    pay(plain, *range(53), **price)
    pay(advanced, *range(100), **price)
    for budget in (plain, advanced):
        with pytest.raises(QueryBudgetExceeded):
            pay(budget, 100, 101, **price)


def test_clone_is_the_same_ledger():
    budget = QueryBudget(5)
    assert clone(budget) is budget
    assert clone(QueryLimit(GaussianNB(), budget=budget)).budget is budget


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda budget: pickle.loads(pickle.dumps(budget))]
)
def test_copies_carry_what_was_spent(duplicate, path):
    budget = QueryBudget(5, epsilon=1, path=path).for_client("x")
    with budget.charge(names(1, 2), epsilon=0.25) as answers:
        answers.extend([b"a", b"b"])
    copied = duplicate(budget)
    assert copied.spent == budget.spent == (2, 0.5, 0)
    assert copied.recall(names(2)) == [b"b"]
    pay(copied, 1, 3)
    # In memory each counts on its own; a file is one account for all.
    assert budget.spent.queries == (2 if path is None else 3)


def test_a_copy_keeps_the_link_between_clients():
    budget = QueryBudget(5)
    both = copy.deepcopy([budget, budget.for_client("x")])
    pay(both[1], 1)
    assert both[0].for_client("x").spent.queries == 1


def test_a_file_outlives_the_object(tmp_path):
    path = tmp_path / "ledger.db"
    pay(QueryBudget(5, path=path), 1, 2)
    again = QueryBudget(1, path=str(path))
    assert again.spent.queries == 2
    assert again.remaining.queries == 0


def try_to_pay(budget, number):
    """Rows answered: each caller asks records that no other one asks."""
    size = 1 + number % 4
    try:
        pay(budget, *range(10 * number, 10 * number + size))
    except QueryBudgetExceeded:
        return 0
    return size


def test_threads_share_one_limit(path):
    budget = QueryBudget(40, path=path)
    with ThreadPoolExecutor(8) as pool:
        answered = sum(pool.map(partial(try_to_pay, budget), range(60)))
    # Calls of one record fit in as long as anything is left.
    assert answered == budget.spent.queries == 40


@pytest.mark.parametrize(
    "price", [{"epsilon": -5}, {"epsilon": math.nan}, {"delta": -0.1}, {"delta": 2}]
)
def test_a_price_gives_nothing_back(price, path):
    budget = QueryBudget(epsilon=1, delta=0.5, path=path)
    with pytest.raises(ValueError, match="price of a record is an 'epsilon' of 0 or"):
        pay(budget, 1, **price)
    with pytest.raises(ValueError, match="price of a record"):
        budget.affords(**price)
    assert budget.spent == (0, 0, 0)


def test_repr_of_a_copy_elsewhere_makes_no_file(tmp_path):
    budget = QueryBudget(5, path=tmp_path / "ledger.sqlite")
    saved = pickle.dumps(budget)
    del budget
    (tmp_path / "ledger.sqlite").unlink()
    assert repr(pickle.loads(saved)) == "QueryBudget(max_queries=5): " + (
        "no ledger at its path"
    )
    assert not list(tmp_path.iterdir())


def test_repr_tells_what_is_left():
    budget = QueryBudget(5, epsilon=1.5, delta=1e-5)
    assert repr(budget) == (
        "QueryBudget(max_queries=5, epsilon=1.5, delta=1e-05, slack=0.0): "
        "0 queries spent"
    )
    alice = budget.for_client("alice")
    pay(alice, 1, epsilon=0.5)
    assert repr(alice).endswith("1 queries, epsilon 0.5 spent by 'alice'")
    assert repr(QueryBudget()) == "QueryBudget(): 0 queries spent"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("max_queries", -1),
        ("max_queries", 1.5),
        ("epsilon", -0.1),
        ("delta", 1.0),
        ("slack", -1e-9),
        ("path", 3),
    ],
)
def test_invalid_parameters(parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of QueryBudget"):
        QueryBudget(**{parameter: value})


def test_slack_is_part_of_delta():
    message = "at most its 'delta', of which .* Got slack=1e-05 and delta=0.0 instead"
    with pytest.raises(ValueError, match=message):
        QueryBudget(epsilon=1, slack=1e-5)
