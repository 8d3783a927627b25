"""mean-tick: 1.0001 to the power of a mean tick, to 18 significant digits, cut; by the decimal module with 150 digits."""

import random
from decimal import ROUND_DOWN, Decimal, getcontext

from vectors import write

DIGITS = 18
MAX_TICK = 887_272
getcontext().prec = 150


def ratio(cumulative, seconds, shift):
    value = Decimal("1.0001") ** (Decimal(cumulative) / Decimal(seconds)) * Decimal(10) ** shift
    last = Decimal(10) ** (value.adjusted() - DIGITS + 1)
    return format((value / last).to_integral_value(ROUND_DOWN) * last, "f")


def row(cumulative, seconds, shift):
    return {"cumulative": str(cumulative), "ratio": ratio(cumulative, seconds, shift), "seconds": str(seconds), "shift": shift}


def rows():
    pick = random.Random(1)
    # Whole powers that end before 18 digits: bounds around them must meet.
    exact = [(tick * seconds, seconds, shift) for tick in range(6) for seconds in (1, 60) for shift in (0, 12, -12)]
    ends = [(sign * MAX_TICK * 60, 60, shift) for sign in (1, -1) for shift in (0, 18, -18)]
    near = [(sign, seconds, 0) for sign in (1, -1) for seconds in (2, 3, 1_800, 86_400)]
    some = [(pick.randrange(-MAX_TICK * s, MAX_TICK * s), s, pick.randrange(-18, 19)) for s in (1, 12, 60, 1_800) * 10]
    return [row(*one) for one in exact + ends + near + some]


if __name__ == "__main__":
    write("mean-tick", {"ratios": rows()})
