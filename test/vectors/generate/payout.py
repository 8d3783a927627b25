"""payout: divisions, rewards, requests and refunds of section 5, in exact fractions."""

import random
from fractions import Fraction
from math import ceil, floor

from fixing import HOUR
from vectors import WAD, n, write

TIMEOUT, RULING, EXPIRY = 1, 2, 3


def divide(outcome, total, won, a, fee, appealed_wins):
    """R-301, R-302. `won` is None when nobody won. Returns sink, bonus, shared, base."""
    if outcome == EXPIRY:
        return 0, fee if a else 0, total, total
    losing = total - (won or 0)
    sink = floor(Fraction(losing * (20 if outcome == TIMEOUT else 40), 100))
    cap = 0
    if outcome == RULING and a and won is None:
        cap = fee
    elif outcome == RULING and a and appealed_wins:
        cap = floor(Fraction(3 * fee, 2))
    bonus = min(cap, losing - sink)
    return sink, bonus, total - sink - bonus, total if won is None else won


def division_row(name, outcome, total, won, a, fee, appealed_wins, burned):
    sink, bonus, shared, base = divide(outcome, total, won, a, fee, appealed_wins)
    appeal = 0
    if a:
        appeal = floor(Fraction(burned * (floor(Fraction(a * shared, base)) + bonus), a + fee))
    return {
        "appealPayout": n(appeal), "appealStake": n(a), "appealedWins": appealed_wins, "base": n(base),
        "burned": n(burned), "fee": n(fee), "hasWinner": won is not None, "name": name, "outcome": n(outcome),
        "shared": n(shared), "sink": n(sink), "sponsorBonus": n(bonus),
        "stakePayout": n(floor(Fraction(burned * shared, base)) if base else 0), "total": n(total), "winnerStake": n(won or 0),
    }


def payout_vectors():
    pick = random.Random(303)
    d, fee = 25 * WAD, 2 * WAD
    sixth = ceil(Fraction(150 * WAD, 9))
    rows = [
        division_row("worked example, the attacker stops", TIMEOUT, 75 * WAD, 50 * WAD, 0, fee, False, 50 * WAD),
        division_row("worked example, ruling on the appealed value", RULING, 150 * WAD + sixth, 50 * WAD + sixth, sixth,
                     fee, True, sixth + fee),
        division_row("nobody disputed", TIMEOUT, d, d, 0, fee, False, d),
        division_row("no winner", RULING, 150 * WAD + sixth, None, sixth, fee, False, sixth + fee),
        division_row("another than the appealed value wins", RULING, 150 * WAD + sixth, 100 * WAD, sixth, fee, False, d),
        division_row("expired appeal", EXPIRY, 150 * WAD + sixth, None, sixth, fee, False, sixth + fee),
        division_row("expired request", EXPIRY, 0, None, 0, fee, False, 1),
        division_row("ruling on a request", RULING, 0, None, 0, fee, False, 1),
        division_row("the bonus is capped by what the losers leave", RULING, 10, 9, 1, 10, True, 11),
        division_row("dust", RULING, 10**9 + 1, 3 * 10**8 + 1, 10**8, 4 * 10**8, True, 12345),
    ]
    for _ in range(40):
        total = pick.randrange(10**9, 2**85)
        a = pick.choice([0, ceil(Fraction(total, 10))])
        kind = pick.choice([TIMEOUT, RULING, EXPIRY] if a else [TIMEOUT])
        a = 0 if kind == TIMEOUT else a
        won = None if kind == EXPIRY or (kind == RULING and pick.random() < 0.3) else pick.randrange(max(a, 1), total + 1)
        wins = kind == RULING and won is not None and pick.random() < 0.5
        cost = pick.randrange(1, 2**78)
        rows.append(division_row("random", kind, total, won, a, cost, wins, pick.randrange(1, won or total)))
    ramp = 6 * HOUR
    rewards = [
        {"bond": n(bond), "burned": n(burned), "elapsed": n(elapsed), "name": name, "pot": n(pot),
         "payout": n(floor(Fraction(burned * floor(pot * min(Fraction(elapsed, ramp), 1)), bond))),
         "reward": n(floor(pot * min(Fraction(elapsed, ramp), 1)))}
        for name, pot, elapsed, bond, burned in (
            ("at maturity", WAD, 0, d, d), ("after an hour", WAD, HOUR, d, d), ("one second before", WAD, ramp - 1, d, d),
            ("after six hours", WAD, ramp, d, d), ("later", WAD, 10 * ramp, d, d // 3), ("no pot", 0, 99, d, 7),
            ("rounds down", 1_000_003, 12_345, 10**9 + 7, 10**9), ("of all there can be", 2**256 - 1, ramp - 1, d, d // 3))
    ]
    requests = [
        {"fee": n(cost), "name": name, "repayment": n(min(floor(Fraction(3 * cost, 2)), pot)), "rewardPot": n(pot)}
        for name, cost, pot in (("nothing funded", fee, 0), ("less than the fee", fee, WAD), ("just enough", fee, 3 * WAD),
                                ("more than enough", fee, 30 * WAD), ("an odd fee", 7, 100))
    ]
    refunds = [
        {"burned": n(burned), "name": name, "pot": n(pot), "refund": n(floor(Fraction(burned * (pot - used), pot))),
         "used": n(used)}
        for name, burned, pot, used in (("nothing used", 3, 10, 0), ("all used", 3, 10, 10), ("rounds down", 3, 10, 1),
                                        ("alone", WAD, WAD, WAD // 3), ("large", 2**79, 2**80 + 1, 2**78), ("of all there can be", 2**255, 2**256 - 1, 2**254))
    ]
    write("payout", {"divisions": rows, "refunds": refunds, "requests": requests, "rewards": rewards})


if __name__ == "__main__":
    payout_vectors()
