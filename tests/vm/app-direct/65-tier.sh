#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016
# (what is in single quotes is for another shell)
# Launched on a tier: the pages are where the policy says, by numa_maps and by
# our placement, children and their files too; what cannot be had is refused and
# starts nothing; a tier that an administrator says is everybody's.
# kernel: 6.12
# timeout: 420
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"
# With --long as large as what the tiers are for; it takes its time in emulation.
mebibytes=96
[ "$TIERSCOPE_LONG" = 0 ] || mebibytes=300
bytes=$((mebibytes * 1048576))
weights=/sys/kernel/mm/mempolicy/weighted_interleave
chmod 755 "$WORK"

# anonymous PID: its base pages of anonymous memory on nodes 0, 1 and 2 by
# numa_maps, as bytes.
anonymous() {
	awk '/ anon=/ { for (i = 1; i <= NF; i++) if ($i ~ /^N[0-9]+=/) {
			split(substr($i, 2), part, "="); pages[part[1]] += part[2] } }
		END { printf "%d %d %d\n", pages[0] * 4096, pages[1] * 4096, pages[2] * 4096 }' "/proc/$1/numa_maps"
}

# placed PID: the same by our placement.
placed() {
	tierscope placement --by cell --format json "$1" | python3 -c '
import json, sys
nodes = [0, 0, 0]
for cell in json.load(sys.stdin)["cells"]:
    if cell["kind"] == "anon": nodes[cell["node"]] += cell["bytes"]
print(*nodes)'
}

