"""Which tests share a process when several run in parallel: an expensive service is started in only one of them."""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController


class ByWhatTheyStart(LoadScopeScheduling):
    """One process for the tests with an Airflow, one for those with a Tryton, and otherwise one for each module.

    The cells of the fault matrix are independent, and use any free process. They come last: a module that begins last
    would keep one process busy for a minute while the others have nothing to do. (`--dist loadgroup` would group by
    marks; xdist 3.8 writes them into an attribute that pytest 9.2 does not read.)
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if module.startswith(("tests/browser/", "tests/live/")):
            return "airflow"
        if "tryton" in nodeid:
            return "tryton"
        return nodeid if module == "tests/faults/test_matrix.py" else module

    def _assign_work_unit(self, node: WorkerController) -> None:
        whole = next((scope for scope in self.workqueue if "::" not in scope), None)
        if whole:
            self.workqueue.move_to_end(whole, last=False)
        super()._assign_work_unit(node)
