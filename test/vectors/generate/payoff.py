"""payoff: what P and N are worth, in exact fractions."""

import random
from fractions import Fraction
from math import floor

from vectors import INVALID, WAD, n, write


def payoff_row(name, collateral, strike, settlement, share, p_amount, n_amount):
    rate = Fraction(share, 10**6) if settlement == INVALID else min(Fraction(1), Fraction(strike, settlement))
    matched = min(p_amount, n_amount)
    alone = floor((p_amount - matched) * rate) + floor((n_amount - matched) * (1 - rate))
    p = floor(collateral * rate)
    return {"collateral": n(collateral), "invalidSharePpm": n(share), "n": n(collateral - p), "nAmount": n(n_amount),
            "name": name, "p": n(p), "pAmount": n(p_amount), "redeemed": n(matched + alone), "settlement": n(settlement),
            "strike": n(strike)}


def refused_row(name, share):
    """P's share above the whole: N's would be below nothing, which no number of the contract's holds."""
    return {"invalidSharePpm": n(share), "name": name}


def payoff_vectors():
    pick = random.Random(10)
    w = WAD
    rows = [
        payoff_row("below the strike P takes all", w, 2000 * w, 1500 * w, 500_000, w, w),
        payoff_row("at the strike P takes all", w, 2000 * w, 2000 * w, 500_000, w, 0),
        payoff_row("one above the strike", w, 2000 * w, 2000 * w + 1, 500_000, w, 0),
        payoff_row("twice the strike", w, 2000 * w, 4000 * w, 500_000, 0, w),
        payoff_row("a third, P alone", 10, 1, 3, 0, 10, 0), payoff_row("a third, N alone", 10, 1, 3, 0, 0, 10),
        payoff_row("a third, both", 10, 1, 3, 0, 10, 10), payoff_row("a third, more P", 10, 1, 3, 0, 10, 3),
        payoff_row("a third, more N", 10, 1, 3, 0, 3, 10),
        payoff_row("INVALID in halves", 7, w, INVALID, 500_000, 7, 0),
        payoff_row("INVALID in halves, N alone", 7, w, INVALID, 500_000, 0, 7),
        payoff_row("INVALID, nothing to P", w, w, INVALID, 0, w, w // 2),
        payoff_row("INVALID, all to P", w, w, INVALID, 1_000_000, w // 2, w),
        payoff_row("nothing", 0, w, 2 * w, 1, 0, 0),
        payoff_row("no overflow", 2**256 - 1, 2**128 - 3, 2**128 - 2, 0, 2**256 - 1, 1),
        payoff_row("the least strike", 2**255, 1, INVALID - 1, 0, 5, 2**255),
    ]
    for _ in range(40):
        top = 2 ** pick.randrange(4, 120)
        settlement = INVALID if pick.random() < 0.2 else pick.randrange(1, top)
        rows.append(payoff_row("random", pick.randrange(0, top), pick.randrange(1, top), settlement,
                               pick.randrange(0, 10**6 + 1), pick.randrange(0, top), pick.randrange(0, top)))
    refused = [refused_row("one ppm above the whole", 10**6 + 1), refused_row("twice the whole", 2 * 10**6),
               refused_row("the largest", 2**32 - 1)]
    write("payoff", {"payoffs": rows, "refused": refused})


if __name__ == "__main__":
    payoff_vectors()
