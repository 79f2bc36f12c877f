"""What einspace says of texts, designs, genomes and options that do not fit."""

import pytest

import archgym
from archgym import ArchGymError
from archgym.errors import IllegalDesign, IllegalGenome
from archgym.spaces.einspace import SEEDS, Branching, Computation, Sequential
from archgym.streams import uniform

BAD_TEXTS = {
    "(routing im2col3k1s1p linear64 col2im": "not closed",
    "(routing im2col3k1s1p linear64 col2im))": "')' too many",
    "linear64 linear64": "is no derivation; expected one module",
    "": "expected one module",
    "()": "unknown module",
    "(sequentail linear64 norm)": "did you mean 'sequential'",
    "(sequential linear64)": "has 1 parts, expected 2: (sequential A B)",
    "(sequential linear65 norm)": "unknown computation_fn 'linear65'; did you mean 'linear64'",
    "(sequential add_tensors norm)": "unknown computation_fn 'add_tensors'",
    "(routing col2im norm identity)": "unknown prerouting_fn 'col2im'",
    "(branching clone_tensor4 norm norm add_tensors)": "four and eight branches share one inner derivation",
    "(branching clone_tensor2 norm add_tensors)": "has 3 parts, expected 4",
    "((sequential norm norm) norm)": "unknown module '(sequential norm norm)'",
}
BAD_SHAPES = {
    "(sequential norm (branching clone_tensor2 linear16 (routing permute132 norm identity) add_tensors))":
        "(branching clone_tensor2 linear16 (routing permute132 norm identity) add_tensors): add_tensors takes equal "
        "shapes, got 3x32x16 and 3x32x32",
    "(sequential (branching group_dim2s1d norm norm add_tensors) norm)":
        "(branching group_dim2s1d norm norm add_tensors): group_dim2s1d cuts dimension 1 of 3x32x32 into 2 equal parts",
    "(sequential linear64 (routing identity norm col2im))":
        "(routing identity norm col2im): col2im undoes the im2col of its own routing, and there is none",
    "(routing im2col4k4s0p (routing permute21 norm identity) col2im)": "col2im restores 8x8 positions, got 48x64",
    "(routing permute21 norm identity)": "permute21 permutes 2 dimensions, got 3x32x32",
    "(sequential linear16 (routing im2col16k16s0p (routing im2col3k1s1p norm identity) identity))":
        "im2col3k1s1p takes an image of three dimensions, got 2x768",
    "(branching clone_tensor8 norm cat_tensors1d4t)": "cat_tensors1d4t joins 4 branches, and there are 8",
    "(branching clone_tensor4 norm dot_product)": "dot_product multiplies 2 branches, and there are 4",
    "(branching clone_tensor2 linear64 norm dot_product)":
        "dot_product multiplies matrices, and 3x32x64 and 3x32x32 do not fit",
}


@pytest.mark.parametrize("text", [*BAD_TEXTS, *BAD_SHAPES])
def test_bad_text_is_told_which_part_does_not_fit(text):
    with pytest.raises(IllegalDesign) as caught:
        archgym.space("einspace").parse(text)
    assert (BAD_TEXTS | BAD_SHAPES)[text] in str(caught.value)


def test_a_long_derivation_is_named_by_its_offending_module_alone():
    space = archgym.space("einspace")
    text = space.format(SEEDS["resnet18"]()).replace("im2col1k2s0p linear256", "im2col1k2s0p linear512")
    with pytest.raises(IllegalDesign, match=r"add_tensors takes equal shapes, got 256x4x4 and 512x4x4") as caught:
        space.parse(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text, why", [("linear64", "allowed: sequential, branching, routing"),
                                       ("(routing identity (sequential norm norm) identity)", "more than 7 nodes")])
def test_a_derivation_outside_the_grammar_or_the_caps_is_refused(text, why):
    with pytest.raises(IllegalDesign, match=why):
        archgym.space("einspace", max_nodes=7).parse(text)


def test_a_text_that_nests_without_end_is_refused():
    with pytest.raises(IllegalDesign, match="nests deeper than the 101 levels"):
        archgym.space("einspace").parse("(sequential " * 5_000)


def test_designs_that_are_no_derivations_are_refused():
    space = archgym.space("einspace")
    norm = Computation("norm")
    four_different = Branching("clone_tensor4", norm, norm, "add_tensors")
    for design in (Sequential(four_different, norm), Sequential(norm, None), Sequential(norm, Computation("conv9")), 7):
        with pytest.raises(IllegalDesign):
            space.encode(design)


def test_a_genome_that_builds_nothing_is_told_where():
    with pytest.raises(IllegalGenome, match="picks 3 at choice 'network'; allowed: 0 .sequential., 1 .branching."):
        archgym.space("einspace").decode((3, 0))


@pytest.mark.parametrize("options, why", [
    ({"input": (3,)}, "channels x height x width"), ({"input": "3x32x0"}, "channels x height x width"),
    ({"input": "three"}, "channels x height x width"), ({"max_nodes": 4}, "max_nodes must be"),
    ({"max_depth": 1_000}, "max_depth must be"), ({"computation": 1.0}, "computation is a probability"),
    ({"computation": "often"}, "computation is a probability"),
    ({"classes": 2.5}, "classes must be"), ({"nodes": 4}, "nodes")])
def test_bad_options_are_refused(options, why):
    with pytest.raises(ArchGymError, match=why):
        archgym.space("einspace", **options)


def test_caps_too_tight_for_any_network_say_so():
    with pytest.raises(ArchGymError, match="loosen its caps"):
        archgym.space("einspace", max_activations=1).sample(uniform(0))


def test_the_input_may_be_text():
    assert archgym.space("einspace", input="3x28x28").input == archgym.space("einspace", input=[3, 28, 28]).input
