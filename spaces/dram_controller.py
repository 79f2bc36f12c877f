"""The DRAM memory controller of ArchGym: ten parameters of a DDR controller, as DRAMSys names them.

Krishnan et al., "ArchGym: An Open-Source Gymnasium for Machine Learning Assisted Architecture Design", ISCA 2023, arXiv
2306.08888; Steiner et al., "DRAMSys4.0: A Fast and Cycle-Accurate SystemC/TLM-Based DRAM Simulator", SAMOS 2020. What
ArchGym fixes is fixed here: commands go out oldest first, nothing powers down.
"""

from typing import Literal, NamedTuple

from archgym.choice import Choice
from archgym.product import ProductSpace
from archgym.registry import register_space as space


class Controller(NamedTuple):
    """A memory controller; `MEANING` says what each field decides."""

    PagePolicy: str
    Scheduler: str
    SchedulerBuffer: str
    RequestBufferSize: int
    RespQueue: str
    RefreshPolicy: str
    RefreshMaxPostponed: int
    RefreshMaxPulledin: int
    Arbiter: str
    MaxActiveTransactions: int


MEANING = {
    "PagePolicy": "whether a row stays open after an access: always, never, or as the requests that wait for its bank "
                  "suggest (adaptive)",
    "Scheduler": "which waiting request a bank serves next: the oldest (Fifo), one that hits the open row (FrFcfs), or a "
                 "hit that also goes the way of the last, read or write (FrFcfsGrp)",
    "SchedulerBuffer": "how waiting requests share slots: a buffer a bank, one for reads and one for writes, or one for "
                       "all",
    "RequestBufferSize": "slots of each such buffer",
    "RespQueue": "whether responses leave in the order of their requests (Fifo) or as they complete (Reorder)",
    "RefreshPolicy": "whether the rows are refreshed, all banks of a rank at once, or never, which saves time and loses "
                     "data",
    "RefreshMaxPostponed": "how many refreshes may be put off while requests wait",
    "RefreshMaxPulledin": "how many refreshes may be made early while nothing waits",
    "Arbiter": "what stands before the controller: a handshake without a limit (Simple), or a queue of transactions in "
               "flight that keeps their order (Fifo) or not (Reorder)",
    "MaxActiveTransactions": "how many transactions that queue lets be in flight",
}
FIELDS = {
    "PagePolicy": ("Open", "OpenAdaptive", "Closed", "ClosedAdaptive"),
    "Scheduler": ("Fifo", "FrFcfsGrp", "FrFcfs"),
    "SchedulerBuffer": ("Bankwise", "ReadWrite", "Shared"),
    "RequestBufferSize": tuple(range(1, 9)),
    "RespQueue": ("Fifo", "Reorder"),
    "RefreshPolicy": ("NoRefresh", "AllBank"),
    "RefreshMaxPostponed": tuple(range(1, 9)),
    "RefreshMaxPulledin": tuple(range(1, 9)),
    "Arbiter": ("Simple", "Fifo", "Reorder"),
    "MaxActiveTransactions": tuple(range(1, 129)),
}
POWERS = {"RefreshMaxPostponed": (1, 2, 4, 8), "RefreshMaxPulledin": (1, 2, 4, 8),
          "MaxActiveTransactions": (1, 2, 4, 8, 16, 32, 64, 128)}


@space("DRAMController")
class DRAMController(ProductSpace):
    """Ten parameters of a memory controller: page policy, scheduler, buffers, refresh, arbiter.

    levels: "all" gives 28,311,552 designs, the bounds of ArchGym's genetic algorithm; "powers" keeps powers of two of
        the refresh limits and of the transactions in flight, the 442,368 of its multi-agent study (arXiv 2211.16385).
    """

    meaning = MEANING

    def __init__(self, levels: Literal["all", "powers"] = "all"):
        fields = FIELDS | (POWERS if levels == "powers" else {})
        super().__init__(tuple(Choice((name,), options, ordered=isinstance(options[0], int))
                               for name, options in fields.items()))

    def assemble(self, options):
        return Controller(*options)

    def key(self, design):
        return ",".join(map(str, design))

    def counts(self):
        yield "genomes, all levels", DRAMController("all").size, 28_311_552
        yield "genomes, powers of two", DRAMController("powers").size, 442_368
