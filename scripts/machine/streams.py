# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest says: its command's output, handed on, and its control line."""

import os
import socket
import threading
import time


class Stream(threading.Thread):
    """One port of the guest: `ours` is read here, `theirs` is QEMU's."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ours, self.theirs = socket.socketpair()

    def chunks(self):
        while True:
            try:
                chunk = self.ours.recv(1 << 16)
            except ConnectionError:
                return
            if not chunk:
                return
            yield chunk


class Output(Stream):
    """Copies a port to a descriptor, as it comes, up to a token that ends it."""

    def __init__(self, fd, token):
        super().__init__()
        self.fd, self.token = fd, token
        self.ended = threading.Event()

    def run(self):
        held = b""
        for chunk in self.chunks():
            held += chunk
            if self.token in held:
                self._write(held.partition(self.token)[0])
                self.ended.set()
                return
            # Hold back no more than what may be the token's beginning.
            keep = next(size for size in range(min(len(held), len(self.token) - 1), -1, -1)
                        if held.endswith(self.token[:size]))
            self._write(held[:len(held) - keep])
            held = held[len(held) - keep:]
        self._write(held)

    def _write(self, data):
        while data and self.fd is not None:
            try:
                data = data[os.write(self.fd, data):]
            except OSError:
                self.fd = None  # the reader has gone; the command may go on


class Control(Stream):
    """That the guest is alive, now and then, that it starts the command, and its
    last word: ("exit", status) or ("failed", sentence)."""

    def __init__(self):
        super().__init__()
        self.word = None
        self.started = False
        self.spoken = threading.Event()
        self.heard = time.monotonic()

    def run(self):
        said = b""
        for chunk in self.chunks():
            self.heard = time.monotonic()
            *lines, said = (said + chunk).split(b"\n")
            self.started = self.started or b"started" in lines
            words = [line for line in lines if line not in (b"alive", b"started")]
            if words:
                kind, _, rest = words[0].decode(errors="replace").partition(" ")
                self.word = (kind, rest)
                break
        self.spoken.set()

    def dismiss(self):
        """Tells the guest that everything has arrived."""
        try:
            self.ours.sendall(b"\n")
        except OSError:
            pass
