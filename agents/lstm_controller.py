"""The LSTM controller of NAS and ENAS: a recurrent policy over the choices of a design, moved by REINFORCE.

Zoph, Le, "Neural Architecture Search with Reinforcement Learning", ICLR 2017; Pham, Guan, Zoph, Le, Dean, "Efficient
Neural Architecture Search via Parameter Sharing", ICML 2018. Read: the controller of ENAS's authors for cells. At every
choice two LSTM layers see the embedding of the last pick; the head of the choice gives logits, bounded by a tanh. The
reward gains the sequence's entropy by a small weight, the baseline is an exponential moving average that is updated
before the advantage is taken, and one step of Adam follows the averaged gradients of ten designs.

As published: units, layers, uniform initial weights, Adam's step, entropy weight, momentum, batch. Different for
budgets of hundreds, not ENAS's tens of thousands of designs: logits reach 2.5 (its script for cells stops operations at
0.44, where this few updates leave the policy near where it began); the baseline is corrected for its start at 0; the
reward, there an accuracy, is the share of the run's earlier designs that the design beats, ties half (0 where it
failed). Left out: attention to earlier nodes and skip connections, which belong to its cells.

Heads and embeddings go by path in a product space, by sort elsewhere, with the logarithm of the space's law added to
the logits, so that the policy starts near the law. Duplicates are proposed and charged, as published.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import log

import numpy as np

from archgym.agent import AskTellAgent, tunable
from archgym.errors import ArchGymError, DeadEnd, Reject
from archgym.registry import needed
from archgym.space import Trace
from archgym.trial import Proposal

LAYERS = 2
SPREAD = 0.1  # weights start uniform between minus and plus this
MAX_REJECTED = 1_000  # batches of which every build may be rejected, in a row


@dataclass
class LSTMController(AskTellAgent):
    learning_rate: float = tunable(0.0035, over=(0.001, 0.0035, 0.01, 0.03), at_least=0.0)
    """Adam's step size."""
    tanh_constant: float = tunable(2.5, over=(0.44, 1.1, 1.5, 2.5, 5.0), at_least=0.0)
    """Logits lie between minus and plus this: how sure the controller can become."""
    entropy: float = tunable(0.0001, over=(0.0, 0.0001, 0.001, 0.01), at_least=0.0)
    """Weight of a sequence's entropy in its reward."""
    momentum: float = tunable(0.99, over=(0.9, 0.95, 0.99, 0.999), at_least=0.0, at_most=0.999)
    """Of the moving average that serves as baseline."""
    batch: int = tunable(10, over=(1, 5, 10, 20), at_least=1)
    """Designs whose gradients are averaged in one update; as many are proposed at a time."""
    units: int = tunable(64, over=(32, 64, 100), at_least=1)
    """Size of an embedding, and of each LSTM layer."""

    def setup(self, bench):
        torch = needed("torch", "agent 'lstm-controller'")
        self.space, self.uniform = bench.space, bench.uniform("policy")
        self.by_path = hasattr(self.space, "choices")
        blocks = ({c.path: c.options for c in self.space.choices} if self.by_path else self.space.sorts)
        self.columns, self.width = {}, 0
        for name, options in blocks.items():
            self.columns[name] = slice(self.width, self.width + len(options))
            self.width += len(options)
        seed = int(bench.rng("weights").integers(2**63))
        self.policy = network(torch, max(self.width, 1), self.units, torch.Generator().manual_seed(seed))
        self.optimizer = torch.optim.Adam(self.policy.parameters(), self.learning_rate)
        self.rewarded, self.values = [], []
        self.average, self.steps = 0.0, 0

    def ask(self, n):
        count = min(n, self.batch - len(self.rewarded))
        for _ in range(MAX_REJECTED):
            self.episodes = self.draw(count)
            if self.episodes:
                return [Proposal(episode.genome) for episode in self.episodes]
        raise ArchGymError(f"lstm-controller: {self.space.name} rejected {MAX_REJECTED:,} batches in a row")

    def draw(self, count):
        """Episodes of `count` builds that go in step, without those that were rejected."""
        import torch

        episodes = [Episode(self.space) for _ in range(count)]
        tokens, state = torch.full((count, 1), self.width), None
        while any(episode.choice is not None for episode in episodes):
            with torch.no_grad():
                logits, state = self.logits(tokens, state)
            for episode, row in zip(episodes, logits[:, 0].tolist()):
                if episode.choice is not None:
                    episode.take(*self.block(episode.choice), row, self.uniform)
            tokens = torch.tensor([episode.tokens[-1:] or [self.width] for episode in episodes])
        return [episode for episode in episodes if episode.genome is not None]

    def logits(self, tokens, state=None):
        embedding, lstm, head = self.policy
        seen, state = lstm(embedding(tokens), state)
        return self.tanh_constant * head(seen).tanh(), state

    def block(self, choice):
        """(first, end) columns of a choice's options."""
        found = self.columns.get(choice.path if self.by_path else choice.sort_name)
        if found is None or found.stop - found.start != len(choice.options):
            raise ArchGymError(f"lstm-controller: {self.space.name} asks choice {choice.name!r} with "
                               f"{len(choice.options)} options, which is not as its sorts say "
                               f"({', '.join(self.space.sorts)}); declare all: sorts = {{sort: options}} in the class")
        return found.start, found.stop

    def tell(self, trials):
        for episode, trial in zip(self.episodes, trials):
            reward = 0.0
            if trial.ok:
                values, value = self.values, trial.value
                ties_twice = bisect_left(values, value) + bisect_right(values, value)
                reward = ties_twice / (2 * len(values)) if values else 0.5
                insort(values, value)
            if episode.tokens:
                self.rewarded.append((episode, reward))
        if len(self.rewarded) >= self.batch:
            self.update()
            self.rewarded = []

    def update(self):
        """One step of Adam on the mean of -log p(episode) (reward - baseline)."""
        import torch

        length = max(len(episode.tokens) for episode, _ in self.rewarded)
        shape = len(self.rewarded), length
        before = torch.full(shape, self.width)  # the pick before each step
        taken, made = torch.zeros(shape, dtype=torch.long), torch.zeros(shape)
        law = torch.zeros(*shape, max(self.width, 1))
        for i, (episode, _) in enumerate(self.rewarded):
            steps = len(episode.tokens)
            before[i, 1:steps] = torch.tensor(episode.tokens[:-1], dtype=torch.long)
            taken[i, :steps], made[i, :steps] = torch.tensor(episode.tokens), 1.0
            law[i, :steps] = -torch.inf
            for step, (first, log_law) in enumerate(episode.laws):
                law[i, step, first:first + len(log_law)] = torch.tensor(log_law)
        logs = (self.logits(before)[0] + law).log_softmax(-1)
        entropies = (logs.exp() * -logs.clamp(min=-1e9) * made[:, :, None]).sum((1, 2)).tolist()
        advantages = []
        for (_, reward), entropy in zip(self.rewarded, entropies):
            reward += self.entropy * entropy
            self.steps += 1
            self.average = self.momentum * self.average + (1 - self.momentum) * reward
            advantages.append(reward - self.average / (1 - self.momentum**self.steps))
        chosen = (logs.gather(2, taken[:, :, None])[:, :, 0] * made).sum(1)
        self.optimizer.zero_grad()
        (-(chosen * torch.tensor(advantages)).mean()).backward()
        self.optimizer.step()


