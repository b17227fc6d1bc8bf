"""A search by accuracy and leak, as docs/integrations.md has it."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "integrations.md"


def test_the_code_of_the_docs_runs():
    [block] = re.findall(
        r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    namespace = {}
    exec(compile(block, DOCS.name, "exec"), namespace)
    search, model = namespace["search"], namespace["model"]
    leak = search.cv_results_["mean_test_auc"]
    accuracy = search.cv_results_["mean_test_target_test_accuracy"]
    # Depth is what leaks: some settings are under the cap, and some are not.
    assert set(leak <= 0.6) == {True, False}
    assert search.best_index_ == max((leak <= 0.6).nonzero()[0], key=accuracy.item)
    assert model.get_params()["max_depth"] == search.best_params_["target__max_depth"]
    assert model.score(namespace["X"], namespace["y"]) > accuracy.max()
