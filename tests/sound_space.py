"""A space of six designs that keeps the contract, and one whose draws follow another law."""

from archgym import Choice, Space

PAIR = (Choice(("a",), (1, 2, 3), weights=(0.6, 0.3, 0.1)), Choice(("b",), ("x", "y")))


class Sound(Space):
    """What broken spaces break one piece of."""

    size = 6

    def build(self):
        return (yield PAIR[0]), (yield PAIR[1])

    def answer(self, design, choice):
        return design[0] if choice is PAIR[0] else design[1]


class Uniform(Sound):
    def sample(self, u):
        return int(u() * 3), int(u() * 2)
