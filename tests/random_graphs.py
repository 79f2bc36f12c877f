"""Random labelled graphs without cycles."""

from hypothesis import strategies as st

from archgym.encoding import LabelledGraph


@st.composite
def dags(draw, most=7, labels="abc"):
    size = draw(st.integers(1, most))
    pairs = [(i, j) for j in range(size) for i in range(j)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return LabelledGraph(tuple(draw(st.lists(st.sampled_from(labels), min_size=size, max_size=size))), tuple(edges))
