#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Pages that are moved to a tier and taken back, under a process that works on
# them and knows every byte; and all that can stand against it.
# kernel: 6.12
# timeout: 900
# long
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

SHAPE=$TOOLS/pin-load
check "module loads" load_tierscope
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
for node in 0 1 2; do
	echo 8 >/sys/devices/system/node/node$node/hugepages/hugepages-2048kB/nr_hugepages
done

# load NODE WORD...: on that node; its pid is in $pid.
load() {
	SHAPE_AS=(numactl --preferred="$1")
	shift
	shape "$@"
	said_fd=${SHAPE_PROCESS[0]:-}
}

# end_load NAME: every byte is as it was written.
end_load() {
	local said=
	[ -z "$shape_input" ] || eval "exec $shape_input>&-"
	[ -z "$said_fd" ] || read -r -t 60 said <&"$said_fd"
	check_equal "$1" "${said%% *}" ok
	end_shape
}

# placed: "START NODE PAGE-BYTES KIND PAGES" of each cell of each mapping
placed() {
	tierscope placement --mappings --format csv "$pid" | tr -d '\r' |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
			$column["node"] != "" { print $column["start_address"], $column["node"], $column["page_bytes"], $column["kind"], $column["pages"] }'
}

# rows FILE SECTION FIELD...: of csv, a row a line
rows() {
	python3 - "$@" <<-'PY'
		import csv, sys
		rows = {}
		for r in csv.DictReader(open(sys.argv[1])):
		    if r["section"] == sys.argv[2]:
		        rows.setdefault(r["row"], {})[r["field"]] = r["value"]
		for row in rows.values():
		    print(*(row[name] for name in sys.argv[3:]))
	PY
}
moves() { rows "$1" plan verdict from_node to_node page_bytes pages | sed -n 's/^move //p' | sort; }
moved() { rows "$1" ledger from_node to_node page_bytes moved_pages | sort; }
ledger_of() { rows "$1" pin ledger_file; }
huge_on() { placed | awk -v node="$1" '$2 == node && $3 == 2097152 { sum += $5 } END { print sum + 0 }'; }
small_on() { placed | awk -v node="$1" '$2 == node && $3 == 4096 && $4 != "file" { sum += $5 } END { print sum + 0 }'; }

# ---- there and back under load ----------------------------------------------------

load 2 anon=48 thp=32 mixed=16 shmem=8 hugetlb=8
placed >"$WORK/before"
huge=$(huge_on 2)
check_expr "it has huge pages on Optane" "$huge >= 16 + 4 + 4"

check_status "a dry run" 0 "tier dram is nodes 0-1" tierscope pin "$pid" --tier dram --dry-run --format csv
cp "$WORK/stdout" "$WORK/plan"
check_equal "it changes nothing" "$(placed | md5sum)" "$(md5sum <"$WORK/before")"
check_equal "and keeps no ledger" "$(ls /var/lib/tierscope/ledgers 2>/dev/null)" ""
check_equal "the plan says that the vdso cannot move" "$(rows "$WORK/plan" plan verdict | grep -c special)" 1

check_status "Optane to DRAM" 0 "" tierscope pin "$pid" --tier dram --format csv
cp "$WORK/stdout" "$WORK/dram"
check_equal "the dry run's plan is the plan" "$(moves "$WORK/plan")" "$(moves "$WORK/dram")"
check_equal "the plan is what the ledger says" "$(moves "$WORK/dram")" "$(moved "$WORK/dram")"
check_equal "nothing of it is on Optane" "$(huge_on 2) $(small_on 2)" "0 0"
check_equal "huge pages are whole" "$(($(huge_on 0) + $(huge_on 1)))" "$huge"
check_equal "new pages follow by a cpuset" "$(rows "$WORK/dram" pin policy) $(sed -n 's/^Mems_allowed_list:\t//p' "/proc/$pid/status")" "cpuset 0-1"

check_status "what is pinned to DRAM by a cpuset is not moved from under it" 1 "unpin it first" \
	tierscope pin "$pid" --tier pmem
