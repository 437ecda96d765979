"""Writes fsum.txt: in each line the sum by math.fsum, then the terms."""
import math
import random

random.seed(20)


def term(spread):
    return math.ldexp(random.uniform(-1, 1), random.randint(-spread - 60, spread))


with open("fsum.txt", "w") as out:
    for case in range(120):
        spread = [0, 3, 60, 900, 1010][case % 5]
        terms = [term(spread) for _ in range(random.choice([1, 2, 3, 7, 20]))]
        if case % 2:
            terms += [-t * random.choice([1, 1, 1 + 2**-52]) for t in terms]
        if case % 3 == 0:
            terms += [1 + 2**-52, 2**-53, random.choice([-1, 0, 1]) * 2.0**-1074]
        random.shuffle(terms)
        print(*map(float.hex, [math.fsum(terms)] + terms), file=out)
