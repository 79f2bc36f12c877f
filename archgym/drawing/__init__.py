"""Pictures of designs. A space says what there is to draw, in the words of `parts`; here it is laid out and written.

Matplotlib is imported when a file is written; the text for terminals needs nothing.
"""

from .default import both, of_build, of_choices, of_graph, of_trace, standard
from .parts import Drawing, Graph, Link, Node, Part, Row, Settings, Span, Stack, Timeline, Tree, Twig

__all__ = ["Drawing", "Graph", "Link", "Node", "Part", "Row", "Settings", "Span", "Stack", "Timeline", "Tree", "Twig",
           "both", "of_build", "of_choices", "of_graph", "of_trace", "standard"]
