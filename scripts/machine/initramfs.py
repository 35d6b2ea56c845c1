# SPDX-License-Identifier: GPL-2.0-or-later
"""The initramfs: busybox, the modules that reach the host, and two scripts."""

import lzma
import os
import shlex
import shutil
import subprocess

BUSYBOX = "/bin/busybox"
MODULES = ("virtio_pci", "virtio_console", "virtio_blk", "9p", "9pnet_virtio", "overlay")
GUEST = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guest")

# Where the guest mounts file systems of its own.
COVERED = ("/run", "/dev", "/proc", "/sys")


def modules(kernel):
    """Files of the modules and of what they need, in the order to load them."""
    with open(os.path.join(kernel, "release"), encoding="utf-8") as file:
        release = file.read().strip()
    lines = subprocess.run(
        ["/sbin/modprobe", "-C", "/dev/null", "-d", os.path.join(kernel, "root"), "-S", release,
         "--show-depends", "-a", *MODULES],
        capture_output=True, text=True, check=True).stdout.splitlines()
    return list(dict.fromkeys(line.split()[1] for line in lines if line.startswith("insmod ")))


def kept(paths):
    """Those of the paths that the guest's own file systems would hide."""
    result = []
    for path in sorted(set(paths)):
        inside = any(path == top or path.startswith(top + "/") for top in COVERED)
        if inside and not any(path == other or path.startswith(other + "/") for other in result):
            result.append(path)
    return result


def assignments(values):
    return "".join(f"{key}={shlex.quote(str(value))}\n" for key, value in values.items())


def build(directory, kernel, config, environment, command, paths):
    """Makes directory/initramfs. `paths` are what the command must be able to see."""
    root = os.path.join(directory, "root")
    os.makedirs(os.path.join(root, "bin"))
    os.makedirs(os.path.join(root, "modules"))
    shutil.copy(BUSYBOX, os.path.join(root, "bin", "busybox"))
    for name in ("init", "main"):
        shutil.copy(os.path.join(GUEST, name), os.path.join(root, name))

    names = []
    for path in modules(kernel):
        name = os.path.basename(path).removesuffix(".xz")
        names.append(name)
        # Debian's 6.12 has them compressed; busybox cannot load them so.
        with (lzma.open(path) if path.endswith(".xz") else open(path, "rb")) as source, \
                open(os.path.join(root, "modules", name), "wb") as target:
            shutil.copyfileobj(source, target)

    def write(name, text):
        with open(os.path.join(root, name), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)

    write("modules/order", "".join(name + "\n" for name in names))
    write("keep-paths", "".join(path + "\n" for path in kept(paths)))
    write("config", assignments(config))
    write("command", "exec env -i \\\n"
          + "".join(f"\t{shlex.quote(f'{key}={value}')} \\\n" for key, value in environment.items())
          + "\t" + shlex.join(command) + "\n")

    listing = subprocess.run(["find", "."], cwd=root, capture_output=True, check=True).stdout
    with open(os.path.join(directory, "initramfs"), "wb") as target:
        subprocess.run([BUSYBOX, "cpio", "-o", "-H", "newc"], cwd=root, input=listing,
                       stdout=target, stderr=subprocess.DEVNULL, check=True)
    shutil.rmtree(root)