check_status "it is taken back" 0 "" tierscope unpin "$pid"
check_equal "exactly, by mapping and node" "$(placed | diff - "$WORK/before")" ""
check_equal "the cpuset, too" "$(sed -n 's/^Mems_allowed_list:\t//p' "/proc/$pid/status") $(cat "/proc/$pid/cgroup")" "0-2 0::/"
check_status "and once is enough" 1 "no ledger of process" tierscope unpin "$pid"
check_status "a ledger can be named, when there is nothing left to do" 0 "" \
	tierscope pin --undo "$(ledger_of "$WORK/dram").undone"

check_status "to one node, resident pages only" 0 "resident-only" \
	tierscope pin "$pid" --tier 0 --resident-only
check_status "and to Optane" 0 "only pages that are resident now .*--no-movable" \
	tierscope pin "$pid" --tier pmem --format csv
cp "$WORK/stdout" "$WORK/pmem"
check_equal "the plan is what the ledger says" "$(moves "$WORK/pmem")" "$(moved "$WORK/pmem")"
check_equal "huge pages are whole" "$(huge_on 2)" "$huge"
check_status "both are taken back, the later" 0 "" tierscope unpin "$pid"
check_equal "huge pages are whole" "$(huge_on 0)" "$huge"
check_status "and the earlier" 0 "" tierscope unpin "$pid"
check_equal "exactly" "$(placed | diff - "$WORK/before")" ""

# ---- parts, and at a rate ------------------------------------------------------------

check_status "anonymous memory alone, at a rate" 0 "a cpuset is for all mappings" \
	tierscope pin "$pid" --tier 0 --mapping anon --rate 40MB/s --format csv
check_expr "it is not above" "$(rows "$WORK/stdout" pin bytes_per_second) < 44e6"
check_equal "shared memory stays" "$(placed | awk '$4 == "shmem" { print $2 }' | sort -u)" 2
tierscope unpin "$pid" >/dev/null
start=$(placed | awk '$4 == "anon" && $3 == 4096 && $5 >= 4096 { print $1; exit }')
check_status "a range of addresses" 0 "" tierscope pin "$pid" --tier 0 --format csv \
	--mapping "$(printf %x $((start + 2097152)))-$(printf %x $((start + 4194304)))"
check_equal "is 512 pages" "$(moved "$WORK/stdout")" "2 0 4096 512"
tierscope unpin "$pid" >/dev/null
check_equal "all of it is where it was" "$(placed | diff - "$WORK/before")" ""

# ---- broken off ------------------------------------------------------------------------

(exec tierscope pin "$pid" --tier dram --rate 5MB/s >/dev/null 2>&1) &
pinner=$!
half_way() { [ "$(small_on 2)" -lt 10000 ]; }
check "a slow move is under way" within 20 half_way
kill -KILL $pinner
wait $pinner 2>/dev/null
check_expr "a part of it has been moved" "$(small_on 2) > 0 && $(small_on 0) + $(small_on 1) > 0"
check_status "what a killed pin has moved is taken back" 0 "" tierscope unpin "$pid"
check_equal "exactly" "$(placed | diff - "$WORK/before")" ""
check_equal "and its cpuset is gone" "$(cat "/proc/$pid/cgroup")" "0::/"

(exec tierscope pin "$pid" --tier dram --rate 5MB/s --format csv >"$WORK/stopped" 2>"$WORK/stopped.err") &
pinner=$!
check "another one is" within 20 half_way
kill -INT $pinner
wait $pinner
check_equal "a signal ends it with 1" $? 1
check_expr "and is said" "$(grep -c "stopped by a signal" "$WORK/stopped.err") == 1"
check_equal "no cpuset is left" "$(cat "/proc/$pid/cgroup")" "0::/"
check_equal "what was asked for is all in the ledger" "$(rows "$WORK/stopped" ledger asked_pages moved_pages not_tried_pages |
	awk '$1 != $2 + $3 { print }')" ""
tierscope unpin "$pid" >/dev/null
check_equal "it can be taken back" "$(placed | diff - "$WORK/before")" ""
end_load "not a byte has changed meanwhile"

