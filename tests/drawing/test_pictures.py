"""Pictures of the designs of every registered space, and of a user's own."""

import io
import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import matplotlib.image
import pytest

from archgym import ArchGymError, Choice, ProductSpace, Space, registry
from archgym.drawing import Drawing, Graph, Settings, Tree
from archgym.drawing.page import page
from archgym.drawing.paint import rendered, text_width
from archgym.drawing.scene import SMALL, Box
from archgym.drawing.text import MOST, lines
from archgym.encoding import LabelledGraph
from archgym.streams import uniform
from archgym.testing.toys import Expressions, Ladders, NoChoice, OneDesign

SPACES = registry.space_names()
ABBREVIATED = ("HierarchicalNASBench201", "HierarchicalNASBench201FixedMacro", "SoC", "SoCIndependent")


class Depths(Space):
    """A space as the documentation's first one: no answer, no graph."""

    def build(self):
        depth = yield Choice(("depth",), (1, 2, 3), ordered=True)
        layers = []
        for i in range(depth):
            layers.append((yield Choice(("layer", i), ("conv3", "pool"), sort="op")))
        return tuple(layers)


class Rings(ProductSpace):
    """Its graph has a cycle."""

    choices = (Choice(("size",), (2, 3)),)

    def graph(self, design):
        return LabelledGraph(("conv",) * design[0], tuple((i, (i + 1) % design[0]) for i in range(design[0])))


def designs(space, count, seed=0):
    u = uniform(seed)
    return [space.decode(space.sample(u)) for _ in range(count)]


def svg_texts(svg):
    root = ElementTree.fromstring(svg)
    return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def overlapping(extents):
    return [(a, b) for a, b in combinations(extents, 2)
            if min(a[2], b[2]) - max(a[0], b[0]) > 0.01 and min(a[3], b[3]) - max(a[1], b[1]) > 0.01]


def box_extent(box):
    return (box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2)


@pytest.mark.parametrize("name", SPACES)
def test_a_picture_is_an_svg_whose_texts_name_every_operation_and_the_same_bytes_again(name):
    space = registry.space(name)
    design, = designs(space, 1)
    svg = rendered(space.drawing(design), ".svg")
    assert rendered(space.drawing(design), ".svg") == svg
    written = " ".join(svg_texts(svg))
    assert space.name in written
    if type(space).graph is not Space.graph and name not in ABBREVIATED:
        words = {word for label in space.graph(design).labels for word in re.split(r"[\s=]", label)}
        assert [word for word in words - {"input", "output"} if word not in written] == []


@pytest.mark.parametrize("name", SPACES)
def test_no_two_texts_and_no_two_boxes_of_a_picture_overlap(name):
    space = registry.space(name)
    for design in designs(space, 3, seed=1):
        scene = page(space.drawing(design), text_width)
        texts = [text.extent for text in scene.texts]
        assert overlapping(texts) == []
        assert overlapping([box_extent(shape) for shape in scene.shapes if isinstance(shape, Box)]) == []
        assert all(0 <= left and 0 <= top and right <= scene.width and bottom <= scene.height
                   for left, top, right, bottom in texts)
        assert min(text.size for text in scene.texts) >= SMALL


@pytest.mark.parametrize("name", ["NASBench201", "NATSBenchSize", "einspace", "HPOBenchMLP"])
def test_a_png_has_ink_and_is_the_same_again(name):
    space = registry.space(name)
    design, = designs(space, 1)
    png = rendered(space.drawing(design), ".png")
    assert rendered(space.drawing(design), ".png") == png
    pixels = matplotlib.image.imread(io.BytesIO(png))[:, :, :3]
    assert 0.01 < (pixels < 0.9).any(axis=2).mean() < 0.7
    border = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    assert all((edge == 1).all() for edge in border)  # nothing is cut off


def test_a_pdf_is_the_same_again():
    space = registry.space("NASBench201")
    design, = designs(space, 1)
    pdf = rendered(space.drawing(design), ".pdf")
    assert pdf.startswith(b"%PDF") and rendered(space.drawing(design), ".pdf") == pdf


def test_parts_of_a_cell_that_carry_nothing_are_faded():
    space = registry.space("NASBench201")
    scene = page(space.drawing(space.parse("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|")),
                 text_width)
    faded = {text.text: text.faded for text in scene.texts}
    assert not faded["skip_connect"] and not faded["input"] and not faded["output"]
    assert faded["nor_conv_3x3"] and faded["nor_conv_1x1"] and faded["none"] and faded["1"] and faded["2"]


def test_dead_vertices_and_motifs_in_no_place_are_faded():
    space = registry.space("NASBench101")
    cell = space.parse('{"matrix": [[0,1,1,0],[0,0,0,1],[0,0,0,0],[0,0,0,0]], '
                       '"operations": ["input", "conv1x1-bn-relu", "maxpool3x3", "output"]}')
    graph, = space.drawing(cell).panels
    assert {graph.nodes[i].text for i in range(len(graph.nodes)) if i not in graph.alive} == {"maxpool3x3"}
    space = registry.space("HierarchicalMotifs")
    design, = designs(space, 1, seed=7)
    unused = [panel.title for panel in space.drawing(design).panels if panel.unused]
    assert unused == [f"{name} (in no place)" for name in space.names if name not in design.cell]


@pytest.mark.parametrize("name, titles", [
    ("DARTS", ["normal cell", "reduce cell"]), ("NASNet", ["normal cell", "reduce cell"]),
    ("einspace", ["derivation", "network"]), ("FCNet", ["network", "settings"]),
    ("HierarchicalMotifs", ["cell", *(f"motif{i}" for i in range(1, 7))])])
