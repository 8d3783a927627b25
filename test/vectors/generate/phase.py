"""phase: phase, outcome, settlement and arbitrator of section 4, instant by instant."""

from fixing import DEFAULT, address, shown
from vectors import INVALID, WAD, n, write

PENDING, OPEN, ACTIVE, ARBITRATION, SETTLED = range(5)
NONE, TIMEOUT, RULING, EXPIRY = range(4)
LIMIT, GRACE = DEFAULT["arbitrationLimit"], DEFAULT["proposalGrace"]


def intervals(maturity, deadline, arbitrated, leader, ruling):
    """What holds from each instant on, as (from, phase, outcome, settlement, arbitrator): the list of R-110, R-205."""
    first, second = DEFAULT["arbitrator"], DEFAULT["backup"]
    if ruling:
        return [(arbitrated, SETTLED, RULING, ruling, 0)]
    if arbitrated:
        return [
            (arbitrated, ARBITRATION, NONE, 0, first), (arbitrated + LIMIT, ARBITRATION, NONE, 0, second),
            (arbitrated + 2 * LIMIT, SETTLED, EXPIRY, INVALID, 0),
        ]
    if leader:
        return [(maturity, ACTIVE, NONE, 0, 0), (deadline, SETTLED, TIMEOUT, leader, 0)]
    return [
        (0, PENDING, NONE, 0, 0), (maturity, OPEN, NONE, 0, 0), (maturity + GRACE + LIMIT, SETTLED, EXPIRY, INVALID, 0)
    ]


def phase_vectors():
    m, first, later = DEFAULT["maturity"], DEFAULT["firstWindow"], DEFAULT["window"]
    last, grace_end = m + GRACE + LIMIT - 1, m + GRACE
    games = (
        ("nobody proposes", 0, 0, 0, 0, 0),
        ("a proposal", 1, m + first, 0, 2500 * WAD, 0),
        ("a proposal in the last second", 1, last + first, 0, 2500 * WAD, 0),
        ("a proposal of INVALID", 1, m + first, 0, INVALID, 0),
        ("the second leader", 2, m + later, 0, 2600 * WAD, 0),
        ("the fourth leader", 4, m + first + 3 * later - 3, 0, 2600 * WAD, 0),
        ("an appeal", 2, m + later, m + 7, 2600 * WAD, 0),
        ("an appeal in the last second", 3, m + 2 * later, m + 2 * later - 1, 2600 * WAD, 0),
        ("a request", 0, 0, grace_end, 0, 0),
        ("a request in the last second", 0, 0, last, 0, 0),
        ("a ruling", 2, m + later, m + 7, 2600 * WAD, 2601 * WAD),
        ("a ruling of INVALID", 2, m + later, m + 7, 2600 * WAD, INVALID),
        ("a ruling on a request", 0, 0, grace_end, 0, 1),
    )
    rows = []
    for name, number, deadline, arbitrated, leader, ruling in games:
        facts = intervals(m, deadline, arbitrated, leader, ruling)
        # Instants that could be taken for a boundary belong to the rows too.
        edges = {begin for begin, *_ in facts} | {m, grace_end, last + 1, deadline, arbitrated, 2**40}
        earliest = max(facts[0][0], arbitrated)
        for at in sorted({edge + step for edge in edges for step in (-1, 0, 1) if edge + step >= earliest}):
            _, phase, outcome, settlement, ruler = [fact for fact in facts if fact[0] <= at][-1]
            rows.append({
                "arbitratedAt": n(arbitrated), "arbitrator": address(ruler), "deadline": n(deadline),
                "leader": n(leader), "name": name, "now": n(at), "outcome": n(outcome), "phase": n(phase),
                "round": n(number), "ruling": n(ruling), "settlement": n(settlement),
            })
    write("phase", {"fixing": [{**shown(DEFAULT), "name": "defaults"}], "instants": rows})


if __name__ == "__main__":
    phase_vectors()
