"""distance: separation, band and winner, in exact fractions."""

import random
from fractions import Fraction
from math import ceil, floor

from vectors import INVALID, WAD, n, write

FAR = Fraction(2**400)  # stands for infinity: farther than any two numbers of 128 bits are


def distance(a, b):
    if (a == INVALID) != (b == INVALID):
        return FAR
    return Fraction(abs(a - b), min(a, b))


def winner(candidates, leader, ruling, band_ppm):
    def order(i):
        return distance(candidates[i], ruling), i != leader, i

    best = min(range(len(candidates)), key=order)
    found = distance(candidates[best], ruling) <= Fraction(band_ppm, 10**6)
    return best if found else None


def distance_vectors():
    pick = random.Random(20230311)
    edge = [1, 2, 3, 1000, WAD, 2500 * WAD, 2**127, INVALID - 1, INVALID]
    pairs = [("edges", a, b, 1_000, 10_000) for a in edge for b in edge]
    for a, ppm in ((1_000_000, 1), (2500 * WAD, 1_000), (2500 * WAD, 200_000), (7 * WAD + 3, 999)):
        step = Fraction(a * ppm, 10**6)
        for delta in (ceil(step) - 1, ceil(step), ceil(step) + 1, floor(step)):
            pairs += [("at the limit", a, a + delta, ppm, ppm), ("at the limit, swapped", a + delta, a, ppm, ppm)]
    for _ in range(40):
        a = pick.randrange(1, 2 ** pick.randrange(2, 128))
        b = max(1, a + pick.randrange(-a // 50 - 1, a // 50 + 2))
        pairs.append(("random", a, b, pick.randrange(1, 20_000), pick.randrange(1, 200_001)))
    rows = [
        {
            "a": n(a), "b": n(b), "bandPpm": n(band), "name": name, "separationPpm": n(sep),
            "separated": distance(a, b) >= Fraction(sep, 10**6), "within": distance(a, b) <= Fraction(band, 10**6),
        }
        for name, a, b, sep, band in pairs
    ]
    triples = [("edges", a, b, f) for a in edge[4:] for b in edge[4:] for f in edge[4:]]
    for _ in range(40):
        f = pick.randrange(2**20, 2 ** pick.randrange(24, 128))
        triples.append(("random", max(1, f + pick.randrange(-f // 9, f // 9)), max(1, f + pick.randrange(-f // 9, f // 9)), f))
    triples += [("ratio tie", 50 * WAD, 200 * WAD, 100 * WAD), ("ratio tie, swapped", 200 * WAD, 50 * WAD, 100 * WAD)]
    nearer = [
        {"a": n(a), "b": n(b), "f": n(f), "name": name, "nearer": distance(a, f) < distance(b, f)}
        for name, a, b, f in triples
    ]
    write("distance", {"nearer": nearer, "pairs": rows, "winners": [winner_row(*case) for case in winner_cases(pick)]})


def winner_cases(pick):
    w = WAD
    yield "one candidate inside the band", [2500 * w], 0, 2501 * w, 10_000
    yield "one candidate outside the band", [2500 * w], 0, 2600 * w, 10_000
    yield "at the band", [1_000_000], 0, 1_010_000, 10_000
    yield "one beyond the band", [1_000_000], 0, 1_010_001, 10_000
    yield "the nearest of two", [3000 * w, 2500 * w], 0, 2510 * w, 10_000
    yield "a tie goes to the leader", [50 * w, 200 * w], 1, 100 * w, 1_000_000
    yield "a tie goes to the leader, the first", [50 * w, 200 * w], 0, 100 * w, 1_000_000
    yield "a tie without the leader goes to the earlier", [50 * w, 200 * w, 900 * w], 2, 100 * w, 1_000_000
    yield "INVALID ruling, INVALID candidate", [2500 * w, INVALID, 2600 * w], 2, INVALID, 10_000
    yield "INVALID ruling, no such candidate", [2500 * w, 2600 * w], 1, INVALID, 200_000
    yield "numeric ruling, only INVALID", [INVALID], 0, 2500 * w, 200_000
    yield "numeric ruling, INVALID leads", [2500 * w, INVALID], 1, 2501 * w, 10_000
    yield "the largest number is not INVALID", [INVALID, INVALID - 1], 0, INVALID - 1, 1
    yield "five candidates, the appealed one wins", [3 * w, 4 * w, 5 * w, 6 * w, 7 * w], 3, 7 * w + 1, 1
    for _ in range(30):
        f = pick.randrange(2**30, 2**100)
        values = [f + pick.randrange(-f // 60, f // 60) for _ in range(pick.randrange(1, 6))]
        if pick.random() < 0.2:
            values[pick.randrange(len(values))] = INVALID
        yield "random", values, pick.randrange(len(values)), f, pick.randrange(1, 20_000)


def winner_row(name, candidates, leader, ruling, band_ppm):
    won = winner(candidates, leader, ruling, band_ppm)
    return {
        "bandPpm": n(band_ppm), "candidates": [n(c) for c in candidates], "found": won is not None,
        "leaderIndex": n(leader), "name": name, "ruling": n(ruling), "winner": n(won or 0),
    }


if __name__ == "__main__":
    distance_vectors()
