#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is asked wrongly gets a sentence and no more. Who may ask is 17-access.
# kernel: 6.12
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

# said NAME PATTERN COMMAND...: what the last line of the answer is
said() {
	local name=$1 pattern=$2 line
	shift 2
	line=$("$@" </dev/null 2>&1 | tail -1)
	if [[ $line =~ $pattern ]]; then pass "$name"; else fail "$name" "$line"; fi
}

check "module loads" load_tierscope

# ---- which process ----------------------------------------------------------

for what in placement mapping-dump; do
	said "$what: no such pid" '^refused ESRCH: PID is no process' "$PROBE" ask $what pid=4000000
	said "$what: pid 0" '^refused ESRCH: PID is no process' "$PROBE" ask $what pid=0
	said "$what: a negative pid" '^refused ESRCH: PID is no process' "$PROBE" ask $what pid=4294967295
	said "$what: a kernel thread" '^refused EINVAL: PID is a kernel thread' "$PROBE" ask $what pid=2
	said "$what: no pid" '^refused EINVAL: PID, of the process, is missing' "$PROBE" ask $what
done

(exit 0) &
dead=$!
wait "$dead"
said "a process that has ended" '^refused ESRCH: PID is no process' "$PROBE" ask placement pid=$dead

shape zombie
said "a zombie" '^refused ESRCH: PID has no memory any more' "$PROBE" ask placement pid="$pid"
said "a zombie's mappings" '^refused ESRCH: PID has no memory any more' "$PROBE" ask mapping-dump pid="$pid"
end_shape

# A thread that is not the first is no process.
shape anon=1M thread
thread=$(for task in /proc/"$pid"/task/*; do echo "${task##*/}"; done | grep -vx "$pid" | head -1)
said "a thread" '^refused ESRCH: PID is no process' "$PROBE" ask placement pid="$thread"
end_shape

# ---- nodes and tiers --------------------------------------------------------

nodes=$(ls -d /sys/devices/system/node/node[0-9]* | wc -l)
check_equal "all nodes" "$("$PROBE" ask node-dump | grep -c '^node ')" "$nodes"
said "no such node" '^refused ENODEV: ID is no node' "$PROBE" ask node id=1000
said "far from a node" '^refused ENODEV: ID is no node' "$PROBE" ask node id=4294967295
said "not a tier" '^refused ERANGE: TIER is not a tier' "$PROBE" ask node-set id=0 tier=99
said "no tier" '^refused EINVAL: TIER, of the node, is missing' "$PROBE" ask node-set id=0
check_equal "inferred" "$("$PROBE" ask node id=0 | grep -o 'tier=1 source=0 cpus=1')" "tier=1 source=0 cpus=1"
said "told" '^done' "$PROBE" ask node-set id=0 tier=3
check_equal "and told back" "$("$PROBE" ask node id=0 | grep -o 'tier=3 source=1')" "tier=3 source=1"
said "given back" '^done' "$PROBE" ask node-set id=0 tier=0
check_equal "to inference" "$("$PROBE" ask node id=0 | grep -o 'tier=1 source=0')" "tier=1 source=0"

# ---- near memory ------------------------------------------------------------

nearmem() { "$PROBE" ask nearmem "$@"; }
block=$((0x$(cat /sys/devices/system/memory/block_size_bytes)))
node1=$(($(ls -d /sys/devices/system/node/node1/memory[0-9]* | wc -l) * block))
said "no cache" '^refused EINVAL: there is no CACHE' nearmem
said "half a cache" '^refused EINVAL: a CACHE lacks' nearmem bare-cache
said "two for one node" '^refused EINVAL: node 1 has two' nearmem cache=1:4096 cache=1:8192
said "near memory of no node" '^refused ENODEV: NODE of a CACHE' nearmem cache=4294967295:4096
said "near memory of no size" '^refused EINVAL: BYTES' nearmem cache=0:0
said "near memory of a part of a page" '^refused EINVAL: BYTES' nearmem cache=0:4097
said "a size that wraps" '^refused ERANGE: BYTES' nearmem cache=0:18446744073709547520
said "larger than the node" '^refused ERANGE: BYTES of the CACHE of node 1' nearmem cache=1:$((node1 + 4096))
said "as large as the node" '^done' nearmem cache=1:$node1

# ---- messages ---------------------------------------------------------------

for what in node node-dump node-set placement placement-dump mapping-dump page-dump nearmem watch-new watch-del; do
	said "$what: unknown attribute" '^refused EINVAL: Unknown attribute' "$PROBE" ask $what pid=1 unknown
	said "$what: two bytes for four" '^refused E(INVAL|RANGE): .*length' "$PROBE" ask $what short-pid
	said "$what: eight bytes for four" '^refused E(INVAL|RANGE): .*length' "$PROBE" ask $what long-pid
	said "$what: cut off" '^refused EINVAL: .*leftover' "$PROBE" ask $what pid=1 truncated
	said "$what: too much" '^refused EINVAL: .*leftover' "$PROBE" ask $what pid=1 trailing
done
said "a dump takes no pid" '^refused EINVAL: PID asks for one' "$PROBE" ask placement-dump pid=1
said "a dump takes no id" '^refused EINVAL: ID asks for one' "$PROBE" ask node-dump id=0
said "mappings are a dump" '^refused EOPNOTSUPP: .*NLM_F_DUMP' "$PROBE" ask mapping pid=1
said "no genetlink header" '^refused EINVAL' "$PROBE" ask placement empty

check "module unloads" rmmod tierscope
verdict
