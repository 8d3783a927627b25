"""index-document, aggregate: canonical JSON, ids, exact aggregation and the root of the raw samples."""

import json
import random
from fractions import Fraction

from ethereum import keccak256, tail, tree, words
from vectors import INVALID, WAD, h, n, write


def http(name, quote="USD", **extra):
    return {
        "id": name, "venue": name.title(), "kind": "http-json", "quote": quote, "timeUnit": "seconds",
        "url": "http://127.0.0.1:8080/" + name + "/{base}{quote}?start={start}&end={end}",
        "pointers": {"rows": "/rows", "time": "/0", "close": "/4"}, "timeoutMs": 5000, "maxBytes": 1_000_000, **extra,
    }


def document(sources, samples=30, least=1, clamp=5_000, interval=60):
    return {
        "version": 1, "name": "ETH/USD, thirty minutes", "base": "ETH", "quote": "USD", "unit": "USD per ETH",
        "sources": sources, "sampling": {"intervalSeconds": interval, "samples": samples},
        "aggregation": {"kind": "clamped-geometric-mean", "clampPpm": clamp, "minSources": least}, "rounding": "down",
        "noisePpm": 150,
    }


def canonical(value):
    """RFC 8785 for documents of strings, integers, arrays and objects whose keys are ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def document_vectors():
    csv = {"id": "replay", "venue": "Replay", "kind": "csv", "quote": "USD", "timeUnit": "seconds", "timeoutMs": 100,
           "maxBytes": 1_000, "columns": {"time": "time", "close": "binanceus_btcusd"}}
    converting = [http("alpha"), http("beta", "USDC", convert={"source": "usdc-usd"}),
                  http("usdc-usd", base="USDC", bounds={"min": "0.5", "max": "1.5"})]
    every = {"quote": "USD", "timeoutMs": 5_000}
    chain = {**every, "chainId": 1, "finalitySeconds": 60}
    kinds = [
        http("alpha"), {**csv, "id": "replay"},
        {"id": "kraken", "venue": "Kraken", "kind": "ccxt", "exchange": "kraken", "symbol": "ETH/USD", "maxBytes": 2_000_000, **every},
        {"id": "feed", "venue": "Chainlink", "kind": "chainlink", "feed": "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419",
         "maxAgeSeconds": 3_900, **chain},
        {"id": "pool", "venue": "Uniswap", "kind": "uniswap-v3", "pool": "0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640",
         "baseToken": "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "windowSeconds": 60, **chain},
    ]
    named = [
        ("every kind of source", document(kinds)),
        ("one source", document([http("alpha")])), ("converted", document(converting)), ("a CSV", document([csv])),
        ("trades", document([http("alpha", pointers={"rows": "/rows", "time": "/2", "price": "/0"})])),
        ("words beyond ASCII", {**document([http("alpha")]), "name": 'Ether — "минута", \u2028 tab\t, 日本, 😀, \\ and /',
                                "unit": "€ \u007f \u0000 \u001f"}),
    ]
    write("index-document", {"documents": [
        {"canonical": canonical(doc), "document": doc, "indexId": h(keccak256(canonical(doc).encode())), "name": name}
        for name, doc in named
    ]})


def median(values):
    ordered = sorted(values)
    count = len(ordered)
    return ordered[count // 2] if count % 2 else (ordered[count // 2 - 1] + ordered[count // 2]) / 2


def floor_root(value, degree):
    """By bisection: the largest integer whose power is not above `value`, a fraction."""
    low, high = 0, 1
    while Fraction(high) ** degree <= value:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if Fraction(middle) ** degree <= value else (low, middle)
    return low


def usable(source, text):
    # R-451: texts are bounded, so that arithmetic is.
    if text is None or len(text) > 80 or abs(int((text.lower().split("e") + ["0"])[1] or 0)) > 60:
        return None
    try:
        close = Fraction(text)
    except ValueError:
        return None
    limits = source.get("bounds")
    inside = limits is None or Fraction(limits["min"]) <= close <= Fraction(limits["max"])
    return close if close > 0 and inside else None


def aggregated(doc, samples):
    """Returns (value, used ids) or None, from a dict of id to closes."""
    count, quote = doc["sampling"]["samples"], doc["quote"]
    closes = {s["id"]: [usable(s, text) for text in samples.get(s["id"], [None] * count)] for s in doc["sources"]}
    columns = {}
    for source in doc["sources"]:
        if source.get("base", doc["base"]) != doc["base"]:
            continue
        column = closes[source["id"]]
        if source["quote"] != quote:
            rates = closes[source["convert"]["source"]] if "convert" in source else [None] * count
            column = [a * b if a is not None and b is not None else None for a, b in zip(column, rates)]
        columns[source["id"]] = column
    candles = []
    for i in range(count):
        present = [column[i] for column in columns.values() if column[i] is not None]
        if len(present) < doc["aggregation"]["minSources"]:
            return None
        candles.append(median(present))
    middle, width = median(candles), Fraction(doc["aggregation"]["clampPpm"], 10**6)
    product = Fraction(1)
    for candle in candles:
        product *= min(max(candle, middle * (1 - width)), middle * (1 + width))
    used = [name for name, column in columns.items() if any(close is not None for close in column)]
    value = floor_root(product * WAD**count, count)
    return (value, used) if 0 < value < INVALID else None


def samples_root(samples, opens):
    leaves = [
        # abi.encode(string, uint64, string): two offsets around the time, then both texts.
        words(96, opens[i], 96 + len(tail(name.encode()))) + tail(name.encode()) + tail(close.encode())
        for name in sorted(samples) for i, close in enumerate(samples[name]) if close is not None
    ]
    return h(tree(leaves)[0])


def aggregate_row(name, doc, samples, maturity=1_678_536_000):
    count, interval = doc["sampling"]["samples"], doc["sampling"]["intervalSeconds"]
    last = maturity // interval * interval
    opens = [last - (count - i) * interval for i in range(count)]
    result = aggregated(doc, samples)
    quotes = {s["id"]: s["quote"] for s in doc["sources"]}
    return {
        "document": doc, "kind": "abstain" if result is None else "value", "maturity": n(maturity), "name": name,
        "opens": [n(t) for t in opens], "sourcesRoot": samples_root(samples, opens),
        "samples": [{"closes": c, "quote": quotes[key], "sourceId": key} for key, c in samples.items()],
        "used": [] if result is None else result[1], "value": n(0 if result is None else result[0]),
    }


def walk(pick, start, count, digits=2, step=8):
    closes = [start]
    while len(closes) < count:
        closes.append(closes[-1] * (1 + pick.randrange(-step, step + 1) / 10_000))
    return [f"{close:.{digits}f}" for close in closes]


CONVERTING = [
    http("alpha"), http("beta", "USDT", convert={"source": "usdt-usd"}), http("gamma", "USDC", convert={"source": "usdc-usd"}),
    http("usdt-usd", base="USDT", bounds={"min": "0.5", "max": "1.5"}), http("usdc-usd", base="USDC"),
]


def medians():
    """One candle over several sources: name, minimum, closes."""
    return [
        ("odd: the middle one", 1, ["3", "1", "2"]),
        ("even: the mean of the two middle, half a unit of 1e-18 cut", 1, ["1", "1.000000000000000001"]),
        ("even: four, the mean of the second and third", 1, ["0.1", "0.2", "0.3", "0.4"]),
        ("ties are counted as often as they come", 1, ["5", "5", "5", "9"]),
        ("all the same", 4, ["7.5", "7.50", "75e-1", "0.75e1"]),
        ("five, one of them absurd", 3, ["100", "101", "99", "1e9", "100.5"]),
        ("exactly the minimum", 2, ["10", None, "12"]),
        ("one short of the minimum", 3, ["10", None, "12"]),
        ("nobody above zero", 1, ["0", "-1"]),
        ("the largest and the smallest exponent", 1, ["1e60", "1e-60", "2"]),
        ("an exponent too large is no close", 1, ["1e61", "4"]),
        ("texts that differ and numbers that do not", 1, ["1e0", "1.0", "1"]),
    ]


def windows():
    """One source over several candles: name, clamp in ppm, closes."""
    return [
        ("the end of the clamp itself is kept", 5_000, ["1000", "1000", "1005"]),
        ("one unit beyond the clamp", 5_000, ["1000", "1000", "1005.000000000000000001"]),
        ("one unit below the clamp", 5_000, ["1000", "1000", "994.999999999999999999"]),
        ("clamped on both sides", 5_000, ["1", "1000", "1000", "1000", "1000000"]),
        ("an even window has a median between two candles", 5_000, ["1000", "1010"]),
        ("the smallest value", 999_999, ["0.000000000000000001"] * 2),
        ("below the smallest value", 999_999, ["0.0000000000000000009"] * 2),
        ("the largest value", 0, ["340282366920938463463.374607431768211454"]),
        ("INVALID is no value", 0, ["340282366920938463463.374607431768211455"]),
        ("a perfect square", 999_999, ["4", "9"]),
        ("just below a perfect square", 999_999, ["4", "8.999999999999999999999999999999999999"]),
        ("thirty digits each", 5_000, ["1234.567890123456789012345678901", "1234.567890123456789012345678902"]),
    ]


def conversions():
    """Name, minimum, closes of one candle by source."""
    full = {"alpha": ["2000"], "beta": ["2010"], "gamma": ["1990"], "usdt-usd": ["0.995"], "usdc-usd": ["1.0051"]}
    return [
        ("two currencies, two rates", 3, full),
        ("a rate out of its bounds converts nothing", 2, {**full, "usdt-usd": ["0.4999"]}),
        ("a rate out of its bounds, and one is missed", 3, {**full, "usdt-usd": ["1.5001"]}),
        ("a rate on its bound", 3, {**full, "usdt-usd": ["1.5"]}),
        ("no rate at all", 2, {key: close for key, close in full.items() if key != "usdc-usd"}),
        ("only converted ones", 2, {key: close for key, close in full.items() if key != "alpha"}),
        ("rates alone are no value", 1, {key: full[key] for key in ("usdt-usd", "usdc-usd")}),
    ]


def aggregate_vectors():
    pick = random.Random(1)
    alpha, beta, gamma = http("alpha"), http("beta"), http("gamma")
    usdt = http("beta", "USDT", convert={"source": "usdt-usd"})
    rate = http("usdt-usd", base="USDT", bounds={"min": "0.5", "max": "1.5"})
    path = {name: walk(pick, 1480, 30) for name in ("alpha", "beta", "gamma")}
    calm = {"alpha": walk(pick, 1480, 30, step=2), "beta": walk(pick, 1481, 30, step=2), "gamma": walk(pick, 1479, 30, step=2)}
    spike = [*calm["alpha"][:10], "9999999.5", *calm["alpha"][11:]]
    holes = [None if i in (3, 4, 29) else close for i, close in enumerate(calm["beta"])]
    rates = walk(pick, 0.95, 30, 5, 3)
    bounded = {**alpha, "bounds": {"min": "1000", "max": "2000.00"}}
    write("aggregate", {"aggregates": [
        aggregate_row("one source", document([alpha]), {"alpha": path["alpha"]}),
        aggregate_row("three sources that wander", document([alpha, beta, gamma], least=2), path),
        aggregate_row("two sources: the mean of the two middle", document([alpha, beta], least=2),
                      {"alpha": calm["alpha"], "beta": calm["beta"]}),
        aggregate_row("a spike is clamped", document([alpha]), {"alpha": spike}),
        aggregate_row("a spike without a clamp to speak of", document([alpha], clamp=999_999), {"alpha": spike}),
        aggregate_row("a clamp of nothing prints the median", document([alpha], clamp=0), {"alpha": path["alpha"]}),
        aggregate_row("one manipulated source of three", document([alpha, beta, gamma], least=3),
                      {**calm, "gamma": ["2960.00"] * 30}),
        aggregate_row("holes that others fill", document([alpha, beta, gamma], least=2), {**calm, "beta": holes}),
        aggregate_row("holes that nobody fills", document([alpha, beta, gamma], least=3), {**calm, "beta": holes}),
        aggregate_row("a dead source", document([alpha, beta, gamma], least=2),
                      {"alpha": calm["alpha"], "gamma": calm["gamma"]}),
        aggregate_row("too many dead sources", document([alpha, beta, gamma], least=2), {"alpha": calm["alpha"]}),
        aggregate_row("converted", document([alpha, usdt, rate], least=2),
                      {"alpha": calm["alpha"], "beta": walk(pick, 1560, 30, 3), "usdt-usd": rates}),
        aggregate_row("a rate with a hole", document([alpha, usdt, rate], least=1),
                      {"alpha": calm["alpha"], "beta": walk(pick, 1560, 30, 3), "usdt-usd": [None, *rates[1:]]}),
        aggregate_row("a foreign quote without conversion", document([alpha, http("beta", "USDC"), http("gamma", "USDT")]),
                      {**calm, "beta": walk(pick, 1640, 30)}),
        aggregate_row("closes out of bounds", document([bounded, beta], least=1), {"alpha": spike, "beta": calm["beta"]}),
        aggregate_row("texts that are no closes", document([alpha, beta], least=1),
                      {"alpha": ["", "0", "-5", "NaN", "1,480", *calm["alpha"][5:]], "beta": calm["beta"]}),
        aggregate_row("an exponent", document([alpha], samples=2), {"alpha": ["1.48e3", "1480E-0"]}),
        aggregate_row("one candle", document([alpha], samples=1), {"alpha": ["0.000000000000000001"]}),
        aggregate_row("two candles, irrational mean", document([alpha], samples=2, clamp=999_999), {"alpha": ["1", "2"]}),
        aggregate_row("a maturity between two candles", document([alpha], samples=3),
                      {"alpha": ["1480", "1481", "1482"]}, maturity=1_678_536_059),
        *(aggregate_row(name, document([http(f"s{i}") for i in range(len(closes))], samples=1, least=least), {
            f"s{i}": [close] for i, close in enumerate(closes)}) for name, least, closes in medians()),
        *(aggregate_row(name, document([alpha], samples=len(closes), clamp=clamp), {"alpha": closes})
          for name, clamp, closes in windows()),
        *(aggregate_row(name, document(CONVERTING, samples=1, least=least), closes) for name, least, closes in conversions()),
        aggregate_row("hours, many", document([alpha, beta], samples=168, interval=3_600, least=2),
                      {"alpha": walk(pick, 1480, 168), "beta": walk(pick, 1480, 168, 8)}),
    ]})


if __name__ == "__main__":
    document_vectors()
    aggregate_vectors()
