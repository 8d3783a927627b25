"""observation, wire, report, presence: EIP-712 digests, canonical bytes, signatures and Merkle roots of section 7."""

import random

from ethereum import (
    N, address_of, domain_separator, keccak256, observation_hash, proof, sign, tail, tree, typed_digest, word, words,
)
from vectors import INVALID, WAD, h, n, write

REGISTRY = "0x00000000000000000000000000000000000a5512"
CHAIN = 31337
FIXING = keccak256(b"a fixing")


def key_of(i):
    return int.from_bytes(keccak256(b"reporter %d" % i), "big") % N


def observed(i, value, observed_at=1_678_536_003, fixing=FIXING, chain=CHAIN, registry=REGISTRY):
    root = keccak256(b"samples of reporter %d" % i)
    struct = observation_hash(fixing, value, observed_at, root)
    digest = typed_digest(chain, registry, struct)
    r, s, v = sign(key_of(i), digest)
    return {
        "chainId": n(chain), "digest": h(digest), "domainSeparator": h(domain_separator(chain, registry)),
        "fixingId": h(fixing), "observedAt": n(observed_at), "r": n(r), "registry": registry, "s": n(s),
        "signer": address_of(key_of(i)), "sourcesRoot": h(root), "structHash": h(struct), "v": n(v), "value": n(value),
    }


def observation_vectors():
    high = "0xffffffffffffffffffffffffffffffffffffffff"
    rows = [
        {**observed(0, 2500 * WAD), "name": "a value"}, {**observed(1, 1, observed_at=0), "name": "the least"},
        {**observed(2, INVALID, observed_at=2**64 - 1), "name": "the most"},
        {**observed(3, 20156 * WAD, chain=1), "name": "another chain"},
        {**observed(4, 20156 * WAD, registry=high), "name": "another registry"},
        {**observed(5, 20156 * WAD, fixing=b"\xff" * 32), "name": "another fixing"},
    ]
    rows += [{**observed(i, i * 10**17 + 3), "name": "plain"} for i in range(6, 14)]
    write("observation", {"observations": rows})
    return rows


def wire(row):
    fields = ("fixingId", "value", "observedAt", "sourcesRoot", "r", "s")
    return b"\x01\x01" + words(*(row[field] for field in fields)) + bytes([int(row["v"], 16)])


def put(data, offset, part):
    return data[:offset] + part + data[offset + len(part) :]


