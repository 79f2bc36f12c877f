"""JEDEC's timing rules, read off a command log: written apart from the simulator, as a table and a search for breaches."""

from archgym.envs.hardware.dram.controller import COMMANDS

READS, WRITES = ("RD", "RDA"), ("WR", "WRA")


def breaches(device, ranks, log):
    """What a log of (cycle, command, bank, request) breaks, as text a breach."""
    d, found = device, []
    burst = d.burst_length // 2
    commands = [(int(cycle), COMMANDS[kind], int(bank)) for cycle, kind, bank, _ in log]

    def places(bank):
        return bank // d.banks, bank % d.banks % d.bank_groups  # rank, bank group

    def gap(before, bank_before, after, bank_after):
        """Cycles that must lie between two commands, None where nothing is asked."""
        rank_before, group_before = places(bank_before)
        rank_after, group_after = places(bank_after)
        bank, rank, group = bank_before == bank_after, rank_before == rank_after, group_before == group_after
        wanted = []
        written = d.WL + burst + d.WR
        if rank and before == "ACT" and after == "ACT":
            wanted.append(d.RC if bank else d.RRD_L if group else d.RRD_S)
        if bank and before == "ACT" and after in READS + WRITES:
            wanted.append(d.RCD)
        if before == "ACT" and (bank and after == "PRE" or rank and after == "PREA"):
            wanted.append(d.RAS)
        if rank and before == "ACT" and after == "REF":
            wanted.append(d.RAS + d.RP)
        if bank and after == "PRE" or rank and after == "PREA":
            wanted += [d.RTP] * (before == "RD") + [written] * (before == "WR")
        if bank and after == "ACT":
            wanted += ([d.RP] * (before == "PRE") + [d.RTP + d.RP] * (before == "RDA")
                       + [written + d.RP] * (before == "WRA"))
        if rank and after == "ACT":
            wanted += [d.RPab] * (before == "PREA") + [d.RFC] * (before == "REF")
        if rank and after == "REF":
            wanted += ([d.RP] * (before == "PRE") + [d.RPab] * (before == "PREA") + [d.RTP + d.RP] * (before == "RDA")
                       + [written + d.RP] * (before == "WRA") + [d.RFC] * (before == "REF"))
        for first, latency_first, second, latency_second in (
                (READS, d.RL, READS, d.RL), (WRITES, d.WL, WRITES, d.WL), (READS, d.RL, WRITES, d.WL),
                (WRITES, d.WL, READS, d.RL)):
            if before not in first or after not in second:
                continue
            if not rank:
                wanted.append(latency_first + burst + d.RTRS - latency_second)
            elif first == second:
                wanted.append(max(d.CCD_L if group else d.CCD_S, burst))
            elif first == READS:
                wanted.append(d.RL + burst + d.turnaround - d.WL)
            else:
                wanted.append(d.WL + burst + (d.WTR_L if group else d.WTR_S))
        return max(wanted, default=None)

    reach = max(d.RFC, d.RC, d.WL + burst + d.WR + d.RP, d.RL + burst + d.RTRS) + 1
    for i, (cycle, command, bank) in enumerate(commands):
        for earlier, before, other in reversed(commands[:i]):
            if cycle - earlier > reach:
                break
            wanted = gap(before, other, command, bank)
            if wanted is not None and cycle - earlier < wanted:
                found.append(f"{before} of bank {other} at {earlier}, {command} of bank {bank} at {cycle}: "
                             f"{cycle - earlier} cycles, {wanted} wanted")
        if i:
            busy = d.bus_access if commands[i - 1][1] in ("ACT", *READS, *WRITES) else d.bus_other
            if cycle - commands[i - 1][0] < busy:
                found.append(f"{command} at {cycle}: the command bus is busy")
    for rank in range(ranks):
        acts = [cycle for cycle, command, bank in commands if command == "ACT" and bank // d.banks == rank]
        found += [f"five activations from {a} to {b} in rank {rank}: fewer than {d.FAW} cycles"
                  for a, b in zip(acts, acts[4:]) if b - a < d.FAW]
    return found


def misdeeds(device, requests, log):
    """What a log does to closed or wrong rows, or leaves undone. requests: (bank, row, write) each."""
    found, rows, served = [], {}, set()
    for cycle, kind, bank, request in log.tolist():
        command = COMMANDS[kind]
        if command == "ACT":
            if bank in rows:
                found.append(f"{cycle}: bank {bank} opened twice")
            rows[bank] = requests[request][1]
        elif command == "PRE":
            if rows.pop(bank, None) is None:
                found.append(f"{cycle}: bank {bank} precharged while closed")
        elif command == "PREA":
            for b in range(bank, bank + device.banks):
                rows.pop(b, None)
        elif command == "REF":
            if any(b in rows for b in range(bank, bank + device.banks)):
                found.append(f"{cycle}: a refresh of open rows")
        else:
            wanted_bank, row, write = requests[request]
            if (bank, rows.get(bank), command in WRITES) != (wanted_bank, row, write) or request in served:
                found.append(f"{cycle}: {command} of bank {bank} for request {request} in row {rows.get(bank)}")
            served.add(request)
            if command in ("RDA", "WRA"):
                del rows[bank]
    if len(served) != len(requests):
        found.append(f"{len(requests) - len(served)} requests were never served")
    return found
