#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the checksums of ciphertexts that encryption.c knows, for N = 4 and 16.

Encryption as the papers have it and in nothing but long integers: coefficients
modulo the product of all primes, products as in school, values one by one. Only
what is drawn, and in which order, is as in the library.
"""
import struct

PRIMES = [1073692673, 4169729, 4120577]
SPECIAL = 1073668097
SECRET_KEY, PUBLIC_KEY, ENCRYPTION = 1, 2, 3
WORD = (1 << 64) - 1


def chacha20_block(key, counter, nonce):
    """RFC 8439, section 2.3."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce))
    x = state[:]

    def add_rotate(a, b, c, by):
        x[a] = (x[a] + x[b]) & 0xFFFFFFFF
        x[c] ^= x[a]
        x[c] = (x[c] << by | x[c] >> (32 - by)) & 0xFFFFFFFF

    for turn in [0, 1] * 10:
        for i in range(4):
            a, b, c, d = (4 * row + (i + turn * row) % 4 for row in range(4))
            add_rotate(a, b, d, 16)
            add_rotate(c, d, b, 12)
            add_rotate(a, b, d, 8)
            add_rotate(c, d, b, 7)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(x, state)))


def stream(seed, purpose, number=0):
    key, nonce = struct.pack("<Q", seed) + bytes(24), struct.pack("<IQ", purpose, number)
    counter = 0
    while True:
        yield from chacha20_block(key, counter, nonce)
        counter += 1


def draw(random, n):
    return int.from_bytes(bytes(next(random) for _ in range(n)), "little")


def ternary(random, n):
    numbers = []
    while len(numbers) < n:
        x = draw(random, 1)
        if x < 255:
            numbers.append(x % 3 - 1)
    return numbers


def errors(random, n):
    def bits():
        return bin(draw(random, 3) & (1 << 21) - 1).count("1")

    return [bits() - bits() for _ in range(n)]


def uniform(random, q, n):
    numbers = []
    while len(numbers) < n:
        x = draw(random, (q.bit_length() + 7) // 8) & (1 << q.bit_length()) - 1
        if x < q:
            numbers.append(x)
    return numbers


def points(q, n):
    """Where polynomials are evaluated: odd powers of a root of unity, in bit-reversed order."""
    root = next(
        root
        for root in (pow(x, (q - 1) // (2 * n), q) for x in range(2, q))
        if pow(root, n, q) == q - 1
    )
    digits = n.bit_length() - 1
    return [pow(root, 2 * int(f"{j:0{digits}b}"[::-1], 2) + 1, q) for j in range(n)]


def values(polynomial, q):
    n = len(polynomial)
    return [sum(a * pow(x, i, q) for i, a in enumerate(polynomial)) % q for x in points(q, n)]


def polynomial_of(row, q):
    n = len(row)
    at = points(q, n)
    return [
        pow(n, -1, q) * sum(y * pow(x, -i, q) for x, y in zip(at, row)) % q for i in range(n)
    ]


def compose(rows, primes, product):
    """Numbers modulo the product from residues."""
    bases = [product // q * pow(product // q, -1, q) for q in primes]
    return [sum(x * base for x, base in zip(column, bases)) % product for column in zip(*rows)]


def times(a, b):
    n = len(a)
    product = [0] * n
    for i in range(n):
        for j in range(n):
            product[(i + j) % n] += a[i] * b[j] if i + j < n else -a[i] * b[j]
    return product


def divide(x, p):
    remainder = x % p
    return (x - (remainder - p if remainder > p // 2 else remainder)) // p


def message(n):
    """Of fill_message(), by splitmix64."""
    state, numbers, limit = 9, [], 1 << 24
    for _ in range(n):
        state = state + 0x9E3779B97F4A7C15 & WORD
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
        numbers.append((z ^ z >> 31) % (2 * limit + 1) - limit)
    return numbers


def fnv1a(data):
    checksum = 0xCBF29CE484222325
    for byte in data:
        checksum = (checksum ^ byte) * 0x100000001B3 & WORD
    return checksum


def ciphertext(n):
    primes, product = PRIMES + [SPECIAL], SPECIAL
    for q in PRIMES:
        product *= q
    secret = ternary(stream(n, SECRET_KEY), n)
    random = stream(n, PUBLIC_KEY)
    error = errors(random, n)
    a = compose([polynomial_of(uniform(random, q, n), q) for q in primes], primes, product)
    b = [-x - e for x, e in zip(times(a, secret), error)]
    random = stream(n, ENCRYPTION)
    mask, error_0, error_1 = ternary(random, n), errors(random, n), errors(random, n)
    words = []
    for half, error, text in ((b, error_0, message(n)), (a, error_1, [0] * n)):
        level = [(x + e) % product for x, e in zip(times(mask, half), error)]
        for q in PRIMES:
            words += values([divide(x, SPECIAL) + m for x, m in zip(level, text)], q)
    return struct.pack(f"<{len(words)}Q", *words)


for degree in (4, 16):
    print(f"{degree} {fnv1a(ciphertext(degree)):016x}")
