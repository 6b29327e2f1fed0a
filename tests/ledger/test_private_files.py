"""Who may read a ledger's file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderflow.ledger.opening import open_ledger


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> set[int]:
    return {file.stat().st_mode & 0o777 for file in folder.iterdir()}


@pytest.mark.usefixtures("no_umask")
def test_a_new_file_and_its_journals_are_for_their_owner_alone(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger._engine.begin():
        assert len(list(tmp_path.iterdir())) == 3, "the ledger, its write-ahead log and the index of that"
        assert modes(tmp_path) == {0o600}


@pytest.mark.usefixtures("no_umask")
def test_a_file_that_was_there_keeps_the_rights_that_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch(mode=0o660)
    open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    assert modes(tmp_path) == {0o660}
