"""Checks of generators of shadow data: `X`, `y` are what the adversary knows."""

import warnings
from inspect import signature

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from skmia.exceptions import QueryBudgetExceeded
from skmia.targets import BlackBox
from skmia.testing._common_checks import equal_data, fitted, require

N_WANTED = 20
BUDGETS = (1, 7, 50)


def check_as_many_as_asked(generator, X, y):
    """As many records as asked for, or fewer and a warning that says so."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        X_new, y_new = sample(fitted(generator, X, y), _target(X, y))
    n_found = X_new.shape[0]
    require(
        n_found == len(y_new) and (n_found == N_WANTED or 0 < n_found < N_WANTED),
        generator,
        f"samples {n_found} records and {len(y_new)} labels where {N_WANTED} are "
        "asked for.",
    )
    require(
        n_found == N_WANTED or warned,
        generator,
        f"samples {n_found} of {N_WANTED} records without a warning. A shadow model "
        "of a few records is another adversary.",
    )


def check_records_like_the_known(generator, X, y):
    """The features that a model takes, within the schema, and labels that it knows."""
    model = fitted(generator, X, y)
    X_new, y_new = _quietly(model, _target(X, y))
    columns = [
        list(getattr(part, "columns", range(part.shape[1]))) for part in (X_new, X)
    ]
    require(
        columns[0] == columns[1],
        generator,
        f"samples records with the features {columns[0]} where {columns[1]} are known. "
        "No model takes both.",
    )
    schema = getattr(model, "schema_", None)
    require(
        schema is None or np.all(schema.contains(X_new)),
        generator,
        "samples records that its own schema_ does not contain: out of bounds, or of "
        "categories that there are not.",
    )
    require(
        np.isin(y_new, np.unique(y)).all(),
        generator,
        f"samples the labels {np.unique(y_new).tolist()} where there are "
        f"{np.unique(y).tolist()}.",
    )


def check_sample_repeats(generator, X, y):
    """After one fit the same call gives the same records, and so does a clone."""
    model, target = fitted(generator, X, y), _target(X, y)
    first, again = (_quietly(model, target) for _ in range(2))
    other = _quietly(fitted(generator, X, y), target)
    for X_new, y_new in (again, other):
        require(
            equal_data(first[0], X_new) and np.array_equal(first[1], y_new),
            generator,
            "samples other records when it is asked again, or cloned and fitted again "
            "with the same seed. Draw the seed in fit: cells of a grid must meet the "
            "same adversary.",
        )


def check_budget_is_kept(generator, X, y):
    """The target is never asked beyond its budget, nor beyond the generator's own."""
    model = fitted(generator, X, y)
    for budget in BUDGETS:
        _ask_within(budget, model, _target(X, y, max_queries=budget))
        if "max_queries" in generator.get_params():
            own = fitted(generator, X, y, max_queries=budget)
            _ask_within(budget, own, _target(X, y))


CHECKS = (
    check_as_many_as_asked,
    check_records_like_the_known,
    check_sample_repeats,
    check_budget_is_kept,
)


def sample(generator, target):
    """Records and labels; from the target's answers, where the generator asks."""
    asks = "target" in signature(generator.sample).parameters
    return generator.sample(N_WANTED, **({"target": target} if asks else {}))


def answer(generator, X, y):
    """All that a fitted generator says, as one array."""
    X_new, y_new = _quietly(generator, _target(X, y))
    return pd.DataFrame(np.asarray(X_new)).assign(label=y_new).to_numpy(dtype=object)


def _quietly(generator, target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return sample(generator, target)


def _target(X, y, max_queries=None):
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
    return BlackBox(model, max_queries=max_queries)


def _ask_within(budget, generator, target):
    problem = ""
    try:
        _quietly(generator, target)
    except QueryBudgetExceeded as error:
        problem = f"runs into a budget: {error}"
    except ValueError:  # nothing was found, or nothing can be without more
        pass
    if target.n_queries_ > budget:
        problem = f"asks {target.n_queries_} of {budget} rows."
    require(
        not problem,
        generator,
        f"{problem} Answers are paid for: ask what is left, stop before it, and return "
        "what was got.",
    )
