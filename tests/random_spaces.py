"""Hypothesis strategies for spaces: product spaces of any shape, with masks, weights, orders and nested paths."""

from hypothesis import strategies as st

from archgym import Choice, ProductSpace

seeds = st.integers(0, 2**32)


@st.composite
def choices(draw, path):
    options = tuple(range(draw(st.integers(1, 4))))
    legal = weights = None
    if draw(st.booleans()):
        legal = tuple(draw(st.lists(st.booleans(), min_size=len(options), max_size=len(options)).filter(any)))
    if draw(st.booleans()):
        weights = tuple(draw(st.lists(st.sampled_from((0.5, 1.0, 5.0)), min_size=len(options), max_size=len(options))))
    return Choice(path, options, legal, weights, ordered=draw(st.booleans()))


@st.composite
def product_spaces(draw, max_choices=4):
    count = draw(st.integers(0, max_choices))
    paths = [("root", i) if i % 2 else ("root", i - 1, "below") for i in range(count)]
    return ProductSpace(tuple(draw(choices(path)) for path in paths))
