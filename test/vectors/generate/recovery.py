"""recovery: whose signature it is, for good observations and for every way to spoil one. Two implementations must agree."""

import random

from ethereum import G, N, P, _add, _multiply, keccak256, observation_hash, sign, typed_digest, word, words
from signing import CHAIN, REGISTRY, key_of, put
from vectors import WAD, h, write

PICK = random.Random(5)
R_AT, S_AT, V_AT = 130, 162, 194


def address(point):
    return "0x" + keccak256(word(point[0]) + word(point[1]))[12:].hex()


def recover(digest, r, s, parity):
    """SEC 1, section 4.1.6; None if there is no such point, or the key would be the identity."""
    square = (r**3 + 7) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return None
    point = (r, y if y & 1 == parity else P - y)
    e = int.from_bytes(digest, "big")
    inverse = pow(r, -1, N)
    return _add(_multiply(s * inverse % N, point), _multiply(-e * inverse % N, G))


def observation(i, chain=CHAIN):
    """(struct of four words, digest of an honest signer)"""
    fields = (keccak256(b"fixing %d" % (i % 5)), PICK.randrange(1, 2**128), PICK.randrange(2**64), PICK.randbytes(32))
    return fields, typed_digest(chain, REGISTRY, observation_hash(*fields))


def wire(fields, r, s, v):
    return b"\x01\x01" + words(*fields, r, s) + bytes([v])


def row(name, data, code=None):
    """What is to be said of `data`, by the rules of the specification."""
    fields = [int.from_bytes(data[2 + 32 * i : 34 + 32 * i], "big") for i in range(4)] if len(data) == 195 else None
    if code is not None:
        return {"bytes": h(data), "code": code, "name": name, "signer": "0x" + "00" * 20}
    digest = typed_digest(CHAIN, REGISTRY, observation_hash(word(fields[0]), fields[1], fields[2], word(fields[3])))
    r, s = (int.from_bytes(data[at : at + 32], "big") for at in (R_AT, S_AT))
    point = recover(digest, r, s, data[V_AT] - 27)
    code = "unrecoverable-signature" if point is None else "signed"
    return {"bytes": h(data), "code": code, "name": name, "signer": "0x" + "00" * 20 if point is None else address(point)}


def rows_of(i):
    fields, digest = observation(i)
    r, s, v = sign(key_of(i), digest)
    good = wire(fields, r, s, v)
    other, other_digest = observation(i, chain=CHAIN + 1)
    yield row("good", good)
    yield row("the other point", put(good, V_AT, bytes([55 - v])))
    yield row("the malleable twin", put(put(good, S_AT, word(N - s)), V_AT, bytes([55 - v])), "high-s")
    yield row("high s, v unchanged", put(good, S_AT, word(N - s)), "high-s")
    for wrong in (0, 1, 26, 29, 30, 35, 255):
        yield row("wrong v", put(good, V_AT, bytes([wrong])), "v")
    for name, at in (("r", R_AT), ("s", S_AT)):
        for bad in (0, N, N + 1, P, 2**256 - 1):
            yield row(f"{name} out of range", put(good, at, word(bad)), "signature-range")
    yield row("truncated", good[: PICK.randrange(len(good))], "length")
    yield row("too long", good + PICK.randbytes(1 + PICK.randrange(64)), "length")
    yield row("dirty value", put(good, 34 + PICK.randrange(16), bytes([1 + PICK.randrange(255)])), "dirty-bits")
    yield row("dirty time", put(good, 66 + PICK.randrange(24), bytes([1 + PICK.randrange(255)])), "dirty-bits")
    yield row("another domain's", wire(other, *sign(key_of(i), other_digest)))
    yield row("another value", put(good, 34, word(PICK.randrange(1, 2**128))))
    yield row("another time", put(good, 66, word(PICK.randrange(2**64))))
    yield row("another root", put(good, 98, PICK.randbytes(32)))
    yield row("another r", put(good, R_AT, word(PICK.randrange(1, N))))
    yield row("another s", put(good, S_AT, word(PICK.randrange(1, N // 2))))
    yield row("made up", wire(fields, PICK.randrange(1, N), PICK.randrange(1, N // 2), PICK.choice((27, 28))))
    yield row("least", wire(fields, 1, 1, PICK.choice((27, 28))))
    yield row("most", wire(fields, N - 1, N // 2, PICK.choice((27, 28))))
    yield row("the identity as key", identity(fields, digest))


def identity(fields, digest):
    """r and s such that s R = e G: the key would be the identity, which is nobody's."""
    while True:
        k = PICK.randrange(1, N)
        point = _multiply(k, G)
        s = int.from_bytes(digest, "big") * pow(k, -1, N) % N
        if 0 < s <= N // 2 and point[0] < N:
            return wire(fields, point[0], s, 27 + (point[1] & 1))


if __name__ == "__main__":
    write("recovery", {"messages": [found for i in range(8) for found in rows_of(i)]})
