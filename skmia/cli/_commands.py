"""All commands: each is registered where it is defined."""

from skmia.cli import _attacks, _audit, _audit_cv, _grid, _plan, _reports  # noqa: F401
from skmia.cli._app import app

__all__ = ["app"]
