"""Keeps the data of shop and ERP across a restart, in one file, for `make up`."""

import pickle
from pathlib import Path

from sandbox.world import World

_PARTS = ("orders", "people", "erp_store", "erp_customers")


class Keeper:
    """Writes a world's content to a file whenever it has changed. Only files of this exact code may be read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = b""

    def restore(self, world: World) -> bool:
        """Restore the saved world; False if nothing was saved."""
        if not self._path.exists():
            return False
        kept = pickle.loads(self._path.read_bytes())  # noqa: S301 - our own file
        for name in _PARTS:
            vars(getattr(world, name)).update(vars(kept[name]))
        return True

    def keep(self, world: World) -> None:
        """Save the world's content, unless the file is up to date."""
        content = pickle.dumps({name: getattr(world, name) for name in _PARTS})
        if content != self._written:
            half = self._path.with_suffix(".half")
            half.write_bytes(content)
            half.replace(self._path)
            self._written = content
