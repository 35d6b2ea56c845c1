#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes of every shape, counted as numa_maps counts them.
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

LIBC=/usr/lib/x86_64-linux-gnu/libc.so.6
libc_pages=$(($(stat -c %s "$LIBC") + 4095 >> 12))

check "module loads" load_tierscope
echo always >/sys/kernel/mm/transparent_hugepage/enabled
echo 8 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages

shape anon=8M && same_as_numa_maps "anonymous"
check_expr "anonymous: 4 KiB pages" "$(pages_of "$record" "" 12 0) >= 2048"
end_shape

shape bind=1 anon=6M && same_as_numa_maps "bound"
check_expr "bound: on its node" "$(pages_of "$record" 1 12 0) >= 1536"
end_shape

shape thp=16M && same_as_numa_maps "huge"
check_expr "huge: pages of 2 MiB" "$(pages_of "$record" "" 21 0) >= 8"
end_shape

shape zero=4M && same_as_numa_maps "zero"
check_expr "zero: is special" "$(field "$record" special) >= 1024"
end_shape

shape huge-zero=8M && same_as_numa_maps "huge zero"
check_expr "huge zero: is special" "$(field "$record" special) >= 2048"
end_shape

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

mkfs.ext4 -q "$TIERSCOPE_DISK" && mkdir "$WORK/disk" && mount "$TIERSCOPE_DISK" "$WORK/disk"
dd if=/dev/zero of="$WORK/disk/file" bs=1M count=4 status=none
shape write="$WORK/disk/file" && same_as_numa_maps "written file"
check_expr "written file: is file" "$(pages_of "$record" "" 12 1) >= 1024"
end_shape
umount "$WORK/disk"

# The file is on a tmpfs, what is mapped is not.
modprobe zram && zram=/dev/zram$(cat /sys/class/zram-control/hot_add) && echo 4M >"/sys/block/${zram##*/}/disksize"
shape file="$zram" && same_as_numa_maps "block device"
check_expr "block device: is file" "$(pages_of "$record" "" 12 1) >= 1024"
end_shape

for sort in shared shmem sysv; do
	shape $sort=4M && same_as_numa_maps "$sort"
	check_expr "$sort: is shmem" "$(pages_of "$record" "" 12 2) >= 1024"
	end_shape
done

shape hugetlb=8M && same_as_numa_maps "pool"
check_equal "pool: private pages are anonymous" "$(pages_of "$record" "" 21 0)" 4
end_shape

shape hugetlb-shared=8M && same_as_numa_maps "shared pool"
check_equal "shared pool: is shmem" "$(pages_of "$record" "" 21 2)" 4
end_shape

shape hugetlb-shared=8M shmem=2M anon=4M thp=4M fork && same_as_numa_maps "forked"
check_expr "forked: what is shared counts" "$(pages_of "$record" "" 12 0) >= 1024"
end_shape

shape protected=4M && same_as_numa_maps "protected"
check_equal "protected: nothing waits for a hinting fault" "$(field "$record" hinted)" 0
end_shape

shape many=3000 && same_as_numa_maps "many mappings"
check_expr "many mappings: each of them" "$(grep -c '^mapping ' "$WORK/mappings") >= 3000"
end_shape

# numa_maps of a process whose first thread has ended is empty.
shape anon=4M thread && record=$("$PROBE" ask placement pid="$pid" | head -1)
check_expr "dead leader: its threads' memory counts" "$(pages_of "$record" "" 12 0) >= 1024"
end_shape

if modprobe zram && echo 64M >/sys/block/zram0/disksize && mkswap -q /dev/zram0 && swapon /dev/zram0; then
	shape swapped=8M && same_as_numa_maps "swapped"
	# numa_maps says nothing of swap; smaps does.
	check_equal "swapped: as in smaps" "$(field "$record" swap)" \
		"$(awk '/^Swap:/ { kb += $2 } END { print kb / 4 }' "/proc/$pid/smaps")"
	check_expr "swapped: most of it" "$(field "$record" swap) > 1024"
	end_shape
	swapoff /dev/zram0
else
	fail "there is swap"
fi

# Memory on the far node, of a process that runs on the near one and leaves it
# alone, is what NUMA balancing marks.
echo 1 >/proc/sys/kernel/numa_balancing
taskset -pc 0 $$ >/dev/null
shape bind=1 anon=8M bind=none spin
taskset -pc 0-3 $$ >/dev/null
hinted=0
for _ in $(seq 60); do
	hinted=$(field "$("$PROBE" ask placement pid="$pid" | head -1)" hinted)
	[ "$hinted" -lt 1024 ] || break
	sleep 0.5
done
check_expr "hinting: pages wait for a fault" "$hinted >= 1024"
kill -STOP "$pid"
same_as_numa_maps "hinting"
check_expr "hinting: and are present all the same" "$(pages_of "$record" 1 12 0) >= 2048"
kill -KILL "$pid"
end_shape
echo 0 >/proc/sys/kernel/numa_balancing

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

echo 0 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
check "module unloads" rmmod tierscope
verdict
