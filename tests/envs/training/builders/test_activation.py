"""Searched activation functions: values against numpy, parameters of ResNet-20, and every function through ONNX."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from archgym import registry, streams
from archgym.envs.training import onnx_file
from archgym.envs.training.builders.activation import FUNCTIONS, LEARNED, Fixed, Learned, activation
from archgym.envs.training.networks import network
from archgym.spaces.activation import RULES

SPACE = registry.space("ActivationFunctions")
BINARY = RULES.split("BINOP ->")[1].split("UNOP ->")[0].replace("|", " ").split()
NUMPY = {
    "neg": lambda x: -x, "abs": abs, "square": lambda x: x * x, "cubic": lambda x: x * x * x, "square_root": np.sqrt,
    "mconst": lambda x: x, "aconst": lambda x: x + 1, "log": lambda x: np.log(abs(x) + 1e-6), "exp": np.exp,
    "sin": np.sin, "cos": np.cos, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh,
    "atanh": np.arctanh, "sinc": np.sinc, "umax": lambda x: np.maximum(x, 0), "umin": lambda x: np.minimum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "logexp": lambda x: np.log(1 + np.exp(x)),
    "gaussian": lambda x: np.exp(-x * x), "erf": np.vectorize(math.erf), "const": np.ones_like,
    "add": lambda x, y: x + y, "multi": lambda x, y: x * y, "sub": lambda x, y: x - y,
    "div": lambda x, y: x / (y + 1e-6), "bmax": np.maximum, "bmin": np.minimum,
    "bsigmoid": lambda x, y: y / (1 + np.exp(-x)), "bgaussian_sq": lambda x, y: np.exp(-(x - y) ** 2),
    "bgaussian_abs": lambda x, y: np.exp(-abs(x - y)), "wavg": lambda x, y: x + 0 * y,
}
X = np.array([-3.1, -1.3, -0.9, -0.2, -0.01, 0.03, 0.4, 0.95, 1.7, 2.9])


@pytest.mark.filterwarnings("ignore:invalid value|divide by zero|overflow:RuntimeWarning")
def test_a_function_is_the_expression_that_is_its_key():
    u = streams.uniform(2)
    for _ in range(200):
        design = SPACE.decode(SPACE.sample(u))
        expected = eval(SPACE.key(design), NUMPY | {"x": X})
        x = torch.from_numpy(X).view(1, 2, 5, 1)
        found = activation(design.tree, 2).double()(x).detach().numpy().ravel()
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_all_functions_of_the_grammar_are_there():
    assert {*FUNCTIONS, *LEARNED} == {"id", *NUMPY} == {p.head for symbol in ("BINOP", "UNOP")
                                                         for p in SPACE.grammar.rules[symbol]}


@pytest.mark.parametrize("text, numbers", [
    ("(L2 UnaryTopo (L1 UnaryTopo (UNOP umax)))", 0), ("(L2 UnaryTopo (L1 UnaryTopo (UNOP mconst)))", 1),
    ("(L2 BinaryTopo (BINOP wavg) (L1 UnaryTopo (UNOP sin)) (L1 UnaryTopo (UNOP const)) id id)", 2)])
def test_parameters_are_resnet20s_and_one_a_channel_for_every_number_that_is_learned(text, numbers):
    """ResNet-20 of 10 classes; seven places have 16 channels, six each 32 and 64."""
    model = network("ActivationFunctions", SPACE.parse(text), (3, 32, 32), 10)
    conv = 9 * (3 * 16 + 6 * 16 * 16 + 16 * 32 + 5 * 32 * 32 + 32 * 64 + 5 * 64 * 64)
    places = 7 * 16 + 6 * 32 + 6 * 64
    assert conv + 2 * places + 65 * 10 == 269_722
    assert sum(p.numel() for p in model.parameters()) == 269_722 + numbers * places


@pytest.mark.parametrize("shape", [(3, 9, 9), (3, 9)])
def test_a_shortcut_takes_every_second_pixel_and_gives_new_channels_zeros(shape):
    design = SPACE.parse("(L2 UnaryTopo (L1 UnaryTopo (UNOP id)))")
    model = network("ActivationFunctions", design, shape, 4, channels=4, blocks=1, stages=2)
    block, = (m for m in model if getattr(m, "new", 0))
    for part in block.main.parameters():
        torch.nn.init.zeros_(part)
    x = torch.rand(2, 4, *((1, 9) if len(shape) == 2 else (9, 9)))
    small = x[..., ::2] if len(shape) == 2 else x[..., ::2, ::2]
    zeros = torch.zeros_like(small[:, :2])
    torch.testing.assert_close(block(x), torch.cat([zeros, small, zeros], 1))


class All(torch.nn.Module):
    """Every function of the first channels, or of the first and the last, one after the other."""

    def __init__(self):
        super().__init__()
        self.names = (*FUNCTIONS, *LEARNED)
        self.functions = torch.nn.ModuleList(Learned(n, 2) if n in LEARNED else Fixed(n) for n in self.names)

    def forward(self, x):
        first, last = x.chunk(2, 1)
        return torch.cat([function(first, last) if name in BINARY else function(first)
                          for name, function in zip(self.names, self.functions)], 1)


def test_onnxruntime_computes_every_function(tmp_path):
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    model = All()
    x = torch.from_numpy(np.stack([X, X[::-1] + 0.07]).reshape(1, 4, 5, 1)).float()
    session = runtime.InferenceSession(onnx_file.write(model, x.shape[1:], tmp_path / "all.onnx"),
                                       providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(None, {"x": x.numpy()})[0], model(x).detach(), rtol=1e-4, atol=1e-6)
