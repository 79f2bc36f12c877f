"""Neural Predictor: a graph network learns from random designs, the best predicted are measured.

Wen, Liu, Chen, Li, Bender, Kindermans, "Neural Predictor for Neural Architecture Search", ECCV 2020; read as described
there and in notes on it. Settings as there: 172 random designs; three directed graph convolutions of 144 with dropout of
0.1, a layer of 128; Adam with rate 0.0001 and weight decay 0.001, 300 epochs of batches of 10. What differs: the
regressor alone, without the classifier that sorts out designs below 91 % before it, a threshold of one task; values are
standardized; and the predicted best are measured in rounds of 100, each after a new fit, so that any budget is used.

Nodes are described by their labels, one-hot over those that the measured designs show. A product space of at most 100,000
genomes is predicted as a whole; elsewhere 1,000 random designs and 100 mutants of each of the ten best are. Nothing is
proposed twice while there are others to rank.
"""

from dataclasses import dataclass

import numpy as np

from archgym.agent import tunable
from archgym.encoding import ENCODINGS
from archgym.predictor import Predictor
from archgym.registry import needed

from ._predictor_agent import PredictorAgent

LAYERS, HIDDEN, HEAD, DROPOUT = 3, 144, 128, 0.1
BATCH, RATE, DECAY = 10, 1e-4, 1e-3
CHUNK = 200  # graphs predicted at once


@dataclass
class NeuralPredictor(PredictorAgent):
    initial: int = tunable(172, over=(20, 50, 100, 172), at_least=1)
    """Random designs measured before the first fit."""
    batch: int = tunable(100, over=(20, 50, 100), at_least=1)
    """The best predicted that are measured before the next fit."""
    epochs: int = tunable(300, over=(100, 300), at_least=1)
    """Passes over the data of one fit."""
    model: str = tunable("gcn", over=("gcn", "sklearn.ensemble:RandomForestRegressor"))
    """"gcn", or any regressor with scikit-learn's interface as `module:Class`."""
    encoding: str = tunable("one-hot", over=ENCODINGS, one_of=ENCODINGS)
    """What such a regressor reads; the graph network reads the design's labelled graph."""

    def make_predictor(self, rng):
        return self.chosen(self.model, "gcn", rng, lambda: GCN(self.space, rng, self.epochs), self.encoding)


class GCN(Predictor):
    """Graph convolutions, each the mean of one along the edges and one against them; a mean over nodes; two layers."""

    def __init__(self, space, rng, epochs):
        super().__init__(space, rng)
        self.torch, self.epochs = needed("torch", "agent 'neural-predictor'"), epochs

    def fit(self, genomes, values):
        torch = self.torch
        graphs = self.graphs(genomes)
        self.columns = {label: i for i, label in enumerate(sorted({label for g in graphs for label in g.labels}))}
        values = np.asarray(values, float)
        self.center, self.scale = values.mean(), values.std() or 1.0
        y = torch.tensor((values - self.center) / self.scale, dtype=torch.float32)
        read = [self.read(graph) for graph in graphs]
        generator = torch.Generator().manual_seed(int(self.rng.integers(2**63)))
        sizes = [(a, HIDDEN) for a in [len(self.columns)] + [HIDDEN] * (LAYERS - 1) for _ in range(2)]
        self.weights = [start(torch, generator, *size) for size in [*sizes, (HIDDEN, HEAD), (HEAD, 1)]]
        self.biases = [torch.zeros(size, requires_grad=True) for size in (HEAD, 1)]
        adam = torch.optim.Adam([*self.weights, *self.biases], lr=RATE, weight_decay=DECAY, fused=True)
        for _ in range(self.epochs):
            for rows in torch.randperm(len(y), generator=generator).split(BATCH):
                adam.zero_grad()
                error = self.forward(joined(torch, [read[i] for i in rows.tolist()]), generator) - y[rows]
                (error * error).mean().backward()
                adam.step()

    def predict(self, genomes):
        mean = []
        with self.torch.no_grad():
            for at in range(0, len(genomes), CHUNK):
                graphs = [self.read(graph) for graph in self.graphs(genomes[at:at + CHUNK])]
                mean.append(self.forward(joined(self.torch, graphs)).double().numpy())
        return self.center + self.scale * np.concatenate(mean), np.zeros(len(genomes))

    def graphs(self, genomes):
        return [self.space.graph(self.space.decode(genome)) for genome in genomes]

    def read(self, graph):
        """One-hot labels (nodes, labels), a label never fitted all zeros; the ends of the edges, forth and back.

        Each node is its own neighbour. An edge weighs one over the edges of the node that it leads out of, forth, or
        into, back.
        """
        count = len(graph.labels)
        nodes = np.zeros((count, len(self.columns) + 1), np.float32)
        nodes[range(count), [self.columns.get(label, -1) for label in graph.labels]] = 1
        loops = np.arange(count)
        ends = np.unique([*zip(loops, loops), *graph.edges], axis=0).T
        forth, back = (1 / np.bincount(end, minlength=count)[end] for end in ends)
        return nodes[:, :-1], ends, forth.astype(np.float32), back.astype(np.float32)

    def forward(self, graphs, generator=None):
        """(N,) outputs; with a generator, nodes' features are dropped out by it."""
        torch = self.torch
        x, (tail, head), forth, back, graph, sizes = graphs

        def mean(features, at, to, weights):
            return torch.zeros_like(features).index_add_(0, at, features[to] * weights)

        for along, against in zip(self.weights[:2 * LAYERS:2], self.weights[1:2 * LAYERS:2]):
            x = (torch.relu(mean(x @ along, tail, head, forth)) + torch.relu(mean(x @ against, head, tail, back))) / 2
            if generator is not None:
                kept = torch.rand(x.shape, generator=generator) >= DROPOUT
                x = x * kept / (1 - DROPOUT)
        x = torch.zeros(len(sizes), HIDDEN).index_add_(0, graph, x) / sizes
        x = torch.relu(x @ self.weights[-2] + self.biases[0])
        return (x @ self.weights[-1] + self.biases[1])[:, 0]


def joined(torch, graphs):
    """Graphs as one, whose parts touch nowhere: nodes, edges, their weights, each node's graph, nodes a graph."""
    nodes, ends, forth, back = zip(*graphs)
    sizes = np.array([len(part) for part in nodes])
    firsts = np.cumsum(sizes) - sizes
    ends = np.concatenate([part + first for part, first in zip(ends, firsts)], axis=1)
    columns = [np.concatenate(part)[:, None] for part in (forth, back)]
    return [torch.from_numpy(a) for a in (np.concatenate(nodes), ends, *columns, np.repeat(np.arange(len(sizes)), sizes),
                                          sizes[:, None].astype(np.float32))]


def start(torch, generator, inputs, outputs):
    """Weights as Glorot and Bengio draw them."""
    bound = (6 / (inputs + outputs)) ** 0.5
    return ((2 * torch.rand(inputs, outputs, generator=generator) - 1) * bound).requires_grad_()