load 2 anon=64
(exec tierscope pin "$pid" --tier dram --rate 5MB/s --format csv >"$WORK/dead" 2>"$WORK/dead.err") &
pinner=$!
half_way() { [ "$(small_on 2)" -lt 12000 ]; }
check "one more is under way" within 20 half_way
kill -KILL "$pid"
wait $pinner
check_equal "a process that ends half way is a failure" $? 1
check_expr "with a sentence" "$(grep -c "has ended before all of it" "$WORK/dead.err") == 1"
check_expr "what was moved until then is in the ledger" \
	"$(rows "$WORK/dead" ledger page_bytes moved_pages gone_pages | awk '$2 > 1000 && $3 > 1000' | wc -l) == 1"
check_status "there is nothing to take back" 1 "has ended" tierscope pin --undo "$(ledger_of "$WORK/dead")"
end_shape

# Of a process that keeps still: without batches, before 6.3, a page whose
# process runs takes as long as all of its CPUs take to hear of it.
load 2 anon=64 still
check_status "at a rate" 0 "" tierscope pin "$pid" --tier 0 --resident-only --rate 20MB/s --format csv
rate=$(rows "$WORK/stdout" pin bytes_per_second)
check_expr "it holds" "$rate > 18e6 && $rate < 22e6"
end_load "nothing has changed"

# ---- refusals ------------------------------------------------------------------------------

# Still, for the kernel is to move it when it enters a cpuset, all in one system
# call: before 6.3 that takes minutes here with a process that runs.
load 2 anon=200 still
check_status "a tier that is not there" 1 "memory-mode" tierscope pin "$pid" --tier memory-mode
check_status "a node that is not there" 1 "7" tierscope pin "$pid" --tier 7
check_status "no list of nodes" 2 "" tierscope pin "$pid" --tier 0-
check_status "a process that is not there" 1 "999999" tierscope pin 999999 --tier dram
check_status "somebody else's process" 1 "process $pid" as_user 1000 env XDG_STATE_HOME="$WORK/x" tierscope pin "$pid" --tier dram
echo 1 >/proc/sys/vm/drop_caches
hog_pid=$pid hog_input=$shape_input hog_job=$shape_job
SHAPE=$TOOLS/memory-shape shape bind=1 anon=740M
check_status "a target without room" 1 "there is no room on node 1" tierscope pin "$hog_pid" --tier 1
check_equal "nothing has been moved" "$(pid=$hog_pid small_on 1)" 0
end_shape
pid=$hog_pid shape_input=$hog_input shape_job=$hog_job
# Whoever closes a device last takes its cache along.
exec 7<"$TIERSCOPE_DISK"
numactl --membind=1 dd if="$TIERSCOPE_DISK" of=/dev/null bs=1M 2>/dev/null
free_mib=$(awk '/MemFree/ { print int($4 / 1024) }' /sys/devices/system/node/node1/meminfo)
check_expr "a node is full of what was read once" "$free_mib < 150"
check_status "it has room all the same" 0 "" tierscope pin "$pid" --tier 1 --resident-only --format csv
check_equal "the plan is what the ledger says" "$(moves "$WORK/stdout")" "$(moved "$WORK/stdout")"
check_expr "by its cache, as the plan says" "$(rows "$WORK/stdout" room wanted_bytes free_bytes cache_bytes | awk '{ print ($1 > $2 && $1 <= $2 + $3) }')"
check_expr "which has gone" "$(small_on 1) >= 51200"
check_status "and back" 0 "" tierscope unpin "$pid"
exec 7<&-
mkdir /sys/fs/cgroup/dram
echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control
echo 0-1 >/sys/fs/cgroup/dram/cpuset.mems
echo "$pid" >/sys/fs/cgroup/dram/cgroup.procs
check_status "a cpuset that does not have the node" 1 "grants it nodes 0-1" tierscope pin "$pid" --tier pmem
check_status "below one that has it" 0 "" tierscope pin "$pid" --tier 1
check_equal "it has a cpuset" "$(cat "/proc/$pid/cgroup")" "0::/dram/tierscope-pin-$pid"
check_equal "of that node" "$(sed -n 's/^Mems_allowed_list:\t//p' "/proc/$pid/status")" 1
check_status "which is taken back" 0 "" tierscope unpin "$pid"
check_equal "to where it was" "$(cat "/proc/$pid/cgroup")" "0::/dram"
eval "exec $shape_input>&-"
wait "$shape_job" 2>/dev/null
within 10 rmdir /sys/fs/cgroup/dram

# ---- a user's own ------------------------------------------------------------------------------

