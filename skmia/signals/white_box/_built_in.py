"""Signals of the model itself that have a name from the beginning."""

from skmia.signals import _adversarial
from skmia.signals._input_gradients import no_gradients
from skmia.signals._making import signal
from skmia.signals.white_box import (
    _displacement,
    _preprocessing,
    _stored,
    _structure,
)
from skmia.signals.white_box import _of_regressors as _regressors
from skmia.signals.white_box import _parameter_gradients as _by_parameters


def built_in():
    """Signals, in the order in which they are listed."""
    yield from _of_gradients()
    yield from _of_rows()
    yield from _of_structure()
    yield from _of_displacement()
    yield from _of_parameters()
    yield from _of_regressors()


def _of_gradients():
    yield signal(
        "parameters",
        probing=True,
        numeric="images",
        greater_is_member=True,
        norm=2,
        spread=None,
        starts=None,
        n_steps=10,
        refuses=no_gradients,
    )(_adversarial.pgd_distance)


def _of_rows():
    held = {"probing": True, "greater_is_member": True}
    rows = {"refuses": _stored.holds_no_rows, "needs_y": False}
    yield signal("parameters", **held, **rows)(_stored.stored_rows)
    margins = {"refuses": _stored.proves_nothing}
    yield signal("parameters", **held, **margins)(_stored.margin_test)


def _of_structure():
    held = {"probing": True, "greater_is_member": True}
    yield signal("parameters", **held, refuses=_structure.tells_nothing, smoothing=4)(
        _structure.structure
    )
    tests = {"refuses": _preprocessing.tests_nothing, "needs_y": False}
    yield signal("parameters", **held, **tests)(_preprocessing.preprocessing_test)


def _of_displacement():
    yield signal(
        "parameters",
        probing=True,
        greater_is_member=True,
        refuses=_displacement.no_class_evidence,
    )(_displacement.class_evidence)


def _of_parameters():
    held = {"probing": True, "refuses": _by_parameters.no_parameter_gradients}
    yield signal("parameters", **held, greater_is_member=False)(
        _by_parameters.gradient_norm
    )
    columns = _by_parameters.STATISTICS_COLUMNS
    yield signal("parameters", **held, columns=columns)(
        _by_parameters.gradient_statistics
    )


def _of_regressors():
    held = {"of": "regressor", "probing": True}
    gradients = {
        "columns": _regressors.GRADIENT_COLUMNS,
        "refuses": _regressors.no_error_gradient,
    }
    yield signal("parameters", **held, **gradients)(_regressors.error_gradient)
    leaves = {"columns": _regressors.LEAF_COLUMNS, "refuses": _regressors.no_leaf}
    yield signal("parameters", **held, **leaves, needs_y=False)(_regressors.leaf)
