"""Networks as ONNX files, for any number of samples at a time."""

import logging
import warnings
from pathlib import Path

from archgym.errors import ArchGymError
from archgym.registry import needed


def write(model, shape: tuple[int, ...], file) -> Path:
    """Write a module that takes samples of this shape, weights inside, as it computes when nothing is learned.

    Raises ArchGymError where a package is missing or PyTorch cannot translate the module.
    """
    import torch

    for package in ("onnx", "onnxscript"):
        needed(package, "writing ONNX files")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it tells of packages that nothing here needs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(model.cpu().eval(), (torch.zeros(2, *shape),), dynamo=True, verbose=False,
                                        input_names=["x"], output_names=["logits"],
                                        dynamic_shapes=({0: torch.export.Dim("samples")},))
    except torch.onnx.OnnxExporterError as why:
        raise ArchGymError(f"PyTorch {torch.__version__} cannot write this network as ONNX: "
                           f"{str(why).splitlines()[0]}") from why
    program.save(file, external_data=False)
    return Path(file)


def export(evaluator, design, file) -> Path:
    """Write the network of a design as an evaluator of networks builds it, with the initial weights of seed 0."""
    import torch

    from . import networks
    from .trainer import initialize

    with torch.random.fork_rng(devices=[]):
        model = networks.network(evaluator.space_name, design, evaluator.data.shape, evaluator.data.classes,
                                 **evaluator.skeleton)
    initialize(model, (0,))
    return write(model, evaluator.data.shape, file)
