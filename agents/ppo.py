"""PPO: a masked policy network builds designs pick by pick, and moves by clipped gradients.

Schulman, Wolski, Dhariwal, Radford, Klimov, "Proximal Policy Optimization Algorithms", arXiv 1707.06347, 2017, with
illegal picks masked as in Huang, Ontañón, "A Closer Look at Invalid Action Masking in Policy Gradient Algorithms",
FLAIRS 2022: the MaskablePPO of sb3-contrib on the face `construct`. Read: the source of sb3-contrib 2.9.

What differs from its defaults, which are made for millions of steps: a rollout is a few designs, at most a tenth of
what the budget buys, so that there are ten updates at least; the learning rate is ten times as large; there is an
entropy bonus; and nothing is discounted, for only the last pick of a design is rewarded. Rewards are standardised over
the run, a failed design's is that of the lowest value measured. The policy's logits add to the logarithm of the
space's law, so that it starts from it, in open spaces too. Duplicates are proposed and charged, as published, the more
so as the policy settles on a design. About 3 ms an evaluation of six picks, most of it sb3's.
"""

import random
from dataclasses import dataclass

import numpy as np

from archgym.agent import Agent, tunable
from archgym.choice import draw
from archgym.registry import needed
from archgym.trial import Proposal

SIDE_BY_SIDE = 4  # designs built at a time in open spaces


@dataclass
class PPO(Agent):
    batch: int = tunable(20, over=(10, 20), at_least=1)
    """Designs a rollout, on average in open spaces; at most a tenth of the evaluations that are left."""
    learning_rate: float = tunable(0.003, over=(1e-5, 2e-5, 0.0003, 0.003), at_least=0.0)
    """Adam's step size."""
    epochs: int = tunable(10, over=(4, 10), at_least=1)
    """Gradient steps a rollout, each over all of it."""
    entropy: float = tunable(0.01, over=(0.0, 0.01, 0.1), at_least=0.0)
    """Weight of the policy's entropy in its loss."""

    def search(self, bench):
        needed("sb3_contrib", "agent 'ppo'")
        import torch

        if not bench.space.sorts:
            only = Proposal(bench.space.sample(bench.uniform("policy")))
            while True:  # one design: nothing to learn
                bench.measure([only])
        # The library seeds these three and draws from them: the caller gets them back as they were.
        states = random.getstate(), np.random.get_state(), torch.get_rng_state()
        try:
            self._learn(bench, bench.rng("policy"))
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])
            torch.set_rng_state(states[2])

    def _learn(self, bench, rng):
        from sb3_contrib import MaskablePPO
        from stable_baselines3.common.vec_env import DummyVecEnv

        from ._lawful_policy import Lawful, LawfulPolicy, Scale

        scale, designs = Scale(), max(1, int(min(self.batch, bench.remaining.evaluations / 10)))
        # Designs of one length end with the rollout. Others do not, so that few at a time leave few unfinished.
        copies = designs if hasattr(bench.space, "choices") else min(designs, SIDE_BY_SIDE)
        steps = max(2, round(_mean_picks(bench.space, rng.random) * designs / copies))  # 2 at least, to normalise
        envs = DummyVecEnv([lambda: Lawful(bench.env("construct", worst=0.0), scale)] * copies)
        MaskablePPO(LawfulPolicy, envs, seed=int(rng.integers(2**31)), n_steps=steps, batch_size=copies * steps,
                    n_epochs=self.epochs, learning_rate=self.learning_rate, gamma=1.0, gae_lambda=1.0,
                    ent_coef=self.entropy, device="cpu", policy_kwargs={"draws": int(rng.integers(2**63))},
                    ).learn(10**12, log_interval=None)


def _mean_picks(space, u, draws=64):
    """Picks of a build by the space's law, on average, with those that it abandons or that come to nothing."""
    picks = 0

    def pick(choice):
        nonlocal picks
        picks += 1
        return draw(choice, u)

    for _ in range(draws):
        space.attempt(pick)
    return picks / draws