def wire_vectors(rows):
    good = wire(rows[0])
    s, v = int(rows[0]["s"], 16), good[194]
    bad = [
        ("empty", b"", "length"), ("one byte short", good[:-1], "length"), ("one byte long", good + b"\x00", "length"),
        ("trailing word", good + b"\x00" * 32, "length"), ("version 0", put(good, 0, b"\x00"), "version"),
        ("version 2", put(good, 0, b"\x02"), "version"), ("kind 0", put(good, 1, b"\x00"), "kind"),
        ("kind 2", put(good, 1, b"\x02"), "kind"), ("dirty bit above the value", put(good, 49, b"\x01"), "dirty-bits"),
        ("dirty top bit of the value", put(good, 34, b"\x80"), "dirty-bits"),
        ("dirty bit above the time", put(good, 89, b"\x01"), "dirty-bits"),
        ("dirty top bit of the time", put(good, 66, b"\x80"), "dirty-bits"),
        ("value zero", put(good, 34, word(0)), "zero-value"), ("r zero", put(good, 130, word(0)), "signature-range"),
        ("r is n", put(good, 130, word(N)), "signature-range"), ("s zero", put(good, 162, word(0)), "signature-range"),
        ("s is n", put(good, 162, word(N)), "signature-range"),
        ("s one above half", put(good, 162, word(N // 2 + 1)), "high-s"),
        ("the malleable twin", put(put(good, 162, word(N - s)), 194, bytes([55 - v])), "high-s"),
        ("v 0", put(good, 194, b"\x00"), "v"), ("v 1", put(good, 194, b"\x01"), "v"), ("v 26", put(good, 194, b"\x1a"), "v"),
        ("v 29", put(good, 194, b"\x1d"), "v"),
    ]
    kept = ("fixingId", "name", "observedAt", "r", "s", "sourcesRoot", "v", "value")
    valid = [{**{field: row[field] for field in kept}, "bytes": h(wire(row))} for row in rows]
    edge = {**valid[0], "name": "r and s at their limits", "r": n(N - 1), "s": n(N // 2)}
    valid.append({**edge, "bytes": h(put(put(good, 130, word(N - 1)), 162, word(N // 2)))})
    write("wire", {"invalid": [{"bytes": h(data), "code": code, "name": name} for name, data, code in bad], "valid": valid})


def report_vectors():
    quorums = [{"name": "quorum", "need": n(next(k for k in range(1, count + 2) if 3 * k > 2 * count)), "reporters": n(count)}
               for count in range(0, 101)]
    pick = random.Random(402)
    lists = [[5], [5, 3], [5, 3, 4], [1, 1, 9, 9], [INVALID, 2, INVALID], [INVALID, 2]]
    lists += [[pick.randrange(1, 2**90) for _ in range(size)] for size in (4, 5, 7, 50)]
    medians = [{"median": n(sorted(values)[(len(values) + 1) // 2 - 1]), "name": "median", "values": [n(v) for v in values]}
               for values in lists]
    reports = [report_row(name, *case) for name, *case in (
        ("the only reporter", [0], 1, 0), ("both of two", [0, 1], 2, 1), ("three of three", [0, 1, 2], 3, 0),
        ("five of seven, given in disorder", [6, 0, 3, 1, 5], 7, 2), ("all seven", [0, 1, 2, 3, 4, 5, 6], 7, 6),
        ("fourteen of twenty", [i for i in range(20) if i % 3 != 1] + [4], 20, 9))]
    write("report", {"medians": medians, "quorums": quorums, "reports": reports})


def report_row(name, indices, reporters, proven):
    """`proof` shows that the `proven`-th observation in index order is under the root, as MerkleProof.verify checks it."""
    rows = {i: observed(i, 2500 * WAD + (i * 7919) % 13 * 10**15) for i in indices}
    leaves = []
    for i in sorted(indices):
        row = rows[i]
        signature = words(row["r"], row["s"]) + bytes([int(row["v"], 16)])
        leaves.append(words(row["structHash"], 64) + tail(signature))
    nodes = tree(leaves)
    values = sorted(int(row["value"], 16) for row in rows.values())
    value = values[(len(values) + 1) // 2 - 1]
    proposer = address_of(key_of(indices[0]))
    kind = b"Report(uint64 epoch,bytes32 fixingId,uint128 value,bytes32 observationsRoot,address proposer)"
    epoch = 19_427 + len(indices)
    digest = typed_digest(CHAIN, REGISTRY, keccak256(words(keccak256(kind), epoch, FIXING, value, nodes[0], proposer)))
    given = [rows[i] for i in indices]
    columns = {("structHashes" if field == "structHash" else f"{field}s"): [row[field] for row in given]
               for field in ("observedAt", "r", "s", "signer", "sourcesRoot", "structHash", "v", "value")}
    return {
        **columns, "chainId": n(CHAIN), "digest": h(digest), "epoch": n(epoch), "fixingId": h(FIXING),
        "indices": [n(i) for i in indices], "leaf": h(keccak256(keccak256(leaves[proven]))), "name": name,
        "observationsRoot": h(nodes[0]), "proof": [h(node) for node in proof(nodes, proven)], "proposer": proposer,
        "proven": n(proven), "registry": REGISTRY, "reporterCount": n(reporters), "value": n(value),
    }


def presence_row(name, i, offset=0, sent_at=1_678_535_403, mesh=8, ready=3, chain=CHAIN):
    kind = b"Presence(bytes32 fixingId,address reporter,uint64 sentAt,int32 clockOffset,uint16 meshPeers,uint16 sourcesReady)"
    reporter = address_of(key_of(i))
    body = words(FIXING, reporter, sent_at, offset % 2**256, mesh, ready)
    digest = typed_digest(chain, REGISTRY, keccak256(keccak256(kind) + body))
    r, s, v = sign(key_of(i), digest)
    return {
        "bytes": h(b"\x01\x04" + body + words(r, s) + bytes([v])), "chainId": n(chain), "clockOffset": n(offset % 2**256),
        "digest": h(digest), "fixingId": h(FIXING), "meshPeers": n(mesh), "name": name, "registry": REGISTRY,
        "reporter": reporter, "sentAt": n(sent_at), "sourcesReady": n(ready),
    }


def presence_vectors():
    valid = [
        presence_row("a good clock", 0, offset=-2), presence_row("a clock that is behind", 1, offset=7),
        presence_row("the least", 2, offset=-(2**31), sent_at=0, mesh=0, ready=0),
        presence_row("the most", 3, offset=2**31 - 1, sent_at=2**64 - 1, mesh=2**16 - 1, ready=2**16 - 1),
        presence_row("another chain", 4, chain=1),
    ]
    good = bytes.fromhex(valid[0]["bytes"][2:])
    bad = [
        ("empty", b"", "length"), ("one byte short", good[:-1], "length"), ("one byte long", good + b"\x00", "length"),
        ("version 2", put(good, 0, b"\x02"), "version"), ("an observation", put(good, 1, b"\x01"), "kind"),
        ("dirty bit above the reporter", put(good, 45, b"\x01"), "dirty-bits"),
        ("dirty bit above the time", put(good, 89, b"\x01"), "dirty-bits"),
        ("an offset that is not sign-extended", put(good, 98, b"\x00" * 28), "dirty-bits"),
        ("an offset of 33 bits", put(good, 98, word(2**31)), "dirty-bits"),
        ("dirty bit above the mesh", put(good, 159, b"\x01"), "dirty-bits"),
        ("dirty bit above the sources", put(good, 191, b"\x01"), "dirty-bits"),
        ("s one above half", put(good, 226, word(N // 2 + 1)), "high-s"), ("v 0", put(good, 258, b"\x00"), "v"),
    ]
    write("presence", {"invalid": [{"bytes": h(data), "code": code, "name": name} for name, data, code in bad], "valid": valid})


if __name__ == "__main__":
    observation_rows = observation_vectors()
    wire_vectors(observation_rows)
    report_vectors()
    presence_vectors()
