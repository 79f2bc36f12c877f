"""Where energy and time go, as a picture: a bar a layer, its pieces by memory."""

from archgym.drawing import Drawing, Span, Timeline

from .model import evaluate

ENERGY = ("DRAM", "buffer", "network", "registers", "arithmetic")
TIME = ("computing", "waiting")
SHOWN = 24  # bars; of deeper networks those that cost most


def drawing(title: str, parts) -> Drawing:
    """parts: (layer, hardware, mapping) of every layer, in order. Infeasible where one does not fit."""
    found = [(layer.name, evaluate(hardware, layer, mapping), hardware) for layer, hardware, mapping in parts]
    energies = [(name, each.energies(hardware)) for name, each, hardware in found]
    cycles = [(name, {"computing": each.busy, "waiting": each.cycles - each.busy}) for name, each, _ in found]
    return Drawing(title, (_bars("energy", energies, ENERGY, "J"), _bars("time", cycles, TIME, "cycles")),
                   "A PE that waits has no operands yet: DRAM or the buffer is the slower."
                   + (f" The {SHOWN} layers that cost most of {len(found)}." if len(found) > SHOWN else ""),
                   (*ENERGY, *TIME))


SCALES = {"J": ((1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p")),
          "cycles": ((1e6, "million "), (1e3, "thousand "), (1.0, ""))}


def _bars(title, rows, families, unit):
    """Rows of {family: amount} from 0, those of `SHOWN` that are longest, in order."""
    dearest = sorted(range(len(rows)), key=lambda n: -sum(rows[n][1].values()))[:SHOWN]
    rows = [rows[n] for n in sorted(dearest)]
    longest = max(sum(amounts.values()) for _, amounts in rows)
    scale, prefix = next((found for found in SCALES[unit] if longest >= found[0]), SCALES[unit][-1])
    spans = []
    for lane, (_, amounts) in enumerate(rows):
        pieces, at = [], 0.0
        for family in families:
            if amounts[family] > 0:
                pieces.append((at, at + amounts[family] / scale, family))
                at = pieces[-1][1]
        spans.append(Span(lane, f"{at:.3g}", tuple(pieces)))
    return Timeline(tuple(name for name, _ in rows), tuple(spans), prefix + unit, title)
