"""What always holds for a query budget."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier

from skmia.exceptions import QueryBudgetExceeded
from skmia.targets import BlackBox

X = np.zeros((40, 1))
MODEL = DummyClassifier().fit(X[:2], [0, 1])
calls = st.lists(
    st.tuples(st.sampled_from(["predict", "predict_proba"]), st.integers(1, 40)),
    max_size=12,
)


def ask(api, calls):
    """Sizes of the calls that were answered."""
    accepted = []
    for method, size in calls:
        try:
            assert len(getattr(api, method)(X[:size])) == size
        except QueryBudgetExceeded:
            continue
        accepted.append(size)
    return accepted


@given(calls=calls, budget=st.integers(0, 200))
def test_spent_is_what_was_answered_and_never_more_than_the_budget(calls, budget):
    api = BlackBox(MODEL, max_queries=budget)
    spent = 0
    for call in calls:
        answered = sum(ask(api, [call]))
        # Refused exactly when it would have passed the budget.
        assert bool(answered) == (spent + call[1] <= budget)
        spent += answered
        assert api.n_queries_ == spent <= budget
        assert api.queries_left_ == budget - spent


@given(calls=calls, data=st.data())
def test_order_of_the_calls_does_not_matter(calls, data):
    budget = sum(size for _, size in calls)
    shuffled = data.draw(st.permutations(calls))
    api = BlackBox(MODEL, max_queries=budget)
    assert len(ask(api, shuffled)) == len(calls)
    assert api.queries_left_ == 0


@given(calls=calls)
def test_without_a_budget_everything_is_answered_and_counted(calls):
    api = BlackBox(MODEL)
    assert ask(api, calls) == [size for _, size in calls]
    assert api.n_queries_ == sum(size for _, size in calls)
