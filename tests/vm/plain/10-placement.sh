#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes of every shape, counted as numa_maps counts them, mapping by mapping,
# and what numa_maps leaves out as other files of the kernel have it. (Shapes of
# DAX are in app-direct/70-placement.)
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

LIBC=/usr/lib/x86_64-linux-gnu/libc.so.6
libc_pages=$(($(stat -c %s "$LIBC") + 4095 >> 12))
pool=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
transparent=/sys/kernel/mm/transparent_hugepage
ksm=/sys/kernel/mm/ksm

check "module loads" load_tierscope
echo always >$transparent/enabled
echo advise >$transparent/shmem_enabled
echo 8 >$pool

# ---- anonymous memory ------------------------------------------------------------

shape anon=8M && same_as_numa_maps "anonymous"
check_expr "anonymous: 4 KiB pages" "$(pages_of "$record" "" 12 0) >= 2048"
end_shape

shape bind=1 anon=6M && same_as_numa_maps "bound"
check_expr "bound: on its node" "$(pages_of "$record" 1 12 0) >= 1536"
end_shape

shape thp=16M && same_as_numa_maps "huge"
check_expr "huge: pages of 2 MiB" "$(pages_of "$record" "" 21 0) >= 8"
end_shape

# From 6.8 on, folios of other sizes; they are mapped by small entries.
if [ -d $transparent/hugepages-64kB ]; then
	echo always >$transparent/hugepages-64kB/enabled
	shape thp=1M thp=256K && same_as_numa_maps "huge, of 64 KiB"
	check_expr "huge, of 64 KiB: 4 KiB pages" "$(pages_of "$record" "" 12 0) >= 320"
	end_shape
	echo never >$transparent/hugepages-64kB/enabled
fi

shape zero=4M && same_as_numa_maps "zero"
check_expr "zero: is special" "$(field "$record" special) >= 1024"
end_shape

shape huge-zero=8M && same_as_numa_maps "huge zero"
check_expr "huge zero: is special" "$(field "$record" special) >= 2048"
end_shape

shape locked=4M && same_as_numa_maps "locked"
check_expr "locked: is there untouched" "$(pages_of "$record" "" 12 0) >= 1024"
check_equal "locked: says smaps" "$(awk '/^Locked:/ { kb += $2 } END { print kb }' "/proc/$pid/smaps")" 4096
end_shape

shape free=4M && same_as_numa_maps "given up"
check_expr "given up: is there until it is needed" "$(pages_of "$record" "" 12 0) >= 1024"
end_shape

shape protected=4M thp=4M deny hugetlb=4M deny && same_as_numa_maps "protected"
check_equal "protected: nothing waits for a hinting fault" "$(field "$record" hinted)" 0
check_expr "protected: small and huge pages" \
	"$(pages_of "$record" "" 12 0) >= 1024 && $(pages_of "$record" "" 21 0) == 4"
end_shape

shape many=3000 && same_as_numa_maps "many mappings"
check_expr "many mappings: each of them" "$(grep -c '^mapping ' "$WORK/mappings") >= 3000"
end_shape

shape poisoned=1M && same_as_numa_maps "poisoned"
check "poisoned: one page is" grep -q ' 1 pages poisoned' "$WORK/explained"
end_shape

# ---- files -------------------------------------------------------------------------

shape private="$LIBC" && same_as_numa_maps "private file"
check_expr "private file: is file" "$(pages_of "$record" "" 12 1) >= $libc_pages"
end_shape

# Every second page is a copy, and so anonymous.
before=$(shape fork && "$PROBE" ask placement pid="$pid" | head -1; end_shape)
shape copy="$LIBC" && same_as_numa_maps "copied file"
check_expr "copied file: half of it is anonymous" \
	"$(pages_of "$record" "" 12 0) - $(pages_of "$before" "" 12 0) >= $libc_pages / 2 - 8"
check_expr "copied file: half of it is file" \
	"$(pages_of "$record" "" 12 1) >= $libc_pages / 2"
end_shape

# The root is an overlay, and its upper layer has other paths.
cp "$LIBC" /root/shared-file
shape file=/root/shared-file && same_as_numa_maps "shared file"
check_equal "shared file: by its name" "$(grep -c ' name=/root/shared-file ' "$WORK/mappings")" 1
end_shape

mkfs.ext4 -q -O ^has_journal "$TIERSCOPE_DISK" 16M && mkdir "$WORK/disk" && mount "$TIERSCOPE_DISK" "$WORK/disk"
dd if=/dev/zero of="$WORK/disk/file" bs=1M count=4 status=none
shape write="$WORK/disk/file" && same_as_numa_maps "written file"
check_expr "written file: is file" "$(pages_of "$record" "" 12 1) >= 1024"
end_shape
umount "$WORK/disk"

# The file is on a tmpfs, what is mapped is not.
shape device="$TIERSCOPE_DISK,4M" && same_as_numa_maps "block device"
check_expr "block device: is file" "$(pages_of "$record" "" 12 1) >= 1024"
end_shape

# ---- shared memory -----------------------------------------------------------------

for sort in shared shmem sysv; do
	shape $sort=4M && same_as_numa_maps "$sort"
	check_expr "$sort: is shmem" "$(pages_of "$record" "" 12 2) >= 1024"
	end_shape
done

shape shared-huge=8M && same_as_numa_maps "huge shared"
check_equal "huge shared: is shmem" "$(pages_of "$record" "" 21 2)" 4
end_shape

shape marked=1M && same_as_numa_maps "marked"
check "marked: by a note where no page is" grep -q ' 256 pages marked' "$WORK/explained"
end_shape

# ---- pools of huge pages -------------------------------------------------------------

