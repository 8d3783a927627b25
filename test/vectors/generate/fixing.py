"""fixing: ids, bounds and worst case of section 3."""

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


if __name__ == "__main__":
    fixing_vectors()
