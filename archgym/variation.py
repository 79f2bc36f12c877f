"""Variation is replay with an edited pick: mutation, subtree mutation, strict exchange, neighbours, enumeration.

Paths are tuples, compared by component: a choice lies below another where its path extends the other's.
"""

from bisect import bisect_right

from .choice import draw, draw_other
from .errors import DeadEnd, Reject
from .streams import Uniform

TRIES = 64  # edits tried before a genome is said to have no other design near


def mutate(space, genome, u: Uniform, law="choice"):
    return _first_different(space, _traced(space, genome), u, law, below=False)


def regrow(space, genome, u: Uniform):
    return _first_different(space, _traced(space, genome), u, "choice", below=True)


def _traced(space, genome):
    """The genome's trace, kept until that of another genome is asked for: mutants mostly come many of one parent."""
    kept = vars(space).get("_traced")
    if kept is None or kept[0] is not genome or type(genome) is not tuple:
        kept = space._traced = genome, space.trace(genome)
    return kept[1]


def _first_different(space, trace, u, law, below):
    open_positions = [i for i, c in enumerate(trace.choices)
                      if (len(c.options) if c.legal is None else sum(c.legal)) > 1]
    if not open_positions:
        return None
    weights = path_walk([trace.choices[i].path for i in open_positions]) if law == "path" else None
    for _ in range(TRIES):
        position = open_positions[_weighted_index(weights, u) if weights else int(u() * len(open_positions))]
        child = edit(space, trace, position, draw_other(trace.choices[position], trace.picks[position], u), u, below)
        if child is not None and child != trace.picks:
            return child
    return None


def edit(space, trace, position, new_pick, u: Uniform, below=False):
    """Replay `trace` with another pick at `position`. None where that builds nothing, or a dead end undoes the edit.

    Later choices keep their pick by path while it is legal (with `below`, not those under the edited path); the
    others are drawn by their law. Earlier choices stay: a build that abandons one of them, to draw what holds the edited
    place anew, would change far more than was asked.
    """
    if new_pick is None:
        return None
    edited = (*trace.picks[:position], new_pick)
    picks, build = list(edited), space.build()
    send = build.send
    try:
        choice = next(build)
        for index in edited:
            choice = send(choice.options[index])
        child = _continued(trace, position, choice, send, picks, u, below)
    except StopIteration as stop:  # nothing was left to pick
        child = stop.value
    except (DeadEnd, Reject):
        return None
    child = space.encode(child) if space.dead_ends else tuple(picks)
    return child if child[:position + 1] == edited else None


def _continued(trace, position, choice, send, picks, u, below):
    """The design of a build from its first choice after an edit on; what is picked goes into `picks`."""
    choices, old_picks, kept = trace.choices, trace.picks, None
    # While a build yields the very choices of the trace, in step with it, no path need be looked up.
    in_step = 0 if below else len(choices)
    try:
        while True:
            at = len(picks)
            if at < in_step and choice is choices[at]:
                index = old_picks[at]
            else:
                if kept is None:
                    kept = _kept(trace, position, below)
                index = kept.get(choice.path)
                if index is None or not choice.is_legal(index):
                    index = draw(choice, u)
            picks.append(index)
            choice = send(choice.options[index])
    except StopIteration as stop:
        return stop.value


def _kept(trace, position, below):
    """Path -> pick of the later choices, without those under the edited path where `below`."""
    root = trace.choices[position].path
    return {choice.path: old for choice, old in zip(trace.choices[position + 1:], trace.picks[position + 1:])
            if not (below and choice.path[:len(root)] == root)}


