"""bond: bonds, pots and stakes of section 4, in exact fractions."""

import random
from fractions import Fraction
from math import ceil, floor

from vectors import WAD, n, write


def bond_vectors():
    pick = random.Random(4)
    terms = [("default, nothing at stake", 10**17, 2_500, 0), ("just below the minimum", 10**17, 2_500, 40 * WAD - 1),
             ("just the minimum", 10**17, 2_500, 40 * WAD), ("just above the minimum", 10**17, 2_500, 40 * WAD + 400),
             ("rounds down", 10**9, 2_500, 10**12 + 399), ("no share", 10**9, 0, 2**200),
             ("above the cap of the oracle, not capped here", 10**9, 100_000, 2**90),
             ("all the open interest there can be", 10**9, 100_000, 2**256 - 1)]
    bonds = [
        {"bond": n(max(least, floor(Fraction(ppm * interest, 10**6)))), "bondPpm": n(ppm), "minBond": n(least),
         "name": name, "openInterest": n(interest)}
        for name, least, ppm, interest in terms
    ]
    totals = [(25 * WAD, 0), (75 * WAD, 25 * WAD), (150 * WAD, 50 * WAD), (10**9, 0), (10**9 + 1, 0), (9, 3), (2**84, 1)]
    totals += [(total, pick.randrange(0, total // 3 + 1)) for total in (pick.randrange(9, 2**84) for _ in range(12))]
    pots = [
        {"appeal": n(ceil(Fraction(total, 9))), "name": "pot", "need": n(2 * total - 3 * stake), "stake": n(stake),
         "total": n(total)}
        for total, stake in totals
    ]
    histories = [history_row(bond, leaders) for bond in (10**9, 25 * WAD, 10**17 + 7, 2**80) for leaders in histories_of()]
    write("bond", {"bonds": bonds, "histories": histories, "pots": pots})


def histories_of():
    """Every order in which at most four rounds can be led: a candidate installed before that does not lead, or a new one."""
    found, open_ends = [], [[0]]
    while open_ends:
        leaders = open_ends.pop(0)
        found.append(leaders)
        if len(leaders) < 4:
            open_ends += [[*leaders, i] for i in range(max(leaders) + 2) if i != leaders[-1]]
    return found


def history_row(bond, leaders):
    """From the invariant rather than from the formula: the new leader gets what makes it two thirds of all stake."""
    stakes = {0: Fraction(bond)}
    for leader in leaders[1:]:
        others = sum(stake for i, stake in stakes.items() if i != leader)
        stakes[leader] = 2 * others
    values = [stakes[i] for i in sorted(stakes)]
    assert all(stake.denominator == 1 for stake in values)
    return {"bond": n(bond), "leaders": [n(i) for i in leaders], "name": "leaders " + "-".join(map(str, leaders)),
            "stakes": [n(int(stake)) for stake in values], "total": n(int(sum(values)))}


if __name__ == "__main__":
    bond_vectors()
