"""A training step recorded once on CUDA and replayed: small networks wait for the host otherwise."""

import torch

PLAIN = 3
"""Steps before the recording: they choose kernels and make the optimizer's buffers. They count like any other."""


class Replayed:
    """`step(x, y)` -> loss, a step of some hundred launches, of which the host issues one after the recording.

    Only batches of the first one's size are replayed; others, the last of an epoch, run as they are. A step that CUDA
    cannot record, because it waits for a number from the device, runs as it is for good.
    """

    def __init__(self, step):
        self.step, self.graph, self.seen, self.shape, self.recordable = step, None, 0, None, True

    def __call__(self, x, y):
        self.shape = self.shape or x.shape
        if x.shape != self.shape or not self.recordable:
            return self.step(x, y)
        if self.seen < PLAIN:
            self.seen += 1
            return self.step(x, y)
        if self.graph is None:
            self._record(x, y)
            if self.graph is None:
                return self.step(x, y)
        self.x.copy_(x)
        self.y.copy_(y)
        self.graph.replay()
        return self.loss

    def _record(self, x, y):
        """Nothing is computed here: a recording changes neither weights nor random numbers."""
        graph = torch.cuda.CUDAGraph()
        self.x, self.y = x.clone(), y.clone()
        try:
            with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
                self.loss = self.step(self.x, self.y)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            self.recordable = False
        else:
            self.graph = graph
