"""Training-free scores: what an untrained network and one batch tell of a design. Larger is taken for better.

Each is a function `score(model, x, y, generator)`: a module in its initial state, a batch (N, ...) and its labels (N,).
It leaves parameters as they are, draws from `generator` alone, and raises EvaluationFailed where it is not defined.
Which sign, power or sum a score has is not always the same in a paper and in the code that people run: each says here.
"""

from importlib import import_module
from typing import NamedTuple


class Proxy(NamedTuple):
    module: str
    """Of this package; its function has the proxy's name."""
    passes: float
    """What it takes, in passes forward of the whole batch."""
    paper: str

    def function(self, name):
        return getattr(import_module(f".{self.module}", __package__), name)


ABDELFATTAH = "Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021"
PROXIES = {
    "grad_norm": Proxy("gradients", 3, ABDELFATTAH),
    "snip": Proxy("gradients", 3, "Lee, Ajanthan, Torr, SNIP, ICLR 2019"),
    "plain": Proxy("gradients", 3, ABDELFATTAH),
    "grasp": Proxy("gradients", 9, "Wang, Zhang, Grosse, Picking Winning Tickets Before Training, ICLR 2020"),
    "l2_norm": Proxy("gradients", 0, "Krishnakumar et al., NAS-Bench-Suite-Zero, NeurIPS 2022"),
    "fisher": Proxy("fisher", 3, "Turner et al., BlockSwap, ICLR 2020; Theis et al., arXiv 1801.05787"),
    "synflow": Proxy("synflow", 3, "Tanaka et al., Pruning Neural Networks without Any Data, NeurIPS 2020"),
    "naswot": Proxy("naswot", 1, "Mellor, Turner, Storkey, Crowley, Neural Architecture Search without Training, ICML 2021"),
    "jacob_cov": Proxy("jacobian", 3, "Mellor et al., arXiv 2006.04647v1"),
    "epe_nas": Proxy("jacobian", 3, "Lopes, Alirezazadeh, Alexandre, EPE-NAS, ICANN 2021"),
    "gradsign": Proxy("gradsign", 3, "Zhang & Jia, GradSign, ICLR 2022"),
    "zen": Proxy("zen", 2, "Lin et al., Zen-NAS, ICCV 2021"),
    "epsinas": Proxy("epsinas", 2, "Gracheva, Trainless Model Performance Estimation, Array 12, 2021"),
}
