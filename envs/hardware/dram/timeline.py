"""What a controller does to its banks, as a picture: read off the log of its commands."""

from dataclasses import dataclass, field

from archgym.drawing import Drawing, Span, Timeline

from ....spaces.dram_controller import Controller
from . import controller as engine
from .channel import Channel

ACTIVATE, READ, WRITE, PRECHARGE, REFRESH = FAMILIES = "activate", "read", "write", "precharge", "refresh"
PERIODS = 6  # length of a panel, in row cycles of one bank


@dataclass
class _OpenRow:
    row: int
    pieces: list = field(default_factory=list)
    may_close: int = 0


def drawing(channel: Channel, design: Controller) -> Drawing:
    """The first commands of the trace, a lane a bank, and those around the first refresh where there is one."""
    log = channel.serve(design, log=True).log
    spans = _spans(channel, log)
    length = PERIODS * channel.device.RC
    panels = [_panel(channel, spans, 0, length, "the first commands")]
    refreshes = log[log[:, 1] == engine.REF, 0]
    if len(refreshes):
        at = max(int(refreshes[0]) - length // 3, 0)
        panels.append(_panel(channel, spans, at, length, f"around the first refresh: cycle 0 here is {at:,}"))
    return Drawing("Commands of the memory controller", tuple(panels),
                   "A bar runs from the activation of a row to the end of its precharge, whose number it bears; "
                   "reads and writes stand where their command went out.", FAMILIES)


def _panel(channel, spans, start, length, title):
    """What begins in a window, in cycles from its start."""
    banks = channel.device.banks
    lanes = tuple(f"bank {b}" if channel.ranks == 1 else f"rank {b // banks} bank {b % banks}"
                  for b in range(banks * channel.ranks))
    shown = (_clipped(span, start, start + length) for span in spans)
    return Timeline(lanes, tuple(span for span in shown if span.pieces), "cycles", title)


def _clipped(span, start, end):
    inside = ((max(a, start) - start, min(b, end) - start, family) for a, b, family in span.pieces)
    return Span(span.lane, span.text, tuple(piece for piece in inside if piece[0] < piece[1]))


def _spans(channel, log):
    """Every row that was opened and every refresh, in the order in which they end."""
    device, rows = channel.device, channel.rows
    found, opened = [], {}

    def close(bank, at, takes):
        row = opened.pop(bank)
        found.append(Span(bank, str(row.row), _filled([*row.pieces, (at, at + takes, PRECHARGE)])))

    for cycle, command, bank, request in log.tolist():
        if command == engine.ACT:
            opened[bank] = _OpenRow(int(rows[request]), [(cycle, cycle + device.RCD, ACTIVATE)], cycle + device.RAS)
        elif command == engine.PRE:
            close(bank, cycle, device.RP)
        elif command in (engine.PREA, engine.REF):
            for each in range(bank, bank + device.banks):
                if command == engine.REF:
                    found.append(Span(each, REFRESH, ((cycle, cycle + device.RFC, REFRESH),)))
                elif each in opened:
                    close(each, cycle, device.RPab)
        else:
            row, writes = opened[bank], command in (engine.WR, engine.WRA)
            row.pieces.append((cycle, cycle + device.burst, WRITE if writes else READ))
            row.may_close = max(row.may_close,
                                cycle + (device.WL + device.burst + device.WR if writes else device.RTP))
            if command in (engine.RDA, engine.WRA):
                close(bank, row.may_close, device.RP)
    return found + [Span(bank, str(row.row), _filled(row.pieces)) for bank, row in sorted(opened.items())]


def _filled(pieces):
    """The same with the time between them, in which the row is open and nothing is asked of it."""
    filled = []
    for (a, b, family), after in zip(pieces, [*pieces[1:], None]):
        b = b if after is None else min(b, after[0])
        filled.append((a, b, family))
        if after is not None and b < after[0]:
            filled.append((b, after[0], ""))
    return tuple(filled)
