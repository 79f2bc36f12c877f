"""What code can reach from an object by attributes, items and closures, without importing anything."""

import gc
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType, ModuleType

import numpy as np

CLOSED = (type, ModuleType, CodeType)  # what everybody can reach: not held by anyone


def reachable(*roots) -> Iterator[object]:
    """Every object that these hold, themselves first, each once."""
    seen, kept, waiting = set(), [], list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, CLOSED):
            continue
        seen.add(id(thing))
        kept.append(thing)  # an id is free again once its object is gone
        yield thing
        if isinstance(thing, FunctionType):  # not its globals, which are its module's
            waiting += [thing.__closure__, thing.__defaults__, thing.__kwdefaults__, thing.__dict__]
        elif isinstance(thing, FrameType):  # not the frames that called it
            waiting.append(thing.f_locals)
        elif isinstance(thing, np.ndarray):
            waiting.append(thing.base)
            if thing.dtype.hasobject:
                waiting += thing.ravel().tolist()
        else:
            waiting += gc.get_referents(thing)


def numbers(things) -> Iterator[float]:
    """The floats among these, those in arrays too."""
    for thing in things:
        if isinstance(thing, (float, np.floating)):
            yield float(thing)
        elif isinstance(thing, np.ndarray) and thing.dtype.kind == "f":
            yield from thing.ravel().tolist()
