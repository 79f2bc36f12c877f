"""Known architectures as derivations: in the space, as heavy as arithmetic says, and the published ones."""

import re

import pytest

import archgym
from archgym.spaces.einspace import SEEDS, Branching, Computation, Routing, Sequential
from archgym.spaces.einspace.derivation import format_derivation
from archgym.spaces.einspace.seeds import resnet34, transformer

CLASSES = 10


def conv(kernel, given, made):
    return (kernel * kernel * given + 1) * made


def norm(width):
    return 2 * width


def resnet(stem, blocks):
    """Weights of a residual network of 3x3 convolutions with bias and affine normalisation."""
    total, given = stem, 64
    for stage, count in enumerate(blocks):
        width = 64 << stage
        for _ in range(count):
            total += conv(3, given, width) + conv(3, width, width) + 2 * norm(width)
            total += conv(1, given, width) + norm(width) if given != width else 0
            given = width
    return total + (512 + 1) * CLASSES


def wide_resnet():
    total, given = conv(3, 3, 16) + norm(16), 16
    for width in (64, 128, 256):
        total += conv(3, given, width) + conv(3, width, width) + conv(1, given, width) + 2 * norm(width)
        total += 2 * conv(3, width, width) + 2 * norm(width)
        given = width
    return total + (256 + 1) * CLASSES


def embedding():
    return (4 * 4 * 3 + 1) * 512 + 64 * 512  # 64 patches of a 32x32 image


def vision_transformer(layers):
    head = 3 * (512 + 1) * 64
    layer = 4 * head + (256 + 1) * 512 + 2 * (512 + 1) * 512 + 2 * norm(512)
    return embedding() + layers * layer + (64 + 1) * CLASSES


def mixer(layers):
    layer = norm(512) + (64 + 1) * 256 + (256 + 1) * 64 + (512 + 1) * 256 + (256 + 1) * 512
    return embedding() + layers * layer + (64 + 1) * CLASSES


STRIDED = conv(3, 3, 64) + norm(64) + conv(3, 64, 64)
WEIGHTS = {
    "resnet18": resnet(STRIDED, (2, 2, 2, 2)), "resnet18_maxpool": resnet(conv(3, 3, 64) + norm(64), (2, 2, 2, 2)),
    "resnet34": resnet(conv(7, 3, 64) + norm(64) + conv(3, 64, 64), (3, 4, 6, 3)), "wideresnet16_4": wide_resnet(),
    "transformer": vision_transformer(4), "mlp_mixer": mixer(8)}
SHAPES = {"resnet18": (512, 2, 2), "resnet18_maxpool": (512, 2, 2), "resnet34": (512, 1, 1),
          "wideresnet16_4": (256, 8, 8), "transformer": (64, 512), "mlp_mixer": (64, 512)}


@pytest.fixture(scope="module")
def space():
    return archgym.space("einspace", input=(3, 32, 32), classes=CLASSES)


@pytest.fixture(scope="module")
def published(root):
    """Seed name -> the published derivation, in this project's text."""
    path = root.parent / "shared" / "specs" / "einspace_seed_sexpr.txt"
    if not path.is_file():
        pytest.skip("needs ../shared/specs/einspace_seed_sexpr.txt (published seeds, no part of the project)")
    found = {}
    for entry in path.read_text().split("## ")[1:]:
        head, _, text = entry.partition("\n")
        name, _, length = head.strip().partition("_architecture_dict")
        length = int(length) if length.strip().isdigit() else None
        found[name.removeprefix("einspace_")] = length, text.split("\n")[0].strip()
    return found


def read(text):
    """s-expression of the file's seq(a, b), branch[split | a ; b | join], route[pre | a | post], comp<fn> or fn."""
    text = re.sub(r"comp<(\w+)>", r"\1", text)
    text = re.sub(r" x\d+(?= \|)", "", text)
    for head, ours in (("seq(", "(sequential "), ("branch[", "(branching "), ("route[", "(routing ")):
        text = text.replace(head, ours)
    return re.sub(r"\s+", " ", re.sub(r"[,|;]", " ", text).replace("]", ")")).replace(" )", ")").strip()


def test_every_published_seed_of_the_description_is_built_alike(space, published):
    names = {"resnet18": "resnet18_no_maxpool", "resnet18_maxpool": "resnet18", "wideresnet16_4": "wideresnet16_4",
             "transformer": "transformer_d4", "mlp_mixer": "mlp_mixer"}
    for ours, theirs in names.items():
        assert space.format(SEEDS[ours]()) == read(published[theirs][1]), ours


def written(design):
    """The file's notation, with `comp<>` around every computation."""
    if isinstance(design, Computation):
        return f"comp<{design.computation}>"
    if isinstance(design, Sequential):
        return f"seq({written(design.first)}, {written(design.second)})"
    if isinstance(design, Routing):
        return f"route[{design.prerouting} | {written(design.inner)} | {design.postrouting}]"
    inner = written(design.inner1)
    inner += f" x{design.factor}" if design.tied else f" ; {written(design.inner2)}"
    return f"branch[{design.branching} | {inner} | {design.aggregation}]"


def test_seeds_that_the_file_only_measures_have_its_length(published):
    bare = len("comp<>")  # the file writes some computations without it: two in a stem, three in a transformer's layer
    assert len(written(SEEDS["resnet18"]())) - 2 * bare == published["resnet18_no_maxpool"][0]
    assert len(written(resnet34())) - 2 * bare == published["resnet34_no_maxpool"][0]
    assert len(written(transformer(8))) - 8 * 3 * bare == published["transformer_d8"][0]


@pytest.mark.parametrize("name", SEEDS)
def test_a_seed_weighs_what_arithmetic_says(space, name):
    found = space.profile(SEEDS[name]())
    assert found.parameters == WEIGHTS[name]
    assert found.shape == SHAPES[name]


@pytest.mark.parametrize("name", SEEDS)
def test_a_seed_is_in_the_space_and_survives_text_and_genome(space, name):
    design = SEEDS[name]()
    genome = space.encode(design)
    assert len(genome) <= space.max_nodes
    assert space.decode(genome) == design == space.parse(space.format(design))


@pytest.mark.parametrize("name", SEEDS)
def test_a_search_can_start_from_a_seed(space, name):
    from archgym.streams import uniform

    u = uniform(0)
    genome = space.encode(SEEDS[name]())
    child = space.regrow(genome, u)
    assert child != genome and space.encode(space.decode(child)) == child
    mixed = space.exchange(genome, space.encode(SEEDS["resnet18"]()), u)
    assert mixed is None or space.encode(space.decode(mixed)) == mixed


def test_seeds_fit_other_inputs():
    space = archgym.space("einspace", input="3x64x64", classes=4)
    assert space.profile(SEEDS["wideresnet16_4"]()).shape == (256, 16, 16)
    assert isinstance(space.decode(space.encode(SEEDS["wideresnet16_4"]())), Sequential)


def test_a_tied_branch_is_written_once():
    text = format_derivation(transformer(1))
    assert text.count("scaled_dot_product") == 1 and "clone_tensor4" in text
    assert not any(isinstance(part, Branching) and part.tied and part.inner2 for part in [transformer(1)])