def exchange(space, genome, donor, u: Uniform):
    """Strict exchange of subtrees: moved picks must be legal where they land, and nothing is drawn again.

    Every pair of subtrees of one sort is as likely; pairs are tried without replacement.
    """
    ours, theirs = space.trace(genome), space.trace(donor)
    here, there = _subtrees(space, ours), _subtrees(space, theirs)
    shared = [sort for sort in here if sort in there]
    total = sum(len(here[sort]) * len(there[sort]) for sort in shared)
    moved_to = {}
    for left in range(total, max(total - TRIES, 0), -1):
        at = int(u() * left)
        number, moved_to[at] = moved_to.get(at, at), moved_to.get(left - 1, left - 1)
        for sort in shared:
            if number < (count := len(here[sort]) * len(there[sort])):
                break
            number -= count
        i, j = divmod(number, len(there[sort]))
        child = _graft(space, ours, here[sort][i], theirs, there[sort][j])
        if child is not None and child != genome:
            return child
    return None


def _subtrees(space, trace):
    """Sort -> the paths of all subtrees of that sort: below a choice, or where the space says that one begins."""
    sorts = {choice.path: choice.sort_name for choice in trace.choices}
    for choice in trace.choices:
        for depth in range(len(choice.path) - 1, -1, -1):
            if (path := choice.path[:depth]) in sorts:
                break
            sorts[path] = space.subtree_sort(path)
    found = {}
    for path, sort in sorts.items():
        if sort is not None:
            found.setdefault(sort, []).append(path)
    return found


class _DoesNotFit(Exception):
    pass


def _graft(space, ours, root, theirs, source):
    moved = {root + c.path[len(source):]: p for c, p in zip(theirs.choices, theirs.picks)
             if c.path[:len(source)] == source}
    kept, replaced = {}, {}
    for c, p in zip(ours.choices, ours.picks):
        (replaced if c.path[:len(root)] == root else kept)[c.path] = p
    if moved == replaced:
        return None
    given = kept | moved

    def pick(choice):
        index = given.pop(choice.path, None)
        if index is None or not choice.is_legal(index):
            raise _DoesNotFit
        return index

    try:
        grafted = space.attempt(pick)
    except _DoesNotFit:
        return None
    return None if grafted is None or given else space.clean(grafted)


def neighbours(space, genome, u: Uniform):
    trace = space.trace(genome)
    found = {}
    for position, (choice, pick) in enumerate(zip(trace.choices, trace.picks)):
        for other in choice.other_picks(pick):
            child = edit(space, trace, position, other, u)
            if child is not None and child != genome:
                found[child] = None
    return list(found)


def enumerate_genomes(space):
    """Every clean genome: builds that abandon picks are left out."""
    for trace in enumerate_builds(space):
        if not space.dead_ends or space.encode(trace.design) == trace.picks:
            yield trace.picks


def enumerate_builds(space):
    """Every build as a Trace, those that abandon picks too. Depth first; a prefix's first unanswered choice branches."""
    stack = [()]
    while stack:
        prefix = stack.pop()
        given = iter(prefix)
        branch = None

        def pick(choice):
            nonlocal branch
            if (index := next(given, None)) is not None:
                return index
            branch = choice
            raise _DoesNotFit

        try:
            trace = space.attempt(pick)
        except _DoesNotFit:
            stack.extend((*prefix, i) for i in reversed(branch.legal_picks()))
            continue
        if trace is not None:
            yield trace


def path_walk(paths):
    """Cumulative probability of each path when one walks down their tree, uniform over the children at every node.

    A path that others extend is a child of its own node, beside its subtrees.
    """
    children, met = {}, {()}  # how many each node has; those above a node that was met were met before
    for path in paths:
        while path not in met:
            met.add(path)
            path = path[:-1]
            children[path] = children.get(path, 0) + 1
    inner = children.keys() & set(paths)
    reached, total, cumulative = {(): 1.0}, 0.0, []
    for path in paths:
        share = _reached(path, children, inner, reached)
        total += share / (children[path] + 1) if path in inner else share
        cumulative.append(total)
    return cumulative


def _reached(path, children, inner, known):
    """The probability that a walk comes to a node, or past it."""
    if path not in known:
        node = path[:-1]
        known[path] = _reached(node, children, inner, known) / (children[node] + (node in inner))
    return known[path]


def _weighted_index(cumulative, u):
    return min(bisect_right(cumulative, u() * cumulative[-1]), len(cumulative) - 1)