mkdir -m 777 "$WORK/state"
chmod 755 "$WORK"
SHAPE_AS=(setpriv --reuid 1000 --regid 1000 --clear-groups -- numactl --preferred=0)
SHAPE=$TOOLS/pin-load shape anon=16 thp=8
said_fd=${SHAPE_PROCESS[0]:-}
placed >"$WORK/before"
check_status "a user's own process" 0 "follow the policy of the process: cgroup" \
	as_user 1000 env XDG_STATE_HOME="$WORK/state" tierscope pin "$pid" --tier 1 --format csv
check_equal "the plan is what the ledger says" "$(moves "$WORK/stdout")" "$(moved "$WORK/stdout")"
check_equal "what others map too stays" "$(rows "$WORK/stdout" plan verdict | grep -c shared)" 1
check_equal "huge pages are whole" "$(huge_on 1)" 4
check_status "and back" 0 "" as_user 1000 env XDG_STATE_HOME="$WORK/state" tierscope unpin "$pid"
# Pages of files that nobody else had mapped may be others' too by now.
check_equal "exactly" "$(placed | grep -v file | diff - <(grep -v file "$WORK/before"))" ""
end_load "not a byte of it has changed"
SHAPE_AS=()

# ---- a family -----------------------------------------------------------------------------------

SHAPE_AS=(numactl --preferred=0)
SHAPE=$TOOLS/memory-shape shape anon=16M crowd=2
check_status "a process and its children" 0 "" tierscope pin "$pid" --tree --tier 1 --format csv
check_equal "the plan is what the ledger says" \
	"$(moves "$WORK/stdout" | awk '{ sum[$1 " " $2 " " $3] += $4 } END { for (i in sum) print i, sum[i] }' | sort)" \
	"$(moved "$WORK/stdout" | awk '{ sum[$1 " " $2 " " $3] += $4 } END { for (i in sum) print i, sum[i] }' | sort)"
check_equal "all three have a cpuset" "$(cat /sys/fs/cgroup/tierscope-pin-*/cgroup.threads | wc -l)" 3
check_status "and back" 0 "" tierscope unpin "$pid"
check_equal "without a trace" "$(ls -d /sys/fs/cgroup/tierscope-pin-* 2>/dev/null)" ""

# A cgroup that may not have one below it, of the last of the three.
child=$(pgrep -P "$pid" | tail -n 1)
mkdir /sys/fs/cgroup/leaf
echo 0 >/sys/fs/cgroup/leaf/cgroup.max.descendants
echo "$child" >/sys/fs/cgroup/leaf/cgroup.procs
check_status "where one of them cannot have a cpuset" 0 "'/leaf/tierscope-pin-$child' cannot be made" \
	tierscope pin "$pid" --tree --tier 1
check_equal "none has" "$(sort -u /proc/"$pid"/cgroup /proc/"$(pgrep -P "$pid" | head -n 1)"/cgroup) $(ls -d /sys/fs/cgroup/tierscope-pin-* 2>/dev/null)" "0::/ "
check_expr "the pages are moved" "$(small_on 1) >= 4096"
tierscope unpin "$pid" >/dev/null
echo "$child" >/sys/fs/cgroup/cgroup.procs
rmdir /sys/fs/cgroup/leaf

(exec tierscope pin "$pid" --tree --tier 1 --rate 4MB/s --format csv >"$WORK/family" 2>"$WORK/family.err") &
pinner=$!
half_way() { [ "$(small_on 1)" -gt 400 ]; }
check "a family is on its way" within 20 half_way
kill -KILL "$child"
wait $pinner
check_equal "a child that ends half way is no failure" $? 0
check_equal "the ledger says that it is gone" "$(rows "$WORK/family" ledger pid moved_pages gone_pages |
	awk -v child="$child" '$1 == child && !$2 && $3 { print "gone" }' | sort -u)" gone
check_status "what is left is taken back" 0 "" tierscope unpin "$pid"
check_equal "all of it" "$(small_on 1) $(cat "/proc/$pid/cgroup")" "0 0::/"
end_shape

for node in 0 1 2; do
	echo 0 >/sys/devices/system/node/node$node/hugepages/hugepages-2048kB/nr_hugepages
done
check "module unloads" rmmod tierscope
verdict
