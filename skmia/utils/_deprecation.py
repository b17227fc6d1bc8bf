"""Former names: they work for two minor releases, and say what to use instead.

A warning belongs to the line outside of the package that caused it, so that Python's
own filter shows it once for each of these lines.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from inspect import isclass
from pathlib import Path
from typing import Any, TypeVar

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_PACKAGE = str(Path(__file__).parents[1])
_CALLS_FOR_OTHERS = ("contextlib", "importlib", "joblib", "sklearn")


def warn_deprecated(what: str, instead: str, *, since: str, until: str) -> None:
    """Warn of what will be gone.

    Parameters
    ----------
    what : str
        What is deprecated, the beginning of a sentence.
    instead : str
        What to do, as a sentence without its end: "use ...".
    since, until : str
        The release in which it was deprecated, and the first without it.
    """
    _warn(
        f"{what} is deprecated since skmia {since} and will be removed in {until}: "
        f"{instead}."
    )


def renamed_parameters(
    *, since: str, until: str, **names: str
) -> Callable[[Decorated], Decorated]:
    """Decorator of a function or an estimator that also takes former names.

    An estimator has parameters, in ``get_params`` and so in clones, by their new names
    only; ``set_params``, also of what is inside, and attributes know the former ones.

    Parameters
    ----------
    since, until : str
        The release in which they were renamed, and the first without the former names.
    **names : str
        ``former="new"``.
    """

    def decorate(decorated: Decorated) -> Decorated:
        owner = decorated.__name__

        def renamed(arguments: dict[str, Any]) -> dict[str, Any]:
            found = dict(arguments)
            for key in arguments:
                former, *inside = key.split("__", 1)
                if former not in names:
                    continue
                new = "__".join([names[former], *inside])
                _warn(_renamed(f"{key!r} parameter of {owner}", new, since, until))
                if new in arguments:
                    raise TypeError(
                        f"{owner} got {key!r} and {new!r}, which is its name now: give "
                        f"{new!r} alone."
                    )
                found[new] = found.pop(key)
            return found

        if not isclass(decorated):
            return _taking(decorated, renamed)
        cls: Any = decorated
        cls.__init__ = _taking(cls.__init__, renamed)
        if hasattr(cls, "set_params"):
            cls.set_params = _taking(cls.set_params, renamed)
        for former, new in names.items():
            alias = renamed_attribute(new, since=since, until=until)
            alias.__set_name__(cls, former)
            setattr(cls, former, alias)
        return decorated

    return decorate


class renamed_attribute(property):
    """Attribute of a class by its former name; may be read and set.

    Parameters
    ----------
    new : str
        What it is called now.
    since, until : str
        The release in which it was renamed, and the first without the former name.
    """

    def __init__(self, new: str, *, since: str, until: str) -> None:
        super().__init__(self._read, self._write)
        self.__doc__ = f"Former name of `{new}`."
        self._new, self._since, self._until = new, since, until

    def __set_name__(self, owner: type, former: str) -> None:
        self._what = f"{former!r} attribute of {owner.__name__}"

    def _read(self, instance: Any) -> Any:
        value = getattr(instance, self._new)  # what is not there is no matter of names
        _warn(_renamed(self._what, self._new, self._since, self._until))
        return value

    def _write(self, instance: Any, value: Any) -> None:
        _warn(_renamed(self._what, self._new, self._since, self._until))
        setattr(instance, self._new, value)


def former_names(
    module: str, names: dict[str, str], *, since: str, until: str
) -> Callable[[str], Any]:
    """``__getattr__`` of a module that knows where its former names are now.

    Parameters
    ----------
    module : str
        ``__name__`` of the module.
    names : dict of str to str
        From former name to full path, such as "skmia.generators.probe".
    since, until : str
        The release in which they moved, and the first without the former names.
    """

    def __getattr__(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        path, _, new = names[name].rpartition(".")
        _warn(_renamed(f"{module}.{name}", names[name], since, until))
        return getattr(import_module(path), new)

    return __getattr__


def _taking(function, renamed):
    """The function, with keywords by former names, too."""

    @wraps(function)
    def taking(*args, **kwargs):
        return function(*args, **renamed(kwargs))

    return taking


def _renamed(what, new, since, until):
    what = what if what.startswith("skmia.") else f"The {what}"
    return (
        f"{what} is called {new!r} since skmia {since}. The former name will be "
        f"removed in {until}."
    )


def _warn(message):
    """Warn where the package was called, and not where it found out."""
    frame = sys._getframe(1)
    while frame.f_back and _is_between(frame):
        frame = frame.f_back
    warnings.warn_explicit(
        message,
        FutureWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _is_between(frame):
    """Code of ours, of who calls us for others, or of an import."""
    module = frame.f_globals.get("__name__", "").partition(".")[0]
    return frame.f_code.co_filename.startswith(_PACKAGE) or module in _CALLS_FOR_OTHERS
