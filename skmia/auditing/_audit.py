"""The owner's audit: how much a fitted model leaks, per attack and record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skmia.attacks import AttackRecipe
from skmia.attacks._granted import Granted
from skmia.auditing._audited_records import (
    check_answers,
    check_task,
    from_given,
    known_classes,
)
from skmia.auditing._blind_pool import blind_pool
from skmia.auditing._choice import (
    UPDATE_ATTACKS,
    check_named,
    choose,
    default_attacks,
)
from skmia.auditing._copies import note_on_groups
from skmia.auditing._described import described
from skmia.auditing._epsilon import declared_by
from skmia.auditing._findings import others, run_all
from skmia.auditing._knowledge import Knowledge
from skmia.auditing._order import put_back
from skmia.auditing._out_of_bag import (
    ON_REFERENCES,
    beside_bags,
    beside_members,
    no_shadows,
    without_fits,
)
from skmia.auditing._outsider import add_outsiders
from skmia.auditing._performance import performance
from skmia.auditing._report import AuditReport
from skmia.auditing._shadow_design import (
    note_on_one_side,
    note_on_references,
    shadow_design,
)
from skmia.auditing._stopping import Stopping, decides_at
from skmia.auditing._traits import traits_of
from skmia.auditing.structural._in_audit import structure_of
from skmia.auditing.validity._checks import checks_of_audit, checks_of_input
from skmia.metrics._validation import check_fprs
from skmia.utils._cache import hashed_once, open_store
from skmia.utils._fitting import per_record
from skmia.utils._random import find_private
from skmia.utils._sklearn import (
    COUNT,
    COUNT_OR_0,
    INNER_FRACTION,
    JOBS,
    POSITIVE,
    HasMethods,
    StrOptions,
    validate_params,
)
from skmia.utils._store import MEMORY
from skmia.utils._typing import (
    Access,
    Classifier,
    FittedClassifier,
    FittedModel,
    MatrixLike,
    MemoryLike,
    RandomStateLike,
)

_NOT_FITTED = (
    "The 'former' parameter of audit must be fitted, the version before the update. "
    "This %(name)s is not."
)


@validate_params(
    attacks=[str, AttackRecipe, list, tuple, None],
    headline=[str, None],
    access=[str, list, tuple],
    top_k=[COUNT],
    public=["array-like", "sparse matrix", None],
    former=[HasMethods(["predict"]), None],
    other_task=[tuple, list, None],
    given=[dict, None],
    references=[StrOptions({"shadows", "out-of-bag"})],
    shadow_estimator=[HasMethods("fit"), None],
    n_shadows=[COUNT_OR_0, StrOptions({"auto"})],
    groups=["array-like", None],
    fprs=[Real, "array-like"],
    fit_params=[dict, None],
    confidence_level=[INNER_FRACTION],
    decide=[dict, None],
    max_seconds=[POSITIVE, None],
    max_queries=[COUNT, None],
    memory=MEMORY,
    n_jobs=JOBS,
    random_state=["random_state"],
    verbose=["boolean"],
)
@hashed_once()
def audit(
    model: FittedModel,
    X_train: MatrixLike,
    y_train: ArrayLike | None = None,
    X_holdout: MatrixLike | None = None,
    y_holdout: ArrayLike | None = None,
    *,
    attacks: str | AttackRecipe | Sequence[str | AttackRecipe] | None = None,
    headline: str | None = None,
    access: Access | Sequence[Access] = "scores",
    top_k: int = 3,
    public: MatrixLike | None = None,
    former: FittedClassifier | None = None,
    other_task: tuple[MatrixLike, ArrayLike] | None = None,
    given: dict[str, Any] | None = None,
    references: Literal["shadows", "out-of-bag"] = "shadows",
    shadow_estimator: Classifier | None = None,
    n_shadows: int | Literal["auto"] = "auto",
    groups: ArrayLike | None = None,
    fprs: float | ArrayLike = (0.001, 0.01, 0.1),
    fit_params: dict[str, Any] | None = None,
    confidence_level: float = 0.95,
    decide: dict[str, Any] | None = None,
    max_seconds: float | None = None,
    max_queries: int | None = None,
    memory: MemoryLike = None,
    n_jobs: int | None = None,
    random_state: RandomStateLike = None,
    verbose: bool = False,
) -> AuditReport:
    """Measure how much a fitted model tells about who was in its training data.

    Runs attacks by name; by default the gap attack, a threshold on every score signal,
    an attack model trained on shadow models, and the reference attacks that together
    find most with as many shadow models; without probabilities, the like of these on
    decisions and labels; of a model without labels a threshold on what it says of each
    record, and those that compare it. The model is asked once per response method, and
    shadow models are trained once, however many attacks use them. A model at hand,
    which can be trained, counts no queries and takes dense numbers, is asked six times
    more for each record by "lira-augmented-online", unless it refuses records with
    noise, as an encoder of codes does: the notes say so then. An attack that cannot be
    run, or that fails, says so in its ``status`` and changes nothing for the others.

    Parameters
    ----------
    model : fitted estimator
        The model to audit: any scikit-learn classifier, regressor, pipeline or defense,
        or an object that only answers, such as a :class:`skmia.targets.PredictionAPI`.
        Models that learn from records alone are audited by what they say of each:
        detectors of outliers and densities by ``score_samples``, clusterers by the
        distances to their centres, ``transform``; segmenters and recommenders as
        :class:`skmia.tasks.Segmenter` and :class:`skmia.tasks.NeighbourRecommender`
        say. It is not changed.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_train, n_features)
        Records that the model was trained on, as it takes them: also texts, images.
    y_train : array-like of shape (n_train,), default=None
        Their labels. Models that learn from records alone need none, and those given
        are not looked at: ``audit(model, X_train, X_holdout=X_holdout)``.
    X_holdout : {array-like, sparse matrix, DataFrame} of shape (n_holdout, n_features)
        Records of the same population that had no part in training: not for early
        stopping, not for the choice of parameters either. They are given the dtypes
        of `X_train` where that loses nothing, and categories that are missing there.
    y_holdout : array-like of shape (n_holdout,), default=None
        Their labels.
    attacks : str, AttackRecipe or list of them, default=None
        Which attacks, see :func:`skmia.attacks.get_attack_names`. What one needs and
        is not given stands in its ``status``. None for the default.
    headline : str, default=None
        The attack that the audit is judged by, named before it is run: its numbers
        need no correction for a choice. None: that with the largest AUC, and its
        intervals allow for having been picked.
    access : {"label", "top-k", "scores", "explanations", "timing", "insider", \
"white-box"} or sequence of them, default="scores"
        What an attacker may see of the model: its decision; the `top_k` largest
        posteriors too; all of them, or decision values; and what adds to that. Attacks
        that need more are not run, and the model is asked for nothing else. The model
        itself ("white-box") is granted, never assumed; the report shows its
        :func:`skmia.structural_risks` then.
    top_k : int, default=3
        How many of the largest posteriors "top-k" shows.
    public : {array-like, sparse matrix, DataFrame}, default=None
        Records without labels, of the same population: "trajectory" and "seqmia"
        imitate the model on them.
    former : fitted classifier, default=None
        A former version of the model, for "model-update", which is then among the
        default. The attack asks what the update added: `X_train` must hold records that
        the former version was not trained on, and `X_holdout` some that neither was.
        It is asked as much as the model, which counts nothing of that. Or, for
        "fairness-discrepancy", which has to be named, a model that was trained on the
        same records without the constraint of this one.
    other_task : tuple of (X, y), default=None
        Records of another task, on which "salem2" trains its shadow models.
    given : dict, default=None
        Deprecated: ``{"distillation": public, "transfer": other_task}``.
    references : {"shadows", "out-of-bag"}, default="shadows"
        What reference attacks compare the model with. "out-of-bag": its own members
        that did not draw the record, so that nothing is trained; offline attacks only.
        The model must be a bagged ensemble, or a pipeline that ends in one, and
        `X_train` all that it was fitted on, in the order of the fit.
    shadow_estimator : classifier, default=None
        What the shadow models are clones of. None: the model itself. Needed when the
        model cannot be trained again.
    n_shadows : int or "auto", default="auto"
        Number of shadow models, even; 0 leaves out the attacks that need them. "auto"
        is 16 of a kind that answers for both sides of every record, see
        :func:`skmia.shadow.other_side`, and 10 of others. Models of such a kind are
        asked for both sides, however many they are, unless `fit_params` have values of
        single records. 4 are enough for a quick look at them. None with
        ``references="out-of-bag"``.
    groups : array-like of shape (n_train + n_holdout,), default=None
        Whose the records of `X_train` and then those of `X_holdout` are: a patient's, a
        user's; a Series with their row names may be in any order. Records of one stay
        together in the folds and halves of an audit, and intervals count groups. None:
        copies of a row, with its label, belong together; ``range(n_train + n_holdout)``
        says that they do not.
    fprs : float or array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is reported.
    fit_params : dict, default=None
        What ``fit`` of the shadow models is given beside records and labels. Of what
        has one value per record, those of `X_train` and then those of `X_holdout`,
        each model gets the values of its records; all else is passed as it is.
    confidence_level : float in (0, 1), default=0.95
        Level of every interval of the summary.
    decide : dict, default=None
        ``{"max_epsilon": 1}``: stop as soon as an attack shows a larger epsilon, of the
        replacement of a record. Attacks that need no shadow models come first. All that
        were planned count, so that the level holds wherever it stops.
    max_seconds : float, default=None
        Nothing is begun later than so many seconds after the beginning, but for the
        checks of the audit, which train one model more. Shadow models are as many as
        there is time for, at most `n_shadows`; one is trained first to see. What is
        found depends on the machine then.
    max_queries : int, default=None
        Rows that the model is asked, at most. Where that is too little for all records,
        they are asked about in random order.
    memory : str, path-like, Store or joblib.Memory, default=None
        Cache of finished shadow models: a killed audit resumes.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the shadow models and of the cross-fitting.
    verbose : bool, default=False
        Show the progress of the shadow models, and of the attacks (needs ``rich``).

    Returns
    -------
    report : AuditReport
        ``verdict`` and ``reasons``, ``summary`` (one row per attack), ``records`` (one
        row per record), ``checks``, ``to_html``, ``to_json``.

    Raises
    ------
    ValueError
        The two sets hold the same records, or one of them none, the model knows no
        label of a set, records and labels do not fit together or to the model, or the
        two sets are not of one kind (the columns are named).

    See Also
    --------
    skmia.MembershipGame : Compare targets, attacks and defenses by search.

    Notes
    -----
    Level: records. Threat model: each attack's is in the summary. A threshold is
    never applied to a record that helped to choose it: thresholds of single signals
    are cross-fitted over the audited records, those of all others come from shadow
    models, on random halves of the audited records, in the place of the model. Such
    references know the candidates: an auditor's privilege. Members and non-members
    must come from one population; a difference between them is measured as leakage.

    Copies: rows with one label whose features are equal in single precision; of dense
    numbers without gaps also rows that lie within a hundredth of the distance to near
    strangers (each feature in units of its spread), unless so few features vary that
    strangers are as near. Where most rows are copies since the features take few
    values, say whose they are in `groups`.

    References
    ----------
    S. Yeom et al., IEEE CSF 2018 (gap); L. Song, P. Mittal, USENIX Security 2021
    (thresholds); R. Shokri et al., IEEE S&P 2017 (shadow models); N. Carlini et al.,
    IEEE S&P 2022 (LiRA, true positive rate at low false positive rates); S.
    Zarifzadeh et al., ICML 2024 (RMIA).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> report = audit(tree, X[::2], y[::2], X[1::2], y[1::2], random_state=0)
    >>> report.summary.loc["gap", "status"]
    'ok'
    """
    started, max_epsilon = time.monotonic(), decides_at(decide)
    check_answers(model)
    if hasattr(model, "fit"):
        check_is_fitted(model)
    if hasattr(former, "fit"):
        check_is_fitted(former, msg=_NOT_FITTED)
    fprs = check_fprs("audit", fprs)
    if given is not None:
        public, other_task = from_given(given, public, other_task)
    other_task = check_task(model, other_task)
    memory = open_store(memory)
    held = references == "out-of-bag"
    granted = Granted.of("audit", access, top_k)
    looks_inside = "white-box" in granted.levels
    records = blind_pool(
        model,
        (X_train, y_train, X_holdout, y_holdout),
        groups=groups,
        fit_params=fit_params,
        random_state=random_state,
        with_bags=held,
    )
    granted = granted.of_classes(records.classes)
    granted = beside_bags(granted) if held else granted
    seed = records.seed
    shadow = model if shadow_estimator is None else shadow_estimator
    weighted = bool(per_record(records.fit_params, records.X))
    design = shadow_design(
        shadow,
        no_shadows(n_shadows) if held else n_shadows,
        weighted=weighted,
        memory=memory,
        n_jobs=n_jobs,
        random_state=seed,
        verbose=verbose,
    )
    # The classes of the shadow models: the model may know more, or fewer.
    session = granted.session(
        model,
        records.X,
        records.y,
        classes=records.classes,
        max_queries=max_queries,
    )
    recipes, left_out = _recipes(
        model, session, granted, attacks, public, former, records.bags
    )
    check_named("audit", headline, recipes)
    knowledge = Knowledge(
        records.X,
        records.y,
        records.member,
        design,
        seed,
        other_task,
        records.fit_params,
        records.groups,
        records.bags,
        granted=granted,
    )
    not_chosen = others(recipes, session, knowledge)
    declared = declared_by(model)
    deal = records.deal(declared, confidence_level)
    seconds = np.inf if max_seconds is None else max_seconds
    stopping = Stopping(deal, max_epsilon, seconds, started)
    results = run_all(recipes, session, knowledge, stopping, verbose=verbose)
    add_outsiders(recipes, results, session, knowledge)
    # Last: attacks come first where there is a budget.
    how_good = performance(session)
    split = records.split
    known = known_classes(model, records.labels_of_members)
    found = session, recipes, results, how_good
    checks = [
        *checks_of_input(split, known, groups is not None),
        *checks_of_audit(
            split,
            knowledge,
            *found,
            confidence_level=confidence_level,
            verbose=verbose,
        ),
    ]
    private = find_private(design.estimator)
    traits = traits_of(records.X, records.y, split.rng(6), split.quantities)
    back, code = records.back, records.given_groups
    member = records.member[back]
    put_back(results, back)
    return AuditReport(
        model=type(model).__name__,
        results=results,
        member=member,
        label=None if records.y is None else records.y[back],
        index=records.index,
        **how_good.in_order(back),
        kind=session.kind,
        fprs=tuple(fprs),
        confidence_level=confidence_level,
        seed=seed,
        private=None if private is None else type(private).__name__,
        remarks=[*filter(None, [left_out, stopping.remark])],
        groups=code,
        on_groups=note_on_groups(code, member, groups is not None),
        on_references=ON_REFERENCES
        if held
        else note_on_references(knowledge.trained.get("shadows"))
        or note_on_one_side(shadow, weighted),
        checks=checks,
        declared=declared,
        max_epsilon=max_epsilon,
        order=records.order,
        traits=None if traits is None else traits.iloc[back],
        headline_attack=headline,
        described=described(model),
        shadow_model=type(shadow).__name__ if knowledge.trained else None,
        granted=granted.of_answers(session.answers),
        n_queries=session.n_queries,
        not_chosen=not_chosen,
        structure=(
            structure_of(model, X_train, y_train, known) if looks_inside else None
        ),
        seconds=time.monotonic() - started,
    )


def _recipes(model, session, granted, attacks, public, former, bags):
    """Attacks of an audit, and why no more are among the default."""
    left_out = None
    if attacks is None and bags is not None:
        names, _ = default_attacks(model, session, granted, many=False)
        attacks = without_fits(names, session.kind)
    elif attacks is None:
        attacks, left_out = default_attacks(model, session, granted)
        attacks += () if former is None else UPDATE_ATTACKS
    chosen = choose("audit", attacks, session.kind, public, former)
    return [beside_members(one, bags) for one in chosen], left_out
