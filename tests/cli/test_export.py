"""`archgym export`."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

SMALL = ("-t", "skeleton=channels: 4, cells: 1, stages: 2")


def test_onnxruntime_computes_what_the_network_computes(cli, tmp_path):
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    from archgym.envs.training.networks import network
    from archgym.envs.training.trainer import initialize
    from archgym.spaces.cell import NASBench201

    shown = cli("export", "TrainingFree-v0", "3-1-4-2-0-3", "--out", "cell.onnx", *SMALL)
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.startswith("cell.onnx: |nor_conv_3x3~0|")
    model = network("NASBench201", NASBench201().decode((3, 1, 4, 2, 0, 3)), (1, 8, 8), 10, channels=4, cells=1, stages=2)
    initialize(model, (0,))
    session = runtime.InferenceSession(tmp_path / "cell.onnx", providers=["CPUExecutionProvider"])
    for samples in (1, 5):
        x = torch.randn(samples, 1, 8, 8)
        np.testing.assert_allclose(session.run(None, {"x": x.numpy()})[0], model.eval()(x).detach(), atol=1e-4)


@pytest.mark.parametrize("words, text", [
    (("NASBench201-v0", "1-1-1-1-1-1", "--out", "a.onnx"), "builds no networks"),
    (("TrainingFree-v0", "1-1-1-1-1-1", "--out", "a.pt"), "ends in .onnx"),
    (("TrainingFree-v0", "1-1-1-1-1-1", "--out", "none/a.onnx"), "no folder none")])
def test_what_cannot_be_exported_says_so(cli, words, text):
    shown = cli("export", *words)
    assert shown.exit_code != 0 and text in " ".join(shown.stderr.split())
