"""fixing, phase, distance, bond, payout, payoff: the rules of sections 3 to 5 and 10, in exact fractions."""

import random
from fractions import Fraction
from math import ceil, floor

from ethereum import keccak256, words
from vectors import INVALID, WAD, h, n, write

MINUTE, HOUR, DAY = 60, 3600, 86400
FIELDS = (
    "indexId maturity arbitrator backup openInterest minBond arbitrationFee bondPpm firstWindow window "
    "separationPpm bandPpm proposalGrace arbitrationLimit"
).split()
ADDRESSES = ("arbitrator", "backup", "openInterest")

DEFAULT = {
    "indexId": int.from_bytes(keccak256(b"an index document"), "big"),
    "maturity": 1_678_536_000,
    "arbitrator": 0x1111111111111111111111111111111111111111,
    "backup": 0x2222222222222222222222222222222222222222,
    "openInterest": 0,
    "minBond": 10**17,
    "arbitrationFee": 4 * 10**16,
    "bondPpm": 2_500,
    "firstWindow": 24 * HOUR,
    "window": 48 * HOUR,
    "separationPpm": 1_000,
    "bandPpm": 10_000,
    "proposalGrace": 72 * HOUR,
    "arbitrationLimit": 30 * DAY,
}


def address(value):
    return "0x" + value.to_bytes(20, "big").hex()


def shown(fixing):
    return {key: address(value) if key in ADDRESSES else n(value) for key, value in fixing.items()}


def worst_case(f):
    return f["maturity"] + f["proposalGrace"] + 3 * f["arbitrationLimit"] + f["firstWindow"] + 3 * f["window"]


def fixing_id(f, chain_id, oracle):
    return keccak256(words(chain_id, oracle, *(f[field] for field in FIELDS)))


def fixing_vectors():
    largest = {
        **DEFAULT, "indexId": 2**256 - 1, "maturity": 2**39 - 1, "arbitrator": 2**160 - 1, "backup": 2**160 - 2,
        "openInterest": 2**160 - 3, "minBond": 2**80, "arbitrationFee": 2 * 2**80 // 5, "bondPpm": 100_000,
        "firstWindow": 30 * DAY, "window": 30 * DAY, "separationPpm": 200_000, "bandPpm": 200_000,
        "proposalGrace": 30 * DAY, "arbitrationLimit": 60 * DAY,
    }
    smallest = {
        **DEFAULT, "indexId": 1, "maturity": 0, "arbitrator": 1, "backup": 2, "minBond": 10**9, "arbitrationFee": 1,
        "bondPpm": 0, "firstWindow": 600, "window": 600, "separationPpm": 1, "bandPpm": 1, "proposalGrace": 600,
        "arbitrationLimit": DAY,
    }
    oracle = 0x00000000000000000000000000000000000A5512E
    ids = [
        {
            **shown(f), "chainId": n(chain), "fixingId": h(fixing_id(f, chain, oracle)), "name": name,
            "oracle": address(oracle), "worstCase": n(worst_case(f)),
        }
        for name, f, chain in (
            ("defaults", DEFAULT, 1), ("defaults on another chain", DEFAULT, 31337), ("largest", largest, 2**32),
            ("smallest", smallest, 1),
        )
    ]
    receipts = [
        {
            "fixingId": ids[0]["fixingId"], "kind": n(kind), "name": name, "round": n(number), "value": n(value),
            "receiptId": h(keccak256(words(bytes.fromhex(ids[0]["fixingId"][2:]), kind, number, value))),
        }
        for name, kind, number, value in (
            ("the proposal", 0, 0, 2500 * WAD), ("a contribution of round 3", 0, 3, 2600 * WAD),
            ("an appeal for INVALID", 1, 4, INVALID), ("a request", 2, 0, 0), ("a fund", 3, 0, 0),
        )
    ]
    bounds = [bound_case(*case) for case in bound_changes()]
    bounds += [{**shown(f), "field": "", "got": n(0), "max": n(0), "min": n(0), "name": name}
               for name, f in (("defaults", DEFAULT), ("smallest", smallest), ("largest", largest))]
    write("fixing", {"bounds": bounds, "ids": ids, "receipts": receipts})


