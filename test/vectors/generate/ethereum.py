"""Keccak-256, secp256k1, EIP-712 words and OpenZeppelin's standard Merkle tree, from their specifications.

Written apart from every library that the project uses, slow and plain, so that the vectors are an independent calculation.
Sources: FIPS 202 with the original Keccak padding; SEC 1 and SEC 2; RFC 6979; EIP-712; the README of
@openzeppelin/merkle-tree.
"""

import hashlib
import hmac

LANES = 2**64 - 1


def _rotate(lane, by):
    by %= 64
    return ((lane << by) | (lane >> (64 - by))) & LANES


def _permute(state):
    lfsr = 1
    for _ in range(24):
        parity = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(5)]
        for x in range(5):
            d = parity[(x - 1) % 5] ^ _rotate(parity[(x + 1) % 5], 1)
            for y in range(5):
                state[x][y] ^= d
        x, y = 1, 0
        current = state[x][y]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, state[x][y] = state[x][y], _rotate(current, (t + 1) * (t + 2) // 2)
        for y in range(5):
            row = [state[x][y] for x in range(5)]
            for x in range(5):
                state[x][y] = row[x] ^ (~row[(x + 1) % 5] & LANES & row[(x + 2) % 5])
        for j in range(7):
            if lfsr & 1:
                state[0][0] ^= 1 << ((1 << j) - 1)
            lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x171)) & 0x1FF
    return state


def keccak256(data):
    rate = 136
    padded = bytearray(data) + b"\x01" + b"\x00" * (-(len(data) + 1) % rate)
    padded[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        block = padded[start : start + rate]
        for i in range(rate // 8):
            state[i % 5][i // 5] ^= int.from_bytes(block[8 * i : 8 * i + 8], "little")
        _permute(state)
    return b"".join(state[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def _add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _multiply(k, point):
    total = None
    while k:
        if k & 1:
            total = _add(total, point)
        point = _add(point, point)
        k >>= 1
    return total


def address_of(key):
    x, y = _multiply(key, G)
    return "0x" + keccak256(word(x) + word(y))[12:].hex()


def sign(key, digest):
    """RFC 6979 nonce with SHA-256, low s. Returns (r, s, v) with v 27 or 28."""
    z = int.from_bytes(digest, "big")
    v, k = b"\x01" * 32, b"\x00" * 32
    seed = word(key) + word(z % N)
    for separator in (b"\x00", b"\x01"):
        k = hmac.new(k, v + separator + seed, hashlib.sha256).digest()
        v = hmac.new(k, v, hashlib.sha256).digest()
    while True:
        v = hmac.new(k, v, hashlib.sha256).digest()
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < N:
            x, y = _multiply(nonce, G)
            r, s = x % N, pow(nonce, -1, N) * (z + (x % N) * key) % N
            if r and s:
                parity = y & 1
                if s > N // 2:
                    s, parity = N - s, parity ^ 1
                return r, s, 27 + parity
        k = hmac.new(k, v + b"\x00", hashlib.sha256).digest()
        v = hmac.new(k, v, hashlib.sha256).digest()


def word(value):
    """A static ABI word: an integer, a 20-byte address as hex, or 32 bytes."""
    if isinstance(value, str):
        value = int(value, 16)
    return value if isinstance(value, bytes) else value.to_bytes(32, "big")


def words(*values):
    return b"".join(word(value) for value in values)


def domain_separator(chain_id, registry):
    kind = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    return keccak256(words(keccak256(kind), keccak256(b"Assize"), keccak256(b"1"), chain_id, registry))


def typed_digest(chain_id, registry, struct_hash):
    return keccak256(b"\x19\x01" + domain_separator(chain_id, registry) + struct_hash)


def observation_hash(fixing_id, value, observed_at, sources_root):
    kind = b"Observation(bytes32 fixingId,uint128 value,uint64 observedAt,bytes32 sourcesRoot)"
    return keccak256(words(keccak256(kind), fixing_id, value, observed_at, sources_root))


def tail(data):
    """ABI-encoded dynamic bytes: length, then the bytes padded to whole words."""
    return word(len(data)) + data + b"\x00" * (-len(data) % 32)


def tree(leaves):
    """OpenZeppelin's standard layout over leaves that are in order already: an array with the root at 0."""
    nodes = [b""] * (2 * len(leaves) - 1)
    for i, leaf in enumerate(leaves):
        nodes[len(nodes) - 1 - i] = keccak256(keccak256(leaf))
    for i in range(len(nodes) - 1 - len(leaves), -1, -1):
        nodes[i] = keccak256(b"".join(sorted(nodes[2 * i + 1 : 2 * i + 3])))
    return nodes


def proof(nodes, leaf_index):
    i, path = len(nodes) - 1 - leaf_index, []
    while i > 0:
        path.append(nodes[i + 1 if i % 2 else i - 1])
        i = (i - 1) // 2
    return path
