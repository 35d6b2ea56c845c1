#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory on Optane: as a node of its own (kmem), and as a DAX device.
# The last of this machine: the node that others need ends as a file system.
# timeout: 240
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

# dax_pages [NODE] SHIFT: leaves of $record that are DAX
dax_pages() { pages_of "$record" "$1" "$2" 3; }

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

shape dax=/dev/dax0.0,64M && same_as_numa_maps "DAX device"
check_equal "a DAX device's pages count, on their target node, which is offline" \
	"$(dax_pages "" 12) $(dax_pages 2 21)" "0 32"
end_shape
shape dax=/dev/dax0.0,8M deny && same_as_numa_maps "DAX device, protected"
check_equal "and waits for no hinting fault" "$(dax_pages 2 21) $(field "$record" hinted)" "4 0"
end_shape
shape dax=/dev/dax0.0,4M fork again && same_as_numa_maps "DAX device, forked"
check_equal "as much in the child" "$(dax_pages 2 21)" 2
end_shape

check "the device is memory again" daxctl reconfigure-device --mode=system-ram --force dax0.0
daxctl online-memory dax0.0 >/dev/null 2>&1
check_equal "its node is back" "$("$PROBE" ask node id=2 | grep -o 'cpus=0')" "cpus=0"
SHAPE_AS=(numactl --membind=2)
shape anon=16M && same_as_numa_maps "bound to Optane, once more"
SHAPE_AS=()
check_expr "all of it is there" "$(pages_of "$record" 2 12 0) >= 4096"
end_shape

# ---- pages of another size ---------------------------------------------------------

# devdax ALIGNMENT: the device anew, with pages of that size
devdax() { ndctl create-namespace --force --reconfig=namespace0.0 --mode=devdax --map=mem --align="$1"; }

check "the device goes offline again" daxctl reconfigure-device --mode=devdax --force dax0.0
check "the device has small pages" devdax 4K
shape dax=/dev/dax0.0,4M && same_as_numa_maps "DAX device by 4 KiB"
check_equal "small pages of a DAX device" "$(dax_pages 2 12)" 1024
end_shape

check "the device has pages of 1 GiB" devdax 1G
shape dax=/dev/dax0.0,1G,1G && same_as_numa_maps "DAX device by 1 GiB"
check_equal "one page of 1 GiB of a DAX device" "$(dax_pages 2 30)" 1
end_shape

# ---- a file system on it -----------------------------------------------------------

# The stride is a huge page.
fsdax() {
	ndctl create-namespace --force --reconfig=namespace0.0 --mode=fsdax &&
		modprobe ext4 && mkfs.ext4 -q -E nodiscard,stride=512,stripe-width=512 /dev/pmem0 &&
		mount -o dax=always /dev/pmem0 "$WORK/dax"
}
mkdir "$WORK/dax"
check "the device gets a file system" fsdax
truncate -s 8M "$WORK/dax/hole"
shape file="$WORK/dax/hole" && same_as_numa_maps "file on DAX, a hole"
check_expr "holes of a file are zero pages" "$(field "$record" special) >= 2048"
check_equal "and nobody's memory" "$(dax_pages "" 12) $(dax_pages "" 21)" "0 0"
end_shape
shape write="$WORK/dax/hole" && same_as_numa_maps "file on DAX, written"
check_equal "once written they are on Optane" "$(($(dax_pages 2 12) + 512 * $(dax_pages 2 21)))" 2048
end_shape
fallocate -l 8M "$WORK/dax/whole"
shape write="$WORK/dax/whole" && same_as_numa_maps "file on DAX, in one piece"
echo "# in one piece: $(dax_pages 2 21) huge pages"
end_shape
# Every second page is a copy, in DRAM.
shape copy="$WORK/dax/whole" && same_as_numa_maps "file on DAX, copied"
check_equal "what is not copied is on Optane" "$(dax_pages 2 12) $(dax_pages 2 21)" "1024 0"
end_shape
check "the file system goes" umount "$WORK/dax"

check "module unloads" rmmod tierscope
verdict
