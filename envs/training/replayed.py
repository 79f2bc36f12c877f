"""A training step recorded once on CUDA and replayed: small networks wait for the host otherwise."""

import torch

PLAIN = 2
"""Steps before the recording: they choose kernels and make the optimizer's buffers. They count like any other."""


class Branches(torch.nn.ModuleList):
    """So many modules `make(1)`, each on its own part of the input, at the same time: small kernels leave room.

    (modules, batch, ...) -> (modules, batch, classes). A backward pass goes through the streams of the forward pass.
    """

    def __init__(self, make, count):
        super().__init__(make(1) for _ in range(count))
        self.streams = [torch.cuda.Stream() for _ in range(count)]

    def forward(self, x):
        here, out = torch.cuda.current_stream(), []
        for module, stream, part in zip(self, self.streams, x):
            stream.wait_stream(here)
            with torch.cuda.stream(stream):
                out.append(module(part.contiguous(memory_format=torch.channels_last) if part.ndim == 4 else part))
        for stream in self.streams:
            here.wait_stream(stream)
        return torch.stack(out)


class Replayed:
    """A `step(x, y)` -> loss of some hundred launches, of which the host issues one after the recording.

    Only batches of the first one's size are replayed; others, the last of an epoch, run as they are. A step that CUDA
    cannot record, because it waits for a number from the device, runs as it is for good.

    The step is not kept: whoever owns it is freed with its last reference, and never while another is recorded.
    """

    def __init__(self):
        self.graph, self.seen, self.shape, self.recordable = None, 0, None, True

    def __call__(self, step, x, y):
        self.shape = self.shape or x.shape
        if x.shape != self.shape or not self.recordable:
            return step(x, y)
        if self.seen < PLAIN:
            self.seen += 1
            return step(x, y)
        if self.graph is None:
            self._record(step, x, y)
            if self.graph is None:
                return step(x, y)
        self.x.copy_(x)
        self.y.copy_(y)
        self.graph.replay()
        return self.loss

    def _record(self, step, x, y):
        """Nothing is computed here: a recording changes neither weights nor random numbers."""
        graph = torch.cuda.CUDAGraph()
        self.x, self.y = x.clone(), y.clone()
        try:
            with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
                self.loss = step(self.x, self.y)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            self.recordable = False
        else:
            self.graph = graph