full() { local on; on=$(anonymous "$pid"); [ $((${on// /+})) -ge $bytes ]; }

# launch NAME OPTION...: a child of the command fills its memory and stops. Sets
# $pid, its bytes on the nodes $n0 $n1 $n2, $ours; what is said is in $WORK/said.
launch() {
	local name=$1
	shift
	rm -f "$WORK/pid"
	pid='' n0=0 n1=0 n2=0 ours=
	tierscope run --output "$WORK/run.tsrun" "$@" -- sh -c '
		tierscope-stream --bytes '"${mebibytes}M"' --write --passes 1 --hold 300 &
		echo $! >"$0"; wait' "$WORK/pid" >/dev/null 2>"$WORK/said" &
	client=$!
	if ! within 60 test -s "$WORK/pid" || ! pid=$(cat "$WORK/pid") || ! within 60 full; then
		fail "$name: a child fills its memory" "$(cat "$WORK/said")"
		return
	fi
	kill -STOP "$pid"
	read -r n0 n1 n2 <<<"$(anonymous "$pid")"
	ours=$(placed "$pid")
	check_equal "$name: by placement as in numa_maps" "$ours" "$n0 $n1 $n2"
}
finish() { kill -KILL "${pid:-$client}"; wait "$client"; }

# ---- tiers by name ------------------------------------------------------------------
launch "dram" --tier dram
check "a tier's name becomes nodes" grep -qx 'tierscope: tier dram is nodes 0-1' "$WORK/said"
check_expr "dram: nothing of a child is on Optane" "$n0 + $n1 >= $bytes && $n2 == 0"
cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
check_equal "dram: the cgroup is confined to its nodes" "$(cat "$cgroup/cpuset.mems")" 0-1
finish
check_equal "dram: is in the record" "$(report_field "$WORK/run.tsrun" policy policy) $(report_field "$WORK/run.tsrun" policy tier) $(report_field "$WORK/run.tsrun" policy nodes)" \
	"bind dram 0-1"
check_status "a program cannot leave a confined cgroup's nodes" 1 'argument|policy' \
	tierscope run --quiet --tier dram -- numactl --membind=2 true

launch "pmem" --tier pmem
check "pmem is node 2" grep -qx 'tierscope: tier pmem is node 2' "$WORK/said"
check_expr "pmem: all of a child is on Optane" "$n2 >= $bytes && $n0 + $n1 == 0"
cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
confined=$(cat "$cgroup/cpuset.mems")
finish
# By how the node came online: movable memory alone confines nobody.
if awk '/^Node/ { node = $2; zone = $4 } $1 == "managed" && $2 && node == "2," && zone != "Movable" { found = 1 }
	END { exit !found }' /proc/zoneinfo; then
	check_equal "pmem: the cgroup is confined to it" "$confined" 2
else
	check_equal "pmem: the cgroup is not confined to movable memory" "$confined" ""
	check "pmem: which is said" grep -q 'movable memory only' "$WORK/said"
fi
check_equal "pmem: a pipe works" "$(tierscope run --quiet --tier pmem -- sh -c 'echo through | cat' 2>/dev/null)" through
check "a file that is written there" tierscope run --quiet --tier pmem -- dd if=/dev/zero of=/dev/shm/file bs=1M count=8
check_equal "is on Optane" "$(python3 - <<-'PY'
	import mmap
	with open("/dev/shm/file", "rb") as file:
	    memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
	    sum(memory[::4096])
	    print(*sorted(word for line in open("/proc/self/numa_maps") if "/dev/shm/file" in line
	        for word in line.split() if word[0] == "N"))
	PY
)" N2=2048
rm /dev/shm/file

launch "prefer:pmem" --tier prefer:pmem
check_expr "prefer:pmem: it is there" "$n2 >= $bytes"
finish
launch "interleave" --tier interleave
check_expr "interleave: a third on each node" \
	"$n0 > 0.31 * $bytes && $n1 > 0.31 * $bytes && $n2 > 0.31 * $bytes"
finish
launch "interleave:0,2" --tier interleave:0,2
check_expr "interleave:0,2: a half on each" "$n0 > 0.48 * $bytes && $n1 < 0.02 * $bytes && $n2 > 0.48 * $bytes"
finish
launch "dram of a socket" --tier dram@1 --cpus 3
check_expr "dram@1: all there" "$n1 >= $bytes && $n0 + $n2 == 0"
check_equal "--cpus holds for a child" "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "/proc/$pid/status")" 3
check_status "which cannot leave them" 1 'Invalid|failed' taskset -p -c 0 "$pid"
finish
check_equal "the CPUs are in the record" "$(report_field "$WORK/run.tsrun" policy cpus)" 3

if [ -d $weights ]; then
	old=$(cat $weights/node0)
	echo 1 >$weights/node0
	check_status "weights that are not the machine's" 125 'write 3 \(it is 1\) to node0' \
		tierscope run --tier interleave:dram=3,pmem=1 -- true
	echo 3 >$weights/node0
	echo 3 >$weights/node1
	echo 1 >$weights/node2
	launch "weighted interleave" --tier interleave:dram=3,pmem=1
	check_expr "weighted: three on each of DRAM to one on Optane" \
		"$n0 > 0.41 * $bytes && $n1 > 0.41 * $bytes && $n2 > 0.13 * $bytes && $n2 < 0.16 * $bytes"
	finish
	check_equal "weighted: is in the record" "$(report_field "$WORK/run.tsrun" policy policy) $(report_field "$WORK/run.tsrun" policy nodes) $(report_field "$WORK/run.tsrun" policy weights)" \
		"weighted-interleave 0-2 3,3,1"
	echo "$old" | tee $weights/node0 $weights/node1 >/dev/null
else
	check_status "weighted interleave on a kernel without it" 125 'no weighted interleave' \
		tierscope run --tier interleave:dram=3,pmem=1 -- true
fi

# ---- what cannot be had -----------------------------------------------------------------
runs=$(tierscope runs --format csv | wc -l)
check_status "a tier that is not here" 125 'no memory of tier memory-mode' tierscope run --tier memory-mode -- true
check_status "a socket without it" 125 'socket 1 has no memory of tier pmem' tierscope run --tier pmem@1 -- true
check_status "a node that is not here" 125 'no node 5 with memory' tierscope run --tier 5 -- true
check_status "no tier" 125 'is no list of nodes' tierscope run --tier tape -- true
check_status "a weight of 0" 125 'weight of 0' tierscope run --tier interleave:dram=0 -- true
check_status "a CPU that is not here" 125 'CPU 9 is not there' tierscope run --cpus 9 -- true
echo 0 >/sys/devices/system/cpu/cpu3/online
check_status "a CPU that is offline" 125 'CPU 3 is not there or offline' tierscope run --cpus 2-3 -- true
echo 1 >/sys/devices/system/cpu/cpu3/online
check_equal "start nothing" "$(tierscope runs --format csv | wc -l)" "$runs"

# ---- an administrator's word ---------------------------------------------------------------
tier_of() { tierscope topology --format json | python3 -c '
import json, sys
node = next(n for n in json.load(sys.stdin)["nodes"] if n["node"] == int(sys.argv[1]))
print(node["tier"], node["tier_evidence"])' "$1"; }
check_status "a user sets no tier" 1 CAP_SYS_ADMIN as_user 1000 tierscope topology --set node2=dram
check "root does" tierscope topology --set node2=dram
said=$(as_user 1000 bash -c "$(declare -f tier_of); tier_of 2")
check_equal "everybody sees it, and why" "$said" \
	"dram set in the kernel module (tierscope topology --set); without that it would be pmem"
check_status "and launches by it" 125 'no memory of tier pmem' as_user 1 env -C / tierscope run --tier pmem -- true
tierscope run --quiet -- true
check_equal "also after another run" "$(tier_of 2)" "$said"
check "taken back" tierscope topology --set node2=unknown
check_equal "it is what sysfs says" "$(tier_of 2 | cut -d' ' -f1)" pmem

printf '[nodes]\nnode1 = pmem\n[rule streams]\nprogram = %s\ntier = pmem\n' "$(command -v tierscope-stream)" >"$WORK/conf"
export TIERSCOPE_CONFIG=$WORK/conf
check_equal "the configuration's word" "$(tier_of 1)" "pmem set in $WORK/conf:2; without that it would be dram"
tierscope topology --set node1=dram >/dev/null
check_equal "the module's wins over it" "$(tier_of 1)" \
	"dram set in the kernel module (tierscope topology --set); without that it would be pmem"
tierscope topology --set node1=unknown >/dev/null
sed -i '/node1/d' "$WORK/conf"
check_status "a rule" 0 'rule streams: tier pmem \(node 2\)' \
	tierscope run --quiet --output "$WORK/rule.tsrun" -- tierscope-stream --bytes 1M --write
check_equal "is in the record" "$(report_field "$WORK/rule.tsrun" policy rule) $(report_field "$WORK/rule.tsrun" policy tier) $(report_field "$WORK/rule.tsrun" policy nodes)" \
	"streams pmem 2"
check_status "--tier wins over it" 0 '' tierscope run --quiet --tier dram -- tierscope-stream --bytes 1M
check "without a word of the rule" test -z "$(grep rule "$WORK/stderr")"
check_status "another program has none" 0 '' tierscope run --quiet -- true
check "of which nothing is said" test -z "$(grep rule "$WORK/stderr")"
echo 'tape = 1' >>"$WORK/conf"
check_status "a wrong line is named" 125 "$WORK/conf:[0-9]+: a rule has no 'tape'" tierscope run -- true
verdict