class Episode:
    """One build that the policy answers: the columns it took, and the log-law of each choice's options."""

    def __init__(self, space):
        self.space, self.tokens, self.picks, self.laws = space, [], [], []
        self.genome = None
        self.build = space.build()
        self.go(None)

    def go(self, option):
        """Send an option; `choice` is the next one, None at the end, where `genome` is the design if there is one."""
        self.choice = None
        try:
            self.choice = self.build.send(option)
        except StopIteration as stop:
            self.genome = self.space.clean(Trace([], tuple(self.picks), stop.value))
        except (DeadEnd, Reject):
            pass

    def take(self, first, end, logits, u):
        """Draw an option by the space's law times exp(logits)."""
        picks, _, share = self.choice.law
        log_law = [-np.inf] * (end - first)
        for pick, p in zip(picks, share):
            log_law[pick] = log(p)
        mass = np.exp(np.add(logits[first:end], log_law)).cumsum()
        pick = int(np.searchsorted(mass, u() * mass[-1], side="right"))
        self.laws.append((first, log_law))
        self.tokens.append(first + pick)
        self.picks.append(pick)
        self.go(self.choice.options[pick])


def network(torch, width, units, generator):
    """Embeddings of the options and of the start, two LSTM layers, and one head of all options."""
    with torch.random.fork_rng(devices=[]):  # the usual initial weights draw from the global generator
        policy = torch.nn.ModuleList([torch.nn.Embedding(width + 1, units),
                                      torch.nn.LSTM(units, units, LAYERS, batch_first=True),
                                      torch.nn.Linear(units, width)])
    with torch.no_grad():
        for weights in policy.parameters():
            weights.uniform_(-SPREAD, SPREAD, generator=generator)
    return policy
