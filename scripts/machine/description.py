# SPDX-License-Identifier: GPL-2.0-or-later
"""The description of a machine: what its file says, and where its memory lies."""

from dataclasses import dataclass
import os

GIB = 1 << 30

DEFAULTS = {
    "mode": None, "sockets": None, "vcpus": None, "dram_bytes": None,
    "pmem_bytes": "0", "pmem_socket": "0",
    "llc_bytes": None, "llc_ways": None, "near_bytes": "0",
    "fetch_on_write_miss": "1", "ddo_percent": "0", "dclk_hz": None,
    "plugin": "1", "icount": "", "append": "",
}
MODES = ("dram-only", "memory-mode", "app-direct")
WORDS = ("mode", "icount", "append")

# What the uapi header of the region has room for.
SOCKETS_MAX = 2
VCPUS_MAX = 16


class BadMachine(Exception):
    """A machine that cannot be: the sentence says why."""


@dataclass
class Block:
    """A part of a RAM block that is contiguous for the guest."""
    name: str
    file: str
    base: int
    size: int
    socket: int
    medium: str
    offset: int = 0

    def line(self):
        return (f"block={self.name}:{self.file}:{self.base}:{self.size}"
                f":{self.socket}:{self.medium}:{self.offset}")


def parse_size(key, text):
    number, unit = text, 1
    if text[-1:] in ("K", "M", "G"):
        number, unit = text[:-1], {"K": 1 << 10, "M": 1 << 20, "G": GIB}[text[-1]]
    if not number.isdecimal():
        raise BadMachine(f"{key}: '{text}' is not a number, nor one with K, M or G")
    return int(number) * unit


class Machine:
    """One machine: its keys as attributes, numbers as integers."""

    def __init__(self, path, overrides):
        self.name = os.path.basename(path)
        values = dict(DEFAULTS)
        for key, value in list(self._read(path)) + list(overrides):
            if key not in values:
                raise BadMachine(f"machine {self.name}: no such key: {key}")
            values[key] = value
        for key, value in values.items():
            if value is None:
                raise BadMachine(f"machine {self.name}: key {key} is missing")
            setattr(self, key, value if key in WORDS else parse_size(key, value))
        self._check()

    @staticmethod
    def _read(path):
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.split("#", 1)[0].strip()
                if not line:
                    continue
                key, equals, value = line.partition("=")
                if not equals:
                    raise BadMachine(f"{path}:{number}: not a key=value line: {line}")
                yield key.strip(), value.strip()

    def _check(self):
        def need(condition, sentence):
            if not condition:
                raise BadMachine(f"machine {self.name}: {sentence}")

        need(self.mode in MODES, f"mode {self.mode} is none of {', '.join(MODES)}")
        need(1 <= self.sockets <= SOCKETS_MAX, f"sockets must be 1 to {SOCKETS_MAX}")
        need(0 < self.vcpus <= VCPUS_MAX and self.vcpus % self.sockets == 0,
             f"vcpus must be 1 to {VCPUS_MAX} and as many in each socket")
        need(self.dram_bytes >= 256 << 20 and self.dram_bytes % (2 << 20) == 0,
             "dram_bytes must be 256M or more, in steps of 2M")
        need((self.mode == "app-direct") == (self.pmem_bytes > 0),
             "pmem_bytes belongs to app-direct, and app-direct needs it")
        need(self.pmem_bytes % (128 << 20) == 0, "pmem_bytes comes in steps of 128M")
        need(self.pmem_socket < self.sockets, "pmem_socket is not one of its sockets")
        need((self.mode == "memory-mode") == (self.near_bytes > 0),
             "near_bytes belongs to memory-mode, and memory-mode needs it")
        need(self.near_bytes % 64 == 0, "near_bytes comes in lines of 64 bytes")
        need(self.llc_ways > 0 and self.llc_bytes > 0 and self.llc_bytes % (64 * self.llc_ways) == 0,
             "llc_bytes must be whole sets of llc_ways lines of 64 bytes")
        need(self.ddo_percent <= 100, "ddo_percent is more than 100")
        need(not self.icount or (self.icount.isdecimal() and self.vcpus == 1),
             "icount is a number, and works with one vCPU only")

    @property
    def ram_bytes(self):
        return self.sockets * self.dram_bytes

    def blocks(self, directory):
        """The RAM blocks in guest-physical order, those that straddle in two."""
        # hw/i386/pc_q35.c of QEMU 7.2: with 2.75 GiB of memory or more, what is
        # above 2 GiB continues at 4 GiB, so that PCI has its hole.
        low = self.ram_bytes if self.ram_bytes < 0xb0000000 else 2 * GIB
        # What the guest's memory is made of behind the near memory, if any.
        medium = "pmem" if self.mode == "memory-mode" else "dram"
        blocks, at = [], 0
        for socket in range(self.sockets):
            offset = 0
            while offset < self.dram_bytes:
                size = self.dram_bytes - offset
                if at < low:
                    size = min(size, low - at)
                base = at if at < low else 4 * GIB + at - low
                name = f"node{socket}"
                blocks.append(Block(name, f"{directory}/{name}", base, size, socket, medium, offset))
                offset, at = offset + size, at + size
        if self.pmem_bytes:
            blocks.append(Block("pmem0", f"{directory}/pmem0", self.pmem_base(), self.pmem_bytes,
                                self.pmem_socket, "pmem"))
        return blocks

    def pmem_base(self):
        """Where hw/i386/pc.c puts device memory: the next GiB after the memory."""
        above = max(0, self.ram_bytes - 2 * GIB) if self.ram_bytes >= 0xb0000000 else 0
        return (4 * GIB + above + GIB - 1) // GIB * GIB

    def plugin_text(self, blocks):
        """The machine as the plugin reads it."""
        keys = ("mode", "sockets", "vcpus", "llc_bytes", "llc_ways", "near_bytes",
                "fetch_on_write_miss", "ddo_percent", "dclk_hz")
        lines = [f"{key}={getattr(self, key)}" for key in keys]
        return "\n".join(lines + [block.line() for block in blocks]) + "\n"
