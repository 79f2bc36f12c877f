"""What an agent is given for one run: the space, `measure`, environments, generators, and what is left of the budget."""

import math
import sys
from collections import deque
from time import perf_counter

import numpy as np

from . import streams
from .budget import Budget, Remaining, or_infinity
from .errors import AgentError, ArchGymError, BudgetSpent, Exhausted, StillAsking
from .evaluator import Designs, Evaluator, Measurement, check_columns, measure
from .limit import limited
from .memo import beginnings, genome_hashes, seed_at, seeds_in
from .occurrences import Occurrences
from .trial import Batch, Proposal, Trial, Trials

UNCHARGED_LIMIT = 10_000  # uncharged proposals in a row before a run counts as exhausted
ROOM = 65_536  # proposals that fit in one call, where the budget allows
CAREFUL_ROOM = 64  # the same where costs or clocks decide: what is drawn beyond the end is drawn in vain
DUPLICATES = ("charge", "free", "refuse")
BARELY = 1 + 1e-12  # sums of costs are floats: ten times 0.1 are 1


class EvaluatorError(ArchGymError):
    """An evaluator broke twice on one design: nobody's design is at fault, so nothing is charged."""


class Bench:
    """One run's dealings with a task. The ledger inside counts, charges, stops and records.

    It never holds the task's judge: nothing of the holdout can be reached from here. `keep=False` counts and charges
    but records no trials, for use without end.
    """

    def __init__(self, memo, budget: Budget, seed: int, task_id: str, agent_name: str, *, duplicates="charge",
                 cache=None, keep=True):
        if duplicates not in DUPLICATES:
            raise ArchGymError(f"duplicates must be one of {', '.join(DUPLICATES)}, got {duplicates!r}")
        self.space = memo.space
        self.budget = budget
        self.seed = seed
        self.duplicates = duplicates
        self._memo, self._cache = memo, cache
        self._evaluator = memo.evaluator
        self._labels = (task_id, agent_name)
        self._noise = int(streams.generator(seed, task_id, "noise").integers(2**63))
        self._records = [] if keep else deque(maxlen=0)  # Trial or Trials, in order
        self._count = 0  # trials recorded
        self._charged = 0
        self._cost = 0.0
        self._units = 0  # fidelities, summed
        self._uncharged_in_a_row = 0
        self.refused = 0
        self.environments = 0  # made over this bench; each has streams of its own
        self._seen = {}  # place of a design -> measurements in this run
        self._rows_seen = None  # the same by genome code, counted in the orders of seeds, once a batch was measured
        self._limits = Remaining(or_infinity(budget.evaluations), or_infinity(budget.cost),
                                 or_infinity(budget.fidelity_units), or_infinity(budget.wall_seconds))
        self._evaluations = budget.evaluations if budget.evaluations is not None else sys.maxsize
        self._counts_only = (duplicates == "charge" and self._limits[1:] == (math.inf,) * 3)
        self._top = self._evaluator.fidelities[-1] if self._evaluator.fidelities else 1
        self.stop = None
        """Why nothing can be measured any more: "budget" or "exhausted"; None before that."""
        self._after_stop = 0  # calls since
        self._noisy = self._evaluator.seeds > 1
        # What every measurement needs, in one load.
        self._hot = (memo.entries, self._seen, self._records, self._evaluations, self._counts_only, self._noisy,
                     self._noise)
        self._started = perf_counter()
        # Three numbers a call: trials so far, when it came, when it left.
        self._clock = [0, self._started, self._started] if keep else deque(maxlen=0)

    # What an agent may ask.

    @property
    def metrics(self):
        """The search metrics, in each trial's `values`."""
        return self._evaluator.metrics

    @property
    def fidelities(self) -> tuple[int, ...]:
        return self._evaluator.fidelities

    @property
    def worst(self) -> float:
        """The value of a design that failed."""
        return self._memo.worst

    @property
    def remaining(self) -> Remaining:
        limits = self._limits
        return Remaining(limits.evaluations - self._charged, limits.cost - self._cost,
                         limits.fidelity_units - self._units / self._top,
                         limits.wall_seconds - (perf_counter() - self._started))

    @property
    def counts_only(self) -> bool:
        """Whether nothing but the number of evaluations ends the run: then what is left pays for as many designs."""
        return self._counts_only

    @property
    def spent(self) -> bool:
        """Whether the run is over. Where costs differ, something may be left that pays for no further design."""
        return self.stop is not None or self._charged >= self._evaluations or not self._counts_only and self._drained

    @property
    def _drained(self):
        limits = self._limits
        return (self._cost * BARELY >= limits.cost or self._units * BARELY >= limits.fidelity_units * self._top
                or perf_counter() - self._started >= limits.wall_seconds)

    def room(self) -> int:
        """How many proposals one call may bring, at least 1. BudgetSpent where nothing is left."""
        left = self._evaluations - self._charged
        if left <= 0 or self.stop is not None or not self._counts_only and self._drained:
            self._refuse()
        room = ROOM if self._counts_only else CAREFUL_ROOM
        return left if left < room else room

    def _refuse(self):
        self.stop = self.stop or BudgetSpent.stop
        self._after_stop += 1
        if self._after_stop > UNCHARGED_LIMIT:
            raise StillAsking(f"the agent asked {UNCHARGED_LIMIT:,} times more after its budget was spent; it must let "
                              "BudgetSpent pass, or return")
        raise BudgetSpent("the budget is spent")

    def rng(self, purpose: str) -> np.random.Generator:
        """A generator for one purpose: a function of (seed, task, agent, purpose)."""
        return streams.generator(self.seed, *self._labels, purpose)

    def uniform(self, purpose: str) -> streams.Uniform:
        """A fast stream of floats in [0, 1) for one purpose."""
        return streams.uniform(self.rng(purpose))

    def env(self, face: str = "construct", num_envs: int | None = None, **options):
        """A Gymnasium environment over this bench's ledger; `num_envs` gives a vector environment."""
        from .environment import make_face

        return make_face(self, face, num_envs, **options)

    def measure(self, proposals):
        """Measure proposals in order: a list gives a list of Trial, a Batch gives Trials (columns).

        Raises BudgetSpent at the first that the budget does not pay; those before it are recorded.
        """
        entered = perf_counter()
        if self.stop is not None:
            self._refuse()
        try:
            if type(proposals) is Batch:
                return self._measure_batch(proposals.genomes)
            return self._measure_each(proposals)
        except AttributeError:
            for proposal in () if type(proposals) is Batch else proposals:
                if not isinstance(proposal, Proposal):
                    raise AgentError(f"measure takes Proposals or a Batch, got {proposal!r}") from None
            raise
        except TypeError:
            if not hasattr(proposals, "__iter__") and type(proposals) is not Batch:
                raise AgentError(f"measure takes a sequence of Proposals or a Batch, got {proposals!r}") from None
            raise
        except BudgetSpent as spent:
            self.stop = spent.stop
            raise
        finally:
            self._clock += (self._count, entered, perf_counter())

    def forfeit(self, why: str) -> Trial:
        """Charge and record a proposal that is no design of the space: status infeasible, the empty genome.

        It costs one evaluation and one fidelity unit, and no declared cost: where only cost or clock would end the
        run, ten thousand forfeits in a row end it as exhausted.
        """
        now = perf_counter()
        self.room()
        if self.budget.limited and self.budget.evaluations is None and self.budget.fidelity_units is None:
            self._uncharged_in_a_row += 1
            if self._uncharged_in_a_row >= UNCHARGED_LIMIT:
                self.stop = Exhausted.stop
                raise Exhausted(f"{UNCHARGED_LIMIT:,} proposals in a row were no designs of the space")
        self._charge(0.0, self._top)
        trial = self._record(Trial(self._count, (), self.worst, False, Measurement({}, 0.0, "infeasible", why), 0,
                                   Proposal(())))
        self._clock += (self._count, now, now)
        return trial

    # The ledger.

    def _measure_each(self, proposals):
        if self._rows_seen is not None and self._noisy:
            return self._after_batches(proposals)
        entries, seen, records, limit, plain, noisy, noise = self._hot
        trials = []
        for proposal in proposals:
            if self._charged >= limit:
                raise BudgetSpent("the budget is spent")
            genome = proposal.genome
            try:
                entry = entries.get(genome)
            except TypeError:  # a list, an array
                entry = None
            if entry is None:
                entry = self._memo.admit(genome)
            if not plain or proposal.fidelity is not None:
                trials.append(self._measure_carefully(proposal, entry))
                continue
            seed = 0
            if noisy:
                place = entry.place
                seen[place] = times = seen.get(place, -1) + 1
                if entry.seeds > 1:
                    seed = seed_at(entry.hash, noise, times, entry.seeds)
            value, ok, measurement = entry.ready[seed] or self._ready(entry, None, seed)
            trial = Trial(self._count, entry.genome, value, ok, measurement, seed, proposal)
            records.append(trial)
            trials.append(trial)
            self._count += 1
            self._charged += 1
        return trials

    def _measure_carefully(self, proposal, entry) -> Trial:
        """The same with fidelities, costs, clocks, and duplicates that are free or refused."""
        fidelity = proposal.fidelity
        if fidelity is not None and fidelity not in self.fidelities:
            raise AgentError(f"a proposal asks for fidelity {fidelity!r}; allowed: None or "
                             f"{', '.join(map(str, self.fidelities)) or 'nothing else'}")
        if self.spent:
            raise BudgetSpent("the budget is spent")
        if fidelity == self._top:
            fidelity = None
        place = (entry.place, fidelity) if fidelity is not None else entry.place
        times = self._seen.get(place, -1) + 1
        if times and self.duplicates != "charge":
            return self._uncharged(proposal, entry, fidelity)
        seed = seed_at(entry.hash, self._noise, times, entry.seeds) if entry.seeds > 1 else 0
        value, ok, measurement = self._ready(entry, fidelity, seed)
        self._charge(measurement.cost, self._top if fidelity is None else fidelity)
        self._seen[place] = times
        self._uncharged_in_a_row = 0
        return self._record(Trial(self._count, entry.genome, value, ok, measurement, seed, proposal))

    def _charge(self, cost, units):
        limits = self._limits
        if self.budget.overshoot == "refuse" and (
                self._cost + cost > limits.cost * BARELY or self._units + units > limits.fidelity_units * self._top * BARELY
                or perf_counter() - self._started > limits.wall_seconds):
            self.stop = BudgetSpent.stop
            raise BudgetSpent("the budget is spent")
        self._cost += cost
        self._units += units
        self._charged += 1

    def _uncharged(self, proposal, entry, fidelity) -> Trial:
        self._uncharged_in_a_row += 1
        if self._uncharged_in_a_row >= UNCHARGED_LIMIT:
            raise Exhausted(f"{UNCHARGED_LIMIT:,} proposals in a row were measured before")
        if self.duplicates == "refuse":
            self.refused += 1
            return Trial(-1, entry.genome, self.worst, False, Measurement({}, 0.0, "refused"), 0, proposal, False)
        seed = seed_at(entry.hash, self._noise, 0, entry.seeds) if entry.seeds > 1 else 0
        value, ok, measurement = self._ready(entry, fidelity, seed)
        return self._record(Trial(self._count, entry.genome, value, ok, measurement, seed, proposal, False))

    def _record(self, trial):
        self._records.append(trial)
        self._count += 1
        return trial

    def _ready(self, entry, fidelity, seed):
        """(value, ok, measurement), measured when first asked for in this process."""
        place = seed if fidelity is None else (fidelity, seed)
        ready = entry.others.get(place) if fidelity is not None else entry.ready[seed]
        if ready is None:
            ready = self._priced(entry, fidelity, seed)
            (entry.ready if fidelity is None else entry.others)[place] = ready
        return ready

    def _priced(self, entry, fidelity, seed):
        evaluator = self._evaluator
        if evaluator.instant:
            found = self._retried(entry, fidelity, seed)
        elif self._cache is None:
            found = limited(evaluator.limit_seconds, lambda: self._retried(entry, fidelity, seed))
        else:
            identity = entry.identity if type(entry.identity) is str else self.space.genome_text(entry.identity)
            found = self._cache.get_or_measure(
                evaluator.fingerprint, identity, fidelity, seed, evaluator.limit_seconds,
                lambda: self._retried(entry, fidelity, seed))
        return self._memo.priced(found)

    def _retried(self, entry, fidelity, seed) -> Measurement:
        """An error that is not the design's fault is retried once, then ends the run uncharged."""
        for attempt in (1, 2):
            try:
                return measure(self._evaluator, entry.design, fidelity, seed,
                               lambda: self.space.text_of(entry.genome))
            except Exception as error:
                if attempt == 2:
                    raise EvaluatorError(
                        f"the evaluator broke twice on design {self.space.text_of(entry.genome)} (seed {seed}): "
                        f"{type(error).__name__}: {error}") from error

    # Batches: the same accounts, on arrays.

    def _measure_batch(self, genomes):
        columnar = (isinstance(genomes, np.ndarray) and self._evaluator.instant and self._counts_only
                    and self._evaluator.identity == "genome" and hasattr(self.space, "codes")
                    and type(self._evaluator).evaluate_many is not Evaluator.evaluate_many)
        if isinstance(genomes, np.ndarray) and genomes.dtype.kind not in "iu":
            raise AgentError(f"a genome is a row of whole numbers, got an array of {genomes.dtype}")
        if not columnar:
            rows = genomes.tolist() if isinstance(genomes, np.ndarray) else genomes
            return self._measure_each(Proposal(tuple(genome)) for genome in rows)
        room = min(self._evaluations - self._charged, len(genomes))
        trials = self._measure_rows(genomes[:room]) if room else []
        if room < len(genomes):
            raise BudgetSpent("the budget is spent")
        return trials

    def _measure_rows(self, genomes):
        self.space.check_rows(genomes)
        designs = Designs(self.space, genomes)
        if self._noisy:
            seeds = seeds_in(self._order(designs), self._evaluator.seeds_of_many(designs))
        else:
            seeds = np.zeros(len(genomes), np.int64)
        for attempt in (1, 2):
            try:
                found = self._evaluator.evaluate_many(designs, fidelity=None, seeds=seeds)
                check_columns(found, self._evaluator, len(designs), lambda i: self.space.text_of(tuple(genomes[i].tolist())))
                break
            except Exception as error:
                if attempt == 2:
                    raise EvaluatorError(f"the evaluator broke twice on a batch of {len(designs):,} designs: "
                                         f"{type(error).__name__}: {error}") from error
        values = self._memo.objective.column(found.values)
        if found.statuses is not None:
            values = np.where([s == "ok" for s in found.statuses], values, self.worst)
        trials = Trials(self._count, genomes, found, values, seeds)
        self._records.append(trials)
        self._count += len(trials)
        self._charged += len(trials)
        return trials

    def _order(self, designs):
        """Where each row stands in its design's order of seeds: the beginning, plus how often it was measured before."""
        if self._rows_seen is None:
            self._rows_seen = Occurrences(self.space.code_count)
            # A forfeit is no design, and lower fidelities are counted apart.
            before = [t.genome for t in self._records if t.genome and t.fidelity in (None, self._top)]
            if before:
                self._order(Designs(self.space, np.array(before)))
        return self._rows_seen.count(
            designs.codes, lambda rows: beginnings(genome_hashes(designs.genomes[rows]), self._noise))

    def _after_batches(self, proposals):
        """Single proposals of a run that also measures batches: counted where the batches are."""
        trials = []
        for proposal in proposals:
            if self._charged >= self._evaluations:
                raise BudgetSpent("the budget is spent")
            entry = self._memo.admit(proposal.genome)
            if proposal.fidelity is not None and (proposal.fidelity != self._top or not self.fidelities):
                trials.append(self._measure_carefully(proposal, entry))
                continue
            row = self._measure_rows(np.array([entry.genome]))[0]
            row.proposal = proposal
            if self._records:  # where trials are recorded
                self._records[-1] = row
            trials.append(row)
        return trials
