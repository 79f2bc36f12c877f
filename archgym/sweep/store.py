"""The sweep folder: one columnar file a run, written beside and renamed into place.

    manifest.json               what was planned, with versions, checksums and hardware
    runs/<run id>.parquet       the trajectory; its identity and a digest of its columns in the file's metadata
    runs/<run id>.seconds.npy   clocked seconds, which no rerun repeats: (2, N) agent and evaluator, cumulative
    failed/<run id>.json        a run that could not finish: its error and traceback
"""

import json
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import ArchGymError
from ..trajectory import Trajectory
from ..whole import write_text, write_whole
from .arrow import column_of, flags, lists, numbers, texts


class DamagedRun(ArchGymError):
    """A run file that was cut short or altered."""


def run_file(folder: Path, run_id: str) -> Path:
    return folder / "runs" / f"{run_id}.parquet"


def failure_file(folder: Path, run_id: str) -> Path:
    return folder / "failed" / f"{run_id}.json"


def write_run(folder: Path, run_id: str, identity: dict, trajectory: Trajectory, duplicate: np.ndarray, stop: str,
              refused: int) -> None:
    """Store a finished run: whole, or not at all."""
    table = _table(trajectory, duplicate)
    facts = {"identity": identity, "stop": stop, "refused": refused, "digest": digest(trajectory)}
    table = table.replace_schema_metadata({"archgym": json.dumps(facts, sort_keys=True)})
    path = run_file(folder, run_id)
    # First, and in its place at once: while there is no run file nobody reads it, and a run cut short writes it anew.
    seconds = np.array([trajectory.agent_seconds, trajectory.evaluator_seconds], "<f4")
    path.with_suffix(".seconds.npy").write_bytes(_npy_header(*seconds.shape) + seconds.tobytes())
    sink = pa.BufferOutputStream()  # Arrow writes into a file of Python's piece by piece
    pq.write_table(table, sink, use_dictionary=False, write_statistics=False)
    write_whole(path, lambda file: file.write(sink.getvalue()))


@cache
def _npy_header(*shape):
    """Of a file of 4-byte floats; `np.save` takes three times as long, most of it for this."""
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return header.getvalue()


def write_json(path: Path, content) -> None:
    text = json.dumps(content, indent=1, sort_keys=True, default=str) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def _table(t: Trajectory, duplicate) -> pa.Table:
    columns = {
        "genome": lists(t.genomes, pa.int16()),
        "fidelity": numbers(t.fidelity, pa.int32()), "seed": numbers(t.seed, pa.int32()),
        "status": texts(t.status), "value": numbers(t.value, pa.float64()),
        "cost": numbers(t.cost, pa.float64()), "charged": flags(t.charged),
        "duplicate": flags(duplicate), "tag": texts(t.tag),
        "parents": lists(t.parents, pa.int32()), "error": texts(t.error),
    }
    columns |= {f"metric:{name}": numbers(column, pa.float64()) for name, column in t.metrics.items()}
    return pa.table(columns)


def read_run(folder: Path, run_id: str) -> tuple[Trajectory, np.ndarray, dict]:
    """(trajectory, duplicate flags, facts) of a stored run. DamagedRun where its columns are not what was written."""
    path = run_file(folder, run_id)
    try:
        table = pq.ParquetFile(pa.py_buffer(path.read_bytes())).read(use_threads=False)  # threads take longer
        facts = json.loads(table.schema.metadata[b"archgym"])
        trajectory, duplicate = _columns(table)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as why:
        if isinstance(why, FileNotFoundError):
            raise
        raise DamagedRun(f"{path} is cut short or damaged ({type(why).__name__}); "
                         "running the sweep again makes it anew") from None
    if digest(trajectory) != facts["digest"]:
        raise DamagedRun(f"{path} was altered: its columns do not match the digest stored with them; "
                         "running the sweep again makes it anew")
    try:
        trajectory.agent_seconds, trajectory.evaluator_seconds = np.load(path.with_suffix(".seconds.npy")).astype(float)
    except (OSError, ValueError):
        trajectory.agent_seconds = trajectory.evaluator_seconds = np.full(len(trajectory), np.nan)
    return trajectory, duplicate, facts


def _columns(table) -> tuple[Trajectory, np.ndarray]:
    genome = table["genome"].combine_chunks()
    offsets, flat = column_of(genome.offsets), column_of(genome.values)
    lengths = np.diff(offsets)
    if len(lengths) and (lengths == lengths[0]).all():
        genomes = flat[offsets[0]:].reshape(len(lengths), lengths[0])
    else:
        flat = flat.tolist()
        genomes = [tuple(flat[a:b]) for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist())]

    def column(name):
        return column_of(table[name].combine_chunks())

    def texts(name):
        return [None] * len(table) if table[name].null_count == len(table) else table[name].to_pylist()

    parents = table["parents"].combine_chunks()
    if len(parents.values):
        parents = [tuple(p) for p in parents.to_pylist()]
    else:
        parents = [()] * len(table)
    metrics = {name.removeprefix("metric:"): column(name) for name in table.column_names if name.startswith("metric:")}
    return Trajectory(genomes, column("fidelity"), column("seed"), table["status"].to_pylist(), column("value"),
                      column("cost"), column("charged"), metrics, texts("tag"), parents,
                      texts("error")), column("duplicate")


def digest(t: Trajectory) -> str:
    """A digest of everything reproducible in a trajectory: equal columns, equal digest, whatever wrote the file."""
    h = blake2b(digest_size=16)
    if isinstance(t.genomes, np.ndarray):
        h.update(np.asarray(t.genomes, np.int16).tobytes())
        h.update(str([t.genomes.shape[1]] * len(t)).encode())
    else:
        h.update(np.array([p for genome in t.genomes for p in genome], np.int16).tobytes())
        h.update(str([len(genome) for genome in t.genomes]).encode())
    for column, kind in ((t.fidelity, np.int32), (t.seed, np.int32), (t.value, float), (t.cost, float),
                         (t.charged, bool)):
        h.update(np.ascontiguousarray(column, kind).tobytes())
    for name in sorted(t.metrics):
        h.update(name.encode())
        h.update(np.ascontiguousarray(t.metrics[name], float).tobytes())
    h.update(f"({', '.join(map(_list_text, (t.status, t.tag, list(map(tuple, t.parents)), t.error)))})".encode())
    return h.hexdigest()


def _list_text(column):
    """`repr` of a list, in a tenth of the time where all are alike, as statuses, tags and errors mostly are."""
    first = column[0] if len(column) else None
    if column.count(first) == len(column):
        return f"[{', '.join([repr(first)] * len(column))}]"
    return repr(column)