shape hugetlb=8M && same_as_numa_maps "pool"
check_equal "pool: private pages are anonymous" "$(pages_of "$record" "" 21 0)" 4
end_shape

shape hugetlb-shared=8M && same_as_numa_maps "shared pool"
check_equal "shared pool: is shmem" "$(pages_of "$record" "" 21 2)" 4
end_shape

shape gigantic=1G && same_as_numa_maps "pool of 1 GiB"
check_equal "pool of 1 GiB: private pages are anonymous" "$(pages_of "$record" 1 30 0)" 1
end_shape

shape gigantic-shared=1G fork again deny && same_as_numa_maps "shared pool of 1 GiB, forked and protected"
check_equal "shared pool of 1 GiB: is shmem" "$(pages_of "$record" 1 30 2)" 1
end_shape

# ---- what a device maps ----------------------------------------------------------------

# The firmware, which is no memory.
shape device=/dev/mem,64K,0xf0000 && same_as_numa_maps "firmware"
check_expr "firmware: is special" "$(field "$record" special) >= 16"
end_shape

shape packets=256K && same_as_numa_maps "ring of packets"
check_equal "ring of packets: is memory" \
	"$(grep '^mapping .*socket:' "$WORK/mappings" | grep -o 'cell=.*' | awk -F: '{ sum += $4 } END { print sum }')" 64
end_shape

shape io-ring=256 && same_as_numa_maps "ring of io_uring"
end_shape

# ---- what is mapped more than once -------------------------------------------------------

shape hugetlb-shared=8M shmem=2M anon=4M thp=4M fork && same_as_numa_maps "forked"
check_expr "forked: what is shared counts" "$(pages_of "$record" "" 12 0) >= 1024"
end_shape

# All pages of both nodes are alike: what is left is where it is.
echo 10000 >$ksm/pages_to_scan
echo 1 >$ksm/merge_across_nodes
merged() { [ $(($(<$ksm/pages_sharing) + $(<$ksm/pages_shared))) -ge "$1" ]; }
echo 1 >$ksm/run
shape bind=0 merged=1M bind=1 merged=1M
check "merged: all of it" within 30 merged 512
echo 0 >$ksm/run
same_as_the_kernel "merged" sharing
check_expr "merged: counts as often as it is mapped" "$(pages_of "$record" "" 12 0) >= 512"
end_shape

scanned() { [ "$(<$ksm/full_scans)" -ge "$1" ]; }
echo 1 >$ksm/use_zero_pages
echo 1 >$ksm/run
shape merged-zero=1M
check "merged zeros: there was time for it" within 30 scanned $(($(<$ksm/full_scans) + 4))
echo 0 >$ksm/run
same_as_numa_maps "merged zeros"
check_expr "merged zeros: are special" "$(field "$record" special) >= 256"
end_shape
echo 0 >$ksm/use_zero_pages

# ---- what is not there ---------------------------------------------------------------

# numa_maps of a process whose first thread has ended is empty.
shape anon=4M thread && record=$("$PROBE" ask placement pid="$pid" | head -1)
check_expr "dead leader: its threads' memory counts" "$(pages_of "$record" "" 12 0) >= 1024"
end_shape

check "there is a swap device" eval 'mkswap -q "$TIERSCOPE_DISK" && swapon "$TIERSCOPE_DISK"'
shape swapped=8M && same_as_numa_maps "swapped"
check_expr "swapped: most of it" "$(field "$record" swap) > 1024"
end_shape
shape swapped=4M fork && same_as_numa_maps "swapped and forked"
check_expr "swapped and forked: most of it" "$(field "$record" swap) > 512"
end_shape
shape shared-swapped=4M && same_as_numa_maps "swapped and shared"
check "swapped and shared: is in no page table" grep -q 'shared and swapped out' "$WORK/explained"
end_shape
check "the swap device goes" swapoff "$TIERSCOPE_DISK"

# Memory on the far node, of a process that runs on the near one and leaves it
# alone, is what NUMA balancing marks.
echo 1 >/proc/sys/kernel/numa_balancing
taskset -pc 0 $$ >/dev/null
shape bind=1 anon=8M thp=8M bind=none spin
taskset -pc 0-3 $$ >/dev/null
hinted=0
for _ in $(seq 60); do
	hinted=$(field "$("$PROBE" ask placement pid="$pid" | head -1)" hinted)
	[ "$hinted" -lt 3072 ] || break
	sleep 0.5
done
check_expr "hinting: small and huge pages wait for a fault" "$hinted >= 3072"
kill -STOP "$pid"
same_as_numa_maps "hinting"
check_expr "hinting: and are present all the same" \
	"$(pages_of "$record" 1 12 0) >= 2048 && $(pages_of "$record" 1 21 0) >= 4"
kill -KILL "$pid"
end_shape
echo 0 >/proc/sys/kernel/numa_balancing

# ---- all processes -----------------------------------------------------------------------

# A machine's worth at once: the same process, among all others.
shape anon=8M
"$PROBE" ask placement-dump >"$WORK/all"
check_equal "dump: ends well" "$(tail -1 "$WORK/all")" "done"
check_equal "dump: by ascending pid" \
	"$(sed -n 's/^placement pid=\([0-9]*\) .*/\1/p' "$WORK/all" | sort -nc && echo sorted)" sorted
check_equal "dump: has the process as it is" \
	"$(grep "^placement pid=$pid " "$WORK/all" | nodes_of)" "$(numa_maps_nodes "$pid")"
check_equal "dump: without kernel threads" "$(grep -c '^placement pid=2 ' "$WORK/all")" 0
end_shape

echo 0 >$pool
check "module unloads" rmmod tierscope
verdict
