# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of QEMU for a machine."""

import functools
import re
import subprocess

BINARY = "qemu-system-x86_64"

# The plugin reads a private structure of QEMU, whose layout this is known for.
PLUGIN_VERSION = "7.2"

# Latencies and bandwidths that the firmware tables state; the kernel derives
# memory tiers from them. DRAM and Optane of a Cascade Lake as in Yang et al.,
# "An Empirical Guide to the Behavior and Use of Scalable Persistent Memory",
# FAST'20 (section 3: idle random read 81 ns and 305 ns; 6 DIMMs a socket).
LATENCY_NS = {"dram": (80, 140), "pmem": (305, 380)}
BANDWIDTH_GB = {"dram": (100, 34), "pmem": (39, 10)}

KERNEL_WORDS = (
    "console=ttyS0 loglevel=7 panic=-1 rdinit=/init "
    # A busy host stops a vCPU for seconds; that is no fault of the guest.
    "rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30 "
    # The TSC of a vCPU is the clock of the host: it neither stops nor drifts.
    "tsc=reliable "
    # Nor is a timer broken that does not tick while a busy host looks away.
    "no_timer_check "
    # What a Cascade Lake has in silicon (RDCL_NO, enhanced IBRS) the emulated
    # one lacks, and makes the kernel exchange page tables at every system call,
    # which costs six times as much in emulation as the call.
    "mitigations=off "
    # A program that is at the same addresses each time starts twice as fast in
    # emulation, and most of what the tests do is to start programs.
    "norandmaps"
)


@functools.cache
def version():
    """Version of the QEMU that would run, such as 7.2.22."""
    text = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"version (\d+\.\d+\.\d+)", text)
    return match.group(1) if match else "of an unknown kind"


def takes_plugins():
    """Whether that QEMU is one that the plugins are made for."""
    return version().startswith(PLUGIN_VERSION + ".")


def clock_words(tsc_program, machine):
    """What the kernel must know of its clock. Its own calibration is a loop of
    a few milliseconds, and far off if the host stops it in there. Under icount
    the counter is not the host's."""
    if machine.icount:
        return ""
    try:
        khz = subprocess.run([tsc_program], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"tsc_early_khz={khz}"


def quote(path):
    """In an option of QEMU a comma is doubled."""
    return str(path).replace(",", ",,")


def numa(machine, directory):
    """Memory, nodes, and the firmware tables that describe them."""
    per_socket = machine.vcpus // machine.sockets
    nodes = []
    args = ["-smp", f"{machine.vcpus},sockets={machine.sockets},cores={per_socket},threads=1"]
    memory = f"{machine.ram_bytes >> 20}M"
    if machine.pmem_bytes:
        memory += f",slots=1,maxmem={machine.ram_bytes + machine.pmem_bytes >> 20}M"
    args += ["-m", memory]
    for socket in range(machine.sockets):
        cpus = f"{socket * per_socket}-{(socket + 1) * per_socket - 1}"
        args += ["-object", f"memory-backend-file,id=node{socket},share=on,size={machine.dram_bytes},"
                            f"mem-path={quote(directory)}/node{socket}",
                 "-numa", f"node,nodeid={socket},memdev=node{socket},cpus={cpus},initiator={socket}"]
        nodes.append((socket, socket, "dram"))
    if machine.pmem_bytes:
        node = machine.sockets
        args += ["-object", f"memory-backend-file,id=pmem0,share=on,size={machine.pmem_bytes},"
                            f"mem-path={quote(directory)}/pmem0",
                 "-numa", f"node,nodeid={node},initiator={machine.pmem_socket}",
                 "-device", f"nvdimm,id=nvdimm0,memdev=pmem0,node={node},addr={machine.pmem_base()}"]
        nodes.append((node, machine.pmem_socket, "pmem"))
    for initiator in range(machine.sockets):
        for node, socket, medium in nodes:
            remote = int(socket != initiator)
            where = f"hmat-lb,initiator={initiator},target={node},hierarchy=memory"
            args += ["-numa", f"{where},data-type=access-latency,latency={LATENCY_NS[medium][remote]}",
                     "-numa", f"{where},data-type=access-bandwidth,bandwidth={BANDWIDTH_GB[medium][remote]}G"]
    if machine.near_bytes:
        for socket in range(machine.sockets):
            args += ["-numa", f"hmat-cache,node-id={socket},size={machine.near_bytes},level=1,"
                              "associativity=direct,policy=write-back,line=64"]
    return args


def streams(fds):
    """A virtio-serial port for every stream, numbered from 1."""
    args = ["-device", f"virtio-serial-pci,max_ports={len(fds) + 1}"]
    for number, fd in enumerate(fds, 1):
        args += ["-chardev", f"socket,id=stream{number},fd={fd}",
                 "-device", f"virtserialport,chardev=stream{number},nr={number}"]
    return args


def command(machine, directory, kernel, initramfs, out, disk, fds, plugin, yielder, tsc_program):
    """All of it. `plugin` is None or the path of the simulator, `yielder` None or
    that of what lets vCPUs yield, `tsc_program` measures the time-stamp counter of
    the host."""
    accel = "tcg,thread=single" if machine.icount else "tcg,thread=multi"
    args = [BINARY, "-nodefaults", "-display", "none", "-no-reboot", "-nic", "none",
            "-accel", accel,
            # No PMU and no page table of the host's hypervisor; `rep movsb`
            # goes byte by byte in emulation, so the guest must not prefer it.
            "-cpu", "Cascadelake-Server,-hypervisor,-erms",
            "-machine", "q35,hmat=on,nvdimm=" + ("on" if machine.pmem_bytes else "off"),
            "-serial", f"file:{quote(directory)}/kernel.log",
            "-kernel", kernel, "-initrd", initramfs,
            "-append", f"{KERNEL_WORDS} {clock_words(tsc_program, machine)} {machine.append}".strip()]
    if machine.icount:
        args += ["-icount", f"shift={machine.icount}"]
    args += numa(machine, directory)
    args += streams(fds)
    args += ["-virtfs", "local,path=/,security_model=none,readonly=on,multidevs=remap,mount_tag=host",
             "-virtfs", f"local,path={quote(out)},security_model=none,multidevs=remap,mount_tag=out",
             "-drive", f"if=virtio,format=raw,file={quote(disk)}"]
    if yielder:
        args += ["-plugin", quote(yielder)]
    if plugin:
        args += ["-object", f"memory-backend-file,id=region,share=on,size=1M,mem-path={quote(directory)}/region",
                 "-device", "ivshmem-plain,memdev=region",
                 "-plugin", f"{quote(plugin)},region={quote(directory)}/region,machine={quote(directory)}/machine"]
    return args
