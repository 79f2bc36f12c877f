"""Known architectures as derivations: what a search may start from.

Each function builds the backbone from the architecture's description; the head is the space's. They follow the seeds
that Ericsson et al. (2024) start from: normalisation and activation after each convolution, no max-pooling in the stem
where the name does not say otherwise, transformers with post-normalisation. Sequences nest in halves.
"""

from collections.abc import Sequence

from .derivation import Branching, Computation, Derivation, Routing, Sequential


def compute(*terminals: str) -> Derivation:
    """Terminals in a row, nested to the left."""
    return left(*map(Computation, terminals))


def left(*parts: Derivation) -> Derivation:
    first, *others = parts
    for part in others:
        first = Sequential(first, part)
    return first


def halved(parts: Sequence[Derivation]) -> Derivation:
    """A sequence nested as a balanced tree, the first half the longer."""
    if len(parts) == 1:
        return parts[0]
    middle = (len(parts) + 1) // 2
    return Sequential(halved(parts[:middle]), halved(parts[middle:]))


def convolution(kernel: int, stride: int, channels: int) -> Derivation:
    padding = (kernel - 1) // 2
    return Routing(f"im2col{kernel}k{stride}s{padding}p", Computation(f"linear{channels}"), "col2im")


NORM, RELU, IDENTITY = Computation("norm"), Computation("leakyrelu"), Computation("identity")


def residual(inner: Derivation, shortcut: Derivation = IDENTITY) -> Derivation:
    return Branching("clone_tensor2", inner, shortcut, "add_tensors")


def resnet_block(stride: int, channels: int, widens: bool) -> Derivation:
    inner = Sequential(left(convolution(3, stride, channels), NORM, RELU),
                       Sequential(convolution(3, 1, channels), NORM))
    shortcut = Sequential(convolution(1, stride, channels), NORM) if widens else IDENTITY
    return Sequential(residual(inner, shortcut), RELU)


def resnet(stem: Derivation, blocks: Sequence[int]) -> Derivation:
    """Four stages of 64 to 512 channels; the first block of all but the first halves the image."""
    stages = [halved([resnet_block(2 if stage and not block else 1, 64 << stage, bool(stage and not block))
                      for block in range(count)]) for stage, count in enumerate(blocks)]
    return Sequential(Sequential(stem, Sequential(*stages[:2])), Sequential(*stages[2:]))


def _stem(kernel, stride, end):
    return left(convolution(kernel, stride, 64), NORM, RELU, end)


def resnet18() -> Derivation:
    """ResNet-18 with a strided convolution for max-pooling: the seed of the published experiments."""
    return resnet(_stem(3, 1, convolution(3, 2, 64)), (2, 2, 2, 2))


def resnet18_maxpool() -> Derivation:
    return resnet(_stem(3, 1, Computation("maxpool3k2s1p")), (2, 2, 2, 2))


def resnet34() -> Derivation:
    return resnet(_stem(7, 2, convolution(3, 2, 64)), (3, 4, 6, 3))


def wideresnet16_4() -> Derivation:
    def block(stride, channels, shortcut):
        norm_relu = Sequential(NORM, RELU)
        inner = left(convolution(3, stride, channels), norm_relu, convolution(3, 1, channels))
        return Sequential(residual(inner, shortcut), norm_relu)

    stages = [Sequential(block(stride, channels, convolution(1, stride, channels)), block(1, channels, IDENTITY))
              for stride, channels in ((1, 64), (2, 128), (2, 256))]
    return Sequential(left(convolution(3, 1, 16), NORM, RELU), halved(stages))


def _patch_embedding():
    patches = Routing("im2col4k4s0p", Computation("linear512"), "identity")
    return Sequential(patches, Computation("learnable_positional_encoding"))


def attention(heads: int) -> Derivation:
    """Multi-head self-attention, 64 features a head."""
    keys = Routing("identity", Computation("linear64"), "permute21")
    weights = Sequential(Branching("clone_tensor2", Computation("linear64"), keys, "scaled_dot_product"),
                         Computation("softmax"))
    head = Branching("clone_tensor2", weights, Computation("linear64"), "dot_product")
    return Sequential(Branching(f"clone_tensor{heads}", head, None, f"cat_tensors2d{heads}t"), Computation("linear512"))


def transformer(layers: int = 4) -> Derivation:
    """A vision transformer: patches of 4 x 4, width 512, four heads."""
    layer = Sequential(Sequential(residual(attention(4)), NORM),
                       Sequential(residual(compute("linear512", "leakyrelu", "linear512")), NORM))
    return Sequential(_patch_embedding(), halved([layer] * layers))


def mlp_mixer(layers: int = 8) -> Derivation:
    tokens = left(Routing("permute21", Computation("linear_x4"), "identity"), RELU,
                  Routing("identity", Computation("linear_4th"), "permute21"))
    layer = residual(Sequential(NORM, Sequential(tokens, compute("linear256", "leakyrelu", "linear512"))))
    return Sequential(_patch_embedding(), halved([layer] * layers))


SEEDS = {"resnet18": resnet18, "resnet18_maxpool": resnet18_maxpool, "resnet34": resnet34,
         "wideresnet16_4": wideresnet16_4, "transformer": transformer, "mlp_mixer": mlp_mixer}
"""Name -> the function that builds it, for images."""
