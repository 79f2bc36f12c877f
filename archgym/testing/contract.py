"""What a check says: the promises that were kept, those that could not be tried, or the one that is broken."""

from contextlib import contextmanager

from ..errors import ArchGymError


class ContractBroken(ArchGymError, AssertionError):
    """A plug-in breaks its contract. The message names what is broken and what the contract says."""


def need(condition, why: str) -> None:
    """ContractBroken with this reason, unless the condition holds."""
    if not condition:
        raise ContractBroken(why)


class Checks:
    """The findings of one check; `str` lists them, a line a promise."""

    def __init__(self, subject: str):
        self.subject = subject
        self.kept: list[str] = []
        self.untried: list[tuple[str, str]] = []
        """(promise, why it could not be tried)."""

    @contextmanager
    def promise(self, contract: str):
        """Code inside keeps this promise, or ContractBroken names it. Any exception but an interrupt breaks it."""
        try:
            yield
        except Untried as why:
            self.untried.append((contract, str(why)))
            return
        except ContractBroken as why:
            raise ContractBroken(f"{self.subject}: {why}. The contract: {contract}.") from why.__cause__
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise ContractBroken(f"{self.subject}: {why}. The contract: {contract}.") from error
        self.kept.append(contract)

    def add(self, other: "Checks") -> None:
        """The findings about a part: a task's space, say."""
        self.kept += [f"{other.subject}: {contract}" for contract in other.kept]
        self.untried += [(f"{other.subject}: {contract}", why) for contract, why in other.untried]

    def __str__(self):
        return "\n".join([self.subject, *(f"  kept     {contract}" for contract in self.kept),
                          *(f"  untried  {contract} ({why})" for contract, why in self.untried)])

    def __repr__(self):
        return f"<Checks of {self.subject}: {len(self.kept)} promises kept, {len(self.untried)} untried>"


class Untried(Exception):
    """Raised inside `Checks.promise` where a promise cannot be tried here; the text says why."""
