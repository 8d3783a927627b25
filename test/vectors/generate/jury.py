"""jury: verdicts, draws and commitments of section 10."""

import random

from ethereum import keccak256, words
from vectors import INVALID, WAD, h, n, write

RANDOM = random.Random(500)


def verdict(votes):
    """INVALID by a majority, else the lower median of the numbers."""
    numbers = sorted(vote for vote in votes if vote != INVALID)
    if 2 * votes.count(INVALID) > len(votes):
        return INVALID
    return numbers[(len(numbers) - 1) // 2]


def draw(randao, fixing_id, round_, pool, seats):
    """Places in the pool as it was, by shuffling a copy: what is drawn is replaced by the last."""
    seed = keccak256(words(randao, fixing_id, round_))
    left = list(range(pool))
    drawn = []
    for seat in range(seats):
        place = int.from_bytes(keccak256(seed + seat.to_bytes(32, "big")), "big") % len(left)
        drawn.append(left[place])
        left[place] = left[-1]
        left.pop()
    return drawn


def verdict_vectors():
    named = [
        ("one number", [2500 * WAD]),
        ("one INVALID", [INVALID]),
        ("as many INVALID as numbers are a number", [INVALID, 7]),
        ("one more INVALID", [INVALID, 7, INVALID]),
        ("the lower of the middle two", [4, 1, 3, 2]),
        ("the middle of three", [9, 1, 5]),
        ("INVALID does not count as large", [INVALID, 1, 2, 3]),
        ("the largest number", [INVALID - 1, INVALID - 1, INVALID]),
        ("the smallest number", [1, 1, 2**127]),
        ("descending", list(range(63, 0, -1))),
    ]
    for i in range(60):
        size = RANDOM.randint(1, 63)
        few = [RANDOM.randint(1, INVALID - 1) for _ in range(RANDOM.randint(1, 8))] + [INVALID] * RANDOM.randint(0, 8)
        named.append((f"at random {i}", [RANDOM.choice(few) for _ in range(size)]))
    return [{"name": name, "verdict": n(verdict(votes)), "votes": [n(v) for v in votes]} for name, votes in named]


def draw_vectors():
    rows = []
    for pool, seats in [(3, 3), (5, 3), (31, 31), (62, 31), (1000, 31), (63, 63), (100_000, 31)]:
        for round_ in (0, 1):
            randao, fixing_id = RANDOM.getrandbits(256), RANDOM.getrandbits(256)
            rows.append(
                {
                    "drawn": [n(place) for place in draw(randao, fixing_id, round_, pool, seats)],
                    "fixingId": n(fixing_id),
                    "pool": n(pool),
                    "randao": n(randao),
                    "round": n(round_),
                    "seats": n(seats),
                }
            )
    return rows


def commitment_vectors():
    rows = []
    for i in range(8):
        chain_id, jury, fixing_id = RANDOM.choice([1, 31337, 10]), RANDOM.getrandbits(160), RANDOM.getrandbits(256)
        round_, seat, juror, salt = i % 2, RANDOM.randint(0, 62), RANDOM.getrandbits(160), RANDOM.getrandbits(256)
        value = INVALID if i == 0 else RANDOM.randint(1, INVALID)
        rows.append(
            {
                "chainId": n(chain_id),
                "commitment": h(keccak256(words(chain_id, jury, fixing_id, round_, seat, juror, value, salt))),
                "fixingId": n(fixing_id),
                "juror": "0x" + juror.to_bytes(20, "big").hex(),
                "jury": "0x" + jury.to_bytes(20, "big").hex(),
                "round": n(round_),
                "salt": n(salt),
                "seat": n(seat),
                "value": n(value),
            }
        )
    return rows


write("jury", {"verdicts": verdict_vectors(), "draws": draw_vectors(), "commitments": commitment_vectors()})
