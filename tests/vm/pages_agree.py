#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares `tierscope placement --pages PID --format csv`, on standard input,
with what the kernel says itself: /proc/PID/pagemap (address and frame),
/proc/kpageflags (huge pages, pages of zeros) and the memory blocks of sysfs
(node). Prints every difference and, last, "N pages of S bytes" for each size.

    pages_agree.py PID [START END]
"""

import csv
import glob
import os
import re
import struct
import sys

PAGE = 4096
PRESENT = 1 << 63
FRAME = (1 << 55) - 1
ZERO_PAGE, HUGE, THP = 1 << 24, 1 << 17, 1 << 22	# linux/kernel-page-flags.h


def words(path, first, count):
    """Words of 8 bytes from a file of /proc."""
    with open(path, "rb", buffering=0) as file:
        data = os.pread(file.fileno(), count * 8, first * 8)
    return struct.unpack(f"{len(data) // 8}Q", data)


def kernels(pid, start, end):
    """What pagemap says: address -> frame, of what is present."""
    frames = {}
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        ranges = [[int(word, 16) for word in line.split()[0].split("-")] for line in maps]
    for low, high in ranges:
        low, high = max(low, start), min(high, end)
        if low >= high or low >= 1 << 63:
            continue	# outside, or [vsyscall], which is no mapping
        for i, word in enumerate(words(f"/proc/{pid}/pagemap", low // PAGE, (high - low) // PAGE)):
            if word & PRESENT:
                frames[low + i * PAGE] = word & FRAME
    return frames


def blocks():
    """Number of a memory block -> its node, and a block's frames."""
    with open("/sys/devices/system/memory/block_size_bytes", encoding="utf-8") as file:
        frames = int(file.read(), 16) // PAGE
    nodes = {}
    for path in glob.glob("/sys/devices/system/node/node*/memory*"):
        found = re.search(r"node(\d+)/memory(\d+)$", path)
        if found:
            nodes[int(found.group(2))] = found.group(1)
    return nodes, frames


def main():
    pid = sys.argv[1]
    start, end = (int(word, 16) for word in sys.argv[2:4]) if len(sys.argv) > 2 else (0, 1 << 64)
    expected = kernels(pid, start, end)
    nodes, frames_a_block = blocks()
    differences, sizes, last, seen = [], {}, 0, {}
    for row in csv.DictReader(sys.stdin):
        address, frame, size = int(row["address"], 16), int(row["frame"]), int(row["page_bytes"])
        flags = row["flags"].split()
        sizes[size] = sizes.get(size, 0) + 1
        if address < last or address % size:
            differences.append(f"{address:x}: not ascending, or not aligned")
        last = address + size
        for i in range(size // PAGE):
            seen[address + i * PAGE] = frame + i
        said = words("/proc/kpageflags", frame, 1)
        said = said[0] if said else 0
        if size > PAGE and not said & (HUGE | THP):
            differences.append(f"{address:x}: {size} bytes, and flags {said:x}")
        if said & ZERO_PAGE and ("special" not in flags or "write" in flags):
            differences.append(f"{address:x}: a page of zeros is {flags}")
        node = nodes.get(frame // frames_a_block)
        if row["node"] != ("" if "special" in flags else node):
            differences.append(f"{address:x}: node {row['node']}, not {node}, {flags}")
    for address in sorted(expected.keys() | seen.keys()):
        if expected.get(address) != seen.get(address):
            differences.append(f"{address:x}: frame {seen.get(address)}, not {expected.get(address)}")
    print("\n".join(differences[:20]))
    print(f"{len(expected)} pages present, {len(differences)} differences")
    for size, count in sorted(sizes.items()):
        print(f"{count} pages of {size} bytes")
    return 1 if differences or not expected else 0


sys.exit(main())
