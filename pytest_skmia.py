"""Fixtures for tests of models: an audit must pass a policy.

A module beside the package, and not in it: pytest imports it whenever it starts, and
``import skmia`` takes seconds.
"""

import pytest


def pytest_addoption(parser):
    """Declare the option ``skmia_policy``."""
    parser.addini(
        "skmia_policy", "Policy of membership audits, a .toml file beside this one."
    )


@pytest.fixture(scope="session")
def membership_policy(pytestconfig):
    """The policy of the ini option ``skmia_policy``."""
    name = pytestconfig.getini("skmia_policy")
    if not name:
        pytest.fail("Name a policy, or set the ini option skmia_policy.", pytrace=False)
    from skmia.auditing import Policy

    ini = pytestconfig.inipath
    folder = pytestconfig.rootpath if ini is None else ini.parent
    return Policy.from_toml(folder / name)


@pytest.fixture
def assert_private(request):
    """`skmia.testing.assert_private`, with `membership_policy` where none is given."""
    from skmia import testing

    def check(report, policy=None):
        __tracebackhide__ = True
        if policy is None:
            policy = request.getfixturevalue("membership_policy")
        testing.assert_private(report, policy)

    return check