def test_designs_of_several_parts_are_drawn_in_several_panels(name, titles):
    space = registry.space(name)
    panels = space.drawing(designs(space, 1)[0]).panels
    assert [panel.title.removesuffix(" (in no place)") for panel in panels] == titles


def test_every_cell_of_a_hierarchical_network_is_drawn():
    space = registry.space("HierarchicalNASBench201FixedMacro")
    design, = designs(space, 1)
    texts = svg_texts(rendered(space.drawing(design), ".svg"))
    assert texts.count("CELL") == 15 and texts.count("resBlock") == 2
    assert texts.count("zero") == str(design).count("(OPS zero)")


def test_both_designs_of_a_product_are_drawn_beside_each_other():
    first, second = registry.space("NASBench201"), registry.space("FCNet")
    space = first * second
    design, = designs(space, 1)
    drawing = space.drawing(design)
    assert [panel.title for panel in drawing.panels] == ["NASBench201", "FCNet: network", "FCNet: settings"]
    assert [replace(panel, title="") for panel in drawing.panels] == [
        replace(panel, title="") for part, one in zip(design, (first, second)) for panel in one.drawing(part).panels]


@pytest.mark.parametrize("space", [Expressions(), Ladders(), OneDesign(), NoChoice(), Depths(), Rings(),
                                   ProductSpace(()), Depths() * Depths()], ids=repr)
def test_a_space_that_says_nothing_of_drawing_is_drawn_all_the_same(space):
    drawing = space.drawing_of(space.sample(uniform(0)))
    assert all(isinstance(panel, (Graph, Settings, Tree)) for panel in drawing.panels)
    ElementTree.fromstring(rendered(drawing, ".svg"))
    assert lines(drawing) is not None


def test_settings_are_drawn_with_the_place_of_the_option_among_all():
    space = ProductSpace((Choice(("size",), (1, 2, 4, 8), ordered=True), Choice(("kind",), ("x", "y"), (False, True))))
    settings, = space.drawing((4, "y")).panels
    assert settings.rows == (("size", ("1", "2", "4", "8"), 2, True), ("kind", ("y",), 0, False))
    taken = [shape for shape in page(space.drawing((4, "y")), text_width).shapes
             if isinstance(shape, Box) and shape.family == "taken"]
    assert len(taken) == 2


def test_many_settings_are_drawn_in_columns():
    space = ProductSpace(tuple(Choice((f"c{i}",), tuple(range(50)), ordered=True) for i in range(70)))
    scene = page(space.drawing((49,) * 70), text_width)
    names = [text for text in scene.texts if text.text.startswith("c")]
    assert len(names) == 70 and len({text.x for text in names}) == 3 and scene.height < 400
    assert overlapping([text.extent for text in scene.texts]) == []


def test_names_are_drawn_as_they_are_written():
    space = ProductSpace((Choice(("$x_1$ & <b>",), ("$\\alpha$", "a_{2}"), ),))
    texts = svg_texts(rendered(space.drawing(("$\\alpha$",)), ".svg"))
    assert "$x_1$ & <b>" in texts and "$\\alpha$" in texts


def test_space_draw_writes_the_file_that_its_ending_names(tmp_path):
    space = registry.space("NASBench201")
    design, = designs(space, 1)
    written = space.draw(design, tmp_path / "cell.svg")
    assert written == tmp_path / "cell.svg" and written.read_bytes() == rendered(space.drawing(design), ".svg")
    assert space.draw(design, str(tmp_path / "cell.PNG")).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name, said", [("cell.jpg", "'.jpg' is none of them"), ("cell", "the name has no ending"),
                                        ("nowhere/cell.svg", "No such file or directory")])
def test_a_file_that_cannot_be_written_is_told_in_a_line(tmp_path, name, said):
    space = registry.space("NASBench201")
    with pytest.raises(ArchGymError, match=re.escape(said)) as error:
        space.draw(designs(space, 1)[0], tmp_path / name)
    assert "\n" not in str(error.value) and name in str(error.value)


def test_the_text_of_a_cell_says_what_enters_every_node():
    space = registry.space("NASBench201")
    drawing = space.drawing(space.parse("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"))
    assert lines(drawing) == [
        "input",
        "1      <- nor_conv_3x3(input)  (on no path)",
        "2      <- none(input) + none(1)  (on no path)",
        "output <- skip_connect(input) + none(1) + nor_conv_1x1(2)"]


def test_the_text_of_a_derivation_is_a_tree_and_that_of_layers_has_bars():
    space = registry.space("einspace")
    design = space.parse("(sequential (routing im2col3k1s1p linear64 col2im) (sequential norm leakyrelu))")
    assert lines(space.drawing(design))[:5] == [
        "derivation", "sequential", "├─ routing im2col3k1s1p col2im", "│  └─ linear64", "└─ norm leakyrelu"]
    space = registry.space("NATSBenchSize")
    assert lines(space.drawing(space.parse("8:64:32:32:32")))[1:3] == [
        f"layer1  {3 * '█'} 8", f"layer2  {24 * '█'} 64"]


def test_a_long_text_is_cut_and_says_so():
    leaves = ProductSpace(tuple(Choice((f"c{i}",), (1, 2)) for i in range(MOST + 5)))
    shown = lines(leaves.drawing(leaves.decode(leaves.sample(uniform(0)))))
    assert len(shown) == MOST + 1 and "5 lines more" in shown[-1]


def test_an_empty_drawing_is_its_title():
    scene = page(Drawing("nothing", ()), text_width)
    assert [text.text for text in scene.texts] == ["nothing"]
