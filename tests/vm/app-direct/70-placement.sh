#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory on Optane: as a node of its own (kmem), and as a DAX device.
# The last of this machine: the node that others need ends as a file system.
# timeout: 240
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

# A module that nobody has told anything yet.
unload_modules
check "module loads" load_tierscope

check_equal "the node without CPUs is inferred to be Optane" \
	"$("$PROBE" ask node id=2 | grep -o 'tier=2 source=0 cpus=0')" "tier=2 source=0 cpus=0"
check_equal "nodes with CPUs to be DRAM" "$("$PROBE" ask node-dump | grep -c 'tier=1 source=0 cpus=1')" 2
check_equal "its pages as the kernel counts them" \
	"$("$PROBE" ask node id=2 | grep -o 'present=[0-9]*')" \
	"present=$(awk '/^Node 2,/ { on = 1 } /^Node [013],/ { on = 0 } on && /^ *present/ { sum += $2 } END { print sum }' /proc/zoneinfo)"

SHAPE_AS=(numactl --membind=2)
shape anon=32M thp=32M shmem=8M && same_as_numa_maps "bound to Optane"
SHAPE_AS=()
check_expr "all its anonymous memory is there" "$(pages_of "$record" 2 12 0) >= 8192"
check_equal "and none of it in DRAM" \
	"$(pages_of "$record" 0 12 0) $(pages_of "$record" 1 12 0) $(pages_of "$record" 0 21 0) $(pages_of "$record" 1 21 0)" \
	"0 0 0 0"
check_expr "shared memory, too" "$(pages_of "$record" 2 12 2) >= 2048"

# ---- pages that move ----------------------------------------------------------

check "the kernel moves it to DRAM" migratepages "$pid" 2 0
same_as_numa_maps "moved to DRAM"
check_expr "none of its anonymous memory is left on Optane" \
	"$(pages_of "$record" 2 12 0) + $(pages_of "$record" 2 21 0) == 0"
end_shape

# ---- memory that comes and goes -------------------------------------------------

check "the device goes offline" daxctl reconfigure-device --mode=devdax --force dax0.0
said=$("$PROBE" ask node id=2)
check_equal "its node is gone" "${said%%:*}" "refused ENODEV"

shape dax=/dev/dax0.0,64M && record=$("$PROBE" ask placement pid="$pid" | head -1)
dax_pages=$(($(pages_of "$record" "" 12 3) + 512 * $(pages_of "$record" "" 21 3)))
check_equal "a DAX device's pages count" "$dax_pages" 16384
check_equal "on their target node, which is offline" \
	"$(($(pages_of "$record" 2 12 3) + 512 * $(pages_of "$record" 2 21 3)))" 16384
check_equal "the rest as in numa_maps" \
	"$(printf '%s\n' "$record" | nodes_of)" "$(numa_maps_nodes "$pid")"
end_shape

check "the device is memory again" daxctl reconfigure-device --mode=system-ram --force dax0.0
daxctl online-memory dax0.0 >/dev/null 2>&1
check_equal "its node is back" "$("$PROBE" ask node id=2 | grep -o 'cpus=0')" "cpus=0"
SHAPE_AS=(numactl --membind=2)
shape anon=16M && same_as_numa_maps "bound to Optane, once more"
SHAPE_AS=()
check_expr "all of it is there" "$(pages_of "$record" 2 12 0) >= 4096"
end_shape

# ---- a file system on it -----------------------------------------------------------

fsdax() {
	daxctl reconfigure-device --mode=devdax --force dax0.0 &&
		ndctl create-namespace --force --reconfig=namespace0.0 --mode=fsdax &&
		modprobe ext4 && mkfs.ext4 -q -E nodiscard /dev/pmem0 &&
		mount -o dax=always /dev/pmem0 "$WORK/dax"
}
mkdir "$WORK/dax"
check "the device gets a file system" fsdax
truncate -s 8M "$WORK/dax/hole"
shape file="$WORK/dax/hole" && record=$("$PROBE" ask placement pid="$pid" | head -1)
check_expr "holes of a file are zero pages" "$(field "$record" special) >= 2048"
check_equal "and nobody's memory" "$(pages_of "$record" "" 12 3) $(pages_of "$record" "" 21 3)" "0 0"
end_shape
shape write="$WORK/dax/hole" && record=$("$PROBE" ask placement pid="$pid" | head -1)
dax_pages=$(($(pages_of "$record" 2 12 3) + 512 * $(pages_of "$record" 2 21 3)))
check_equal "once written they are on Optane" "$dax_pages" 2048
end_shape
check "the file system goes" umount "$WORK/dax"

check "module unloads" rmmod tierscope
verdict
