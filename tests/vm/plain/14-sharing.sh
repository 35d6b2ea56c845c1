#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is mapped more than once, as smaps says it; a sparse mapping costs what
# it holds; walks that take too long, and dumps that see a change early.
# timeout: 600
# kernel: 6.12
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

# shared_of RECORD SHIFT KIND: leaves of that size and kind that are mapped more than once
shared_of() {
	local - word sum=0
	set -f
	for word in $1; do
		[[ $word =~ ^cell=[0-9]+:([0-9]+):([0-9]+):[0-9]+:([0-9]+) ]] || continue
		[ "$2 $3" != "${BASH_REMATCH[*]:1:2}" ] || sum=$((sum + BASH_REMATCH[3]))
	done
	echo $sum
}

same_as_smaps() { same_as_the_kernel "$1" sharing; }

check "module loads" load_tierscope
echo always >/sys/kernel/mm/transparent_hugepage/enabled
echo 16 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages

# ---- mapped once, mapped more than once -----------------------------------------

shape anon=4M thp=8M hugetlb=4M hugetlb-shared=4M shmem=4M && same_as_smaps "alone"
check_equal "alone: nothing of one's own is shared" \
	"$(shared_of "$record" 12 0) $(shared_of "$record" 12 2) $(shared_of "$record" 21 0) $(shared_of "$record" 21 2)" "0 0 0 0"
check_equal "unasked: no cell says" \
	"$("$PROBE" ask placement pid="$pid" | tr ' ' '\n' | grep -c '^cell=.*:.*:.*:.*:')" 0
end_shape

shape anon=4M thp=8M hugetlb=4M hugetlb-shared=4M shmem=4M fork again && same_as_smaps "forked"
check_expr "forked: small pages" "$(shared_of "$record" 12 0) >= 1024"
check_equal "forked: huge pages and private ones of the pool" "$(shared_of "$record" 21 0)" 6
check_equal "forked: shared ones of the pool" "$(shared_of "$record" 21 2)" 2
check_equal "forked: shared memory" "$(shared_of "$record" 12 2)" 1024
end_shape

# The child's copy of the first small page is its own; the rest of that huge page
# it maps by small entries, and the parent still by a huge one.
shape thp=8M fork rewrite && same_as_smaps "copied in part"
check_equal "copied in part: what is still huge" "$(shared_of "$record" 21 0)" 3
check_expr "copied in part: the rest of the first" "$(shared_of "$record" 12 0) >= 511"
parent=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")
check_equal "copied in part: the parent's are huge, and shared in part" \
	"$(shared_of "$("$PROBE" ask placement pid="$parent" sharing | head -1)" 21 0)" 4
end_shape

dd if=/dev/zero of="$WORK/file" bs=1M count=2 status=none
shape write="$WORK/file" write="$WORK/file" && same_as_smaps "twice by one"
check_expr "twice by one: is shared" "$(shared_of "$record" 12 1) + $(shared_of "$record" 12 2) >= 1024"
end_shape

shape hugetlb-table=4M fork again && same_as_smaps "a shared table"
check_equal "a shared table: its pages are shared" "$(shared_of "$record" 21 2)" 2
end_shape

# ---- a sparse mapping costs what it holds -----------------------------------------

# Each of the ten pages has three tables of 512 entries to itself: 15360 entries,
# where 64 MiB have as many and 256 MiB four times that. In turns, and the shortest
# of each: a host that is busy for a while slows both.
mkfifo "$WORK/hold"
"$SHAPE" sparse=16T <"$WORK/hold" >"$WORK/ready" &
exec 7>"$WORK/hold"
shape anon=256M
until grep -q ready "$WORK/ready"; do sleep 0.1; done
for _ in 1 2 3 4 5; do
	"$PROBE" ask placement pid="$(cut -d' ' -f2 "$WORK/ready")" | head -1 >>"$WORK/sparse"
	"$PROBE" ask placement pid="$pid" | head -1 >>"$WORK/full"
done
shortest() { grep -o 'duration=[0-9]*' "$1" | cut -d= -f2 | sort -n | head -1; }
sparse=$(shortest "$WORK/sparse")
full=$(shortest "$WORK/full")
check_expr "sparse: its ten pages" "$(pages_of "$(tail -1 "$WORK/sparse")" "" 12 0) >= 10"
end_shape
exec 7>&-
echo "# a walk of 16 TiB with ten pages takes $sparse ns, of 256 MiB full of them $full ns"
check_expr "16 TiB with ten pages take less than 256 MiB full of them" "$sparse < $full"

# ---- a change is seen before the end ------------------------------------------------

shape drop many=1000
hold hold mapping-dump pid="$pid"
kill -USR1 "$pid"
sleep 0.5
release
check_equal "a change: the first record knows nothing of it" \
	"$(field "$(head -1 "$WORK/held")" generation)" 1
check_equal "a change: the last one does" \
	"$(field "$(grep '^mapping ' "$WORK/held" | tail -1)" generation)" 2
check_equal "a change: and the end" "$(tail -1 "$WORK/held")" "interrupted"
"$PROBE" ask mapping-dump pid="$pid" >"$WORK/mappings"
check_equal "no change: one generation" "$(grep -o 'generation=[0-9]*' "$WORK/mappings" | sort -u)" "generation=1"
check_equal "no change: the end" "$(tail -1 "$WORK/mappings")" "done"
end_shape

echo 0 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
check "module unloads" rmmod tierscope
verdict