def bound_case(name, changes, field, low, high):
    f = {**DEFAULT, **changes}
    return {**shown(f), "field": field, "got": n(f[field]), "max": n(high), "min": n(low), "name": name}


def bound_changes():
    top, ten, thirty = 2**256 - 1, 10 * MINUTE, 30 * DAY
    fee = 2 * DEFAULT["minBond"] // 5
    yield "index zero", {"indexId": 0}, "indexId", 1, top
    yield "maturity 2^39", {"maturity": 2**39}, "maturity", 0, 2**39 - 1
    yield "no arbitrator", {"arbitrator": 0}, "arbitrator", 1, 2**160 - 1
    yield "no backup", {"backup": 0}, "backup", 1, 2**160 - 1
    yield "backup is the arbitrator", {"backup": DEFAULT["arbitrator"]}, "backup", 1, 0
    yield "bond below", {"minBond": 10**9 - 1, "arbitrationFee": 1}, "minBond", 10**9, 2**80
    yield "bond above", {"minBond": 2**80 + 1}, "minBond", 10**9, 2**80
    yield "fee zero", {"arbitrationFee": 0}, "arbitrationFee", 1, fee
    yield "fee above two fifths of the bond", {"arbitrationFee": fee + 1}, "arbitrationFee", 1, fee
    yield "bond share above", {"bondPpm": 100_001}, "bondPpm", 0, 100_000
    for field in ("firstWindow", "window", "proposalGrace"):
        yield f"{field} below", {field: ten - 1}, field, ten, thirty
        yield f"{field} above", {field: thirty + 1}, field, ten, thirty
    yield "separation zero", {"separationPpm": 0}, "separationPpm", 1, DEFAULT["bandPpm"]
    yield "separation above the band", {"separationPpm": 10_001}, "separationPpm", 1, DEFAULT["bandPpm"]
    yield "band above", {"bandPpm": 200_001}, "bandPpm", 1, 200_000
    yield "limit zero", {"arbitrationLimit": 0}, "arbitrationLimit", DAY, 60 * DAY
    yield "limit below", {"arbitrationLimit": DAY - 1}, "arbitrationLimit", DAY, 60 * DAY
    yield "limit above", {"arbitrationLimit": 60 * DAY + 1}, "arbitrationLimit", DAY, 60 * DAY
    yield "the first of two faults counts", {"bondPpm": 100_001, "indexId": 0}, "indexId", 1, top


# ------------------------------------------------------------------------------------------------------- phase

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


# ---------------------------------------------------------------------------------------------------- distance

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


# -------------------------------------------------------------------------------------------------------- bond


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


# ------------------------------------------------------------------------------------------------------ payout

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


# ------------------------------------------------------------------------------------------------------ payoff


def payoff_row(name, collateral, strike, settlement, share, p_amount, n_amount):
    rate = Fraction(share, 10**6) if settlement == INVALID else min(Fraction(1), Fraction(strike, settlement))
    matched = min(p_amount, n_amount)
    alone = floor((p_amount - matched) * rate) + floor((n_amount - matched) * (1 - rate))
    p = floor(collateral * rate)
    return {"collateral": n(collateral), "invalidSharePpm": n(share), "n": n(collateral - p), "nAmount": n(n_amount),
            "name": name, "p": n(p), "pAmount": n(p_amount), "redeemed": n(matched + alone), "settlement": n(settlement),
            "strike": n(strike)}


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
    write("payoff", {"payoffs": rows})


if __name__ == "__main__":
    fixing_vectors()
    phase_vectors()
    distance_vectors()
    bond_vectors()
    payout_vectors()
    payoff_vectors()
