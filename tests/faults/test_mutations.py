"""The guards are where `faults.mutations` looks for them; `make fault-matrix` removes them."""

import pytest

from faults.mutations import MUTATIONS, ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.guard)
def test_a_guard_reads_as_its_mutation_says(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.text) == 1
    assert all((ROOT / test.partition("::")[0]).is_file() for test in mutation.tests)
