"""What masked PPO needs to begin at a space's law: the law in each observation, a policy whose logits add to it."""

import gymnasium
import numpy as np
import torch
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from stable_baselines3.common.torch_layers import MlpExtractor

from archgym.choice import masked_law


class Scale:
    """Rewards of mean 0 and variance 1 over the run so far; a failed design's is that of the lowest value measured."""

    def __init__(self):
        self.count, self.mean, self.squares, self.lowest = 0, 0.0, 0.0, np.inf

    def reward(self, trial) -> float:
        """Of an info's trial, which counts where it is ok."""
        value = trial["value"]
        if trial["status"] == "ok":
            self.count += 1
            step = value - self.mean
            self.mean += step / self.count
            self.squares += step * (value - self.mean)
            self.lowest = min(self.lowest, value)
        elif self.count:
            value = self.lowest
        else:
            return 0.0
        spread = (self.squares / self.count) ** 0.5
        return (value - self.mean) / spread if spread > 0 else 0.0


class Lawful(gymnasium.Wrapper):
    """`construct` with the log-law of the choice that is asked behind each observation, and scaled rewards."""

    def __init__(self, env, scale):
        super().__init__(env)
        self.scale, self.laws, self.width = scale, {}, int(env.action_space.n)
        size = env.observation_space.shape[0] + self.width
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float32)
        self.mask, self.logits = self.law()

    def law(self):
        """(mask of what can be drawn, logarithm of its probability) for the choice that is asked."""
        choice = self.env.choice
        known = len(choice.options), choice.legal, choice.weights
        if known not in self.laws:
            picks, _, share = masked_law(*known)
            mask, logits = np.zeros(self.width, bool), np.zeros(self.width, np.float32)
            mask[list(picks)], logits[list(picks)] = True, np.log(share)
            self.laws[known] = mask, logits
        return self.laws[known]

    def action_masks(self):
        return self.mask

    def reset(self, **options):
        observation, info = self.env.reset(**options)
        self.mask, self.logits = self.law()
        return np.concatenate([observation, self.logits]), info

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.mask, self.logits = self.law()
        if terminated:
            reward = self.scale.reward(info["trial"])
        return np.concatenate([observation, self.logits]), reward, terminated, truncated, {}


class Beside(torch.nn.Module):
    """Networks over an observation without its last columns, which stay beside what the actor makes of the others."""

    def __init__(self, networks, beside):
        super().__init__()
        self.networks, self.beside = networks, beside
        self.latent_dim_pi, self.latent_dim_vf = networks.latent_dim_pi, networks.latent_dim_vf

    def forward(self, features):
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features):
        return torch.cat([self.networks.forward_actor(features[:, :-self.beside]), features[:, -self.beside:]], dim=1)

    def forward_critic(self, features):
        return self.networks.forward_critic(features[:, :-self.beside])


class LawfulPolicy(MaskableActorCriticPolicy):
    """draws: seed of the generator that actions are drawn from, so that no evaluator can disturb it."""

    def __init__(self, *args, draws, **options):
        super().__init__(*args, **options)
        self.draws = torch.Generator().manual_seed(draws)

    def _build_mlp_extractor(self):
        beside = int(self.action_space.n)
        self.mlp_extractor = Beside(MlpExtractor(self.features_dim - beside, self.net_arch, self.activation_fn,
                                                 self.device), beside)

    def _get_action_dist_from_latent(self, latent_pi):
        latent, law = latent_pi.split([self.mlp_extractor.latent_dim_pi, self.mlp_extractor.beside], dim=1)
        return self.action_dist.proba_distribution(self.action_net(latent) + law)

    def forward(self, obs, deterministic=False, action_masks=None):
        latent_pi, latent_vf = self.mlp_extractor(self.extract_features(obs))
        distribution = self._get_action_dist_from_latent(latent_pi)
        distribution.apply_masking(action_masks)
        actions = torch.multinomial(distribution.distribution.probs, 1, generator=self.draws).squeeze(1)
        return actions, self.value_net(latent_vf), distribution.log_prob(actions)
