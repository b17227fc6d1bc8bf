"""All commands: each is registered where it is defined."""

from skmia.cli import (  # noqa: F401
    _attacks,
    _audit,
    _audit_cv,
    _audit_synthetic,
    _cache,
    _dataset_inference,
    _grid,
    _plan,
    _reports,
    _study,
    _verify_unlearning,
)
from skmia.cli._app import app

__all__ = ["app"]
