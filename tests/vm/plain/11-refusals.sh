#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is asked wrongly, or of somebody else's, gets a sentence and no more.
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

sleep 300 &
dead=$!
kill "$dead"; wait "$dead" 2>/dev/null
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

# ---- whose process ----------------------------------------------------------

sleep 300 &
roots=$!
setpriv --reuid 1000 --regid 1000 --clear-groups sleep 300 &
users=$!
setpriv --reuid 1000 --regid 1001 --clear-groups sleep 300 &
groups=$!
sleep 0.5
said "own process" '^done' as_user 1000 "$PROBE" ask placement pid=$users
said "own mappings" '^done' as_user 1000 "$PROBE" ask mapping-dump pid=$users
for what in placement mapping-dump; do
	said "$what: root's" '^refused EPERM: .*CAP_SYS_PTRACE' as_user 1000 "$PROBE" ask $what pid=$roots
	said "$what: another user's" '^refused EPERM: .*CAP_SYS_PTRACE' as_user 1001 "$PROBE" ask $what pid=$users
	said "$what: same user, other group" '^refused EPERM: .*CAP_SYS_PTRACE' as_user 1000 "$PROBE" ask $what pid=$groups
done
said "root sees a user's" '^done' "$PROBE" ask placement pid=$users
said "root without CAP_SYS_PTRACE does not" '^refused EPERM: .*CAP_SYS_PTRACE' \
	setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace -- "$PROBE" ask placement pid=$users
said "a user with CAP_SYS_PTRACE does" '^done' \
	setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps +sys_ptrace --ambient-caps +sys_ptrace -- \
	"$PROBE" ask placement pid=$roots
# root in a user namespace of his own is root there only
said "root of another user namespace" '^refused EPERM: .*CAP_SYS_PTRACE' \
	as_user 1000 unshare --user --map-root-user "$PROBE" ask placement pid=$roots
said "his own namespace's processes" '^done' \
	as_user 1000 unshare --user --map-root-user bash -c "sleep 300 & \"$PROBE\" ask placement pid=\$!; kill \$!"

# The set-uid rule: all three ids must be one's own.
cp /usr/bin/sleep "$WORK/setuid"
chmod 755 "$WORK"; chown root:root "$WORK/setuid"; chmod 4755 "$WORK/setuid"
setpriv --reuid 1000 --regid 1000 --clear-groups "$WORK/setuid" 300 &
setuid=$!
sleep 0.5
said "a set-uid program" '^refused EPERM: .*CAP_SYS_PTRACE' as_user 1000 "$PROBE" ask placement pid=$setuid
kill $setuid; wait $setuid 2>/dev/null

SHAPE_AS=(setpriv --reuid 1000 --regid 1000 --clear-groups)
shape anon=1M undumpable
SHAPE_AS=()
said "an undumpable process" '^refused EPERM: PID runs a program that is .*undumpable' \
	as_user 1000 "$PROBE" ask placement pid="$pid"
said "root sees an undumpable one" '^done' "$PROBE" ask placement pid="$pid"
end_shape

# A socket may be handed to somebody with more rights.
said "opened by a user, sent by root" '^refused EPERM: .*CAP_SYS_PTRACE' \
	"$PROBE" ask placement pid=$roots opener=1000
said "opened by root, sent by a user" '^refused EPERM: .*CAP_SYS_PTRACE' \
	"$PROBE" ask placement pid=$roots sender=1000
said "opened by a user, sent by root: the user's own" '^done' \
	"$PROBE" ask placement pid=$users opener=1000
said "opened by a user, sent by root: a change" '^refused EPERM: .*CAP_SYS_ADMIN' \
	"$PROBE" ask node-set id=0 tier=2 opener=1000

as_user 1000 "$PROBE" ask placement-dump >"$WORK/seen"
check_equal "a user's dump has his own only" \
	"$(sed -n 's/.* uid=\([0-9]*\) .*/\1/p' "$WORK/seen" | sort -u)" 1000
check_expr "and has them" "$(grep -c "^placement pid=$users " "$WORK/seen") == 1"
check_equal "and not those of another group" "$(grep -c "^placement pid=$groups " "$WORK/seen")" 0
"$PROBE" ask placement-dump >"$WORK/seen"
check_expr "root's has all" \
	"$(grep -Ec "^placement pid=($roots|$users|$groups) " "$WORK/seen") == 3"

# Numbers are those of the sender's pid namespace.
unshare --pid --fork --mount-proc "$PROBE" ask placement-dump >"$WORK/seen"
check_equal "in a pid namespace: only what is in it" \
	"$(sed -n 's/^placement pid=\([0-9]*\) .*/\1/p' "$WORK/seen")" 1
said "in a pid namespace: nobody outside" '^refused ESRCH' \
	unshare --pid --fork --mount-proc "$PROBE" ask placement pid=$roots
kill $roots $users $groups
wait $roots $users $groups 2>/dev/null

# ---- nodes and tiers --------------------------------------------------------

nodes=$(ls -d /sys/devices/system/node/node[0-9]* | wc -l)
check_equal "all nodes" "$("$PROBE" ask node-dump | grep -c '^node ')" "$nodes"
said "no such node" '^refused ENODEV: ID is no node' "$PROBE" ask node id=1000
said "far from a node" '^refused ENODEV: ID is no node' "$PROBE" ask node id=4294967295
said "a user may ask" '^done' as_user 1000 "$PROBE" ask node id=0
said "a user may not set" '^refused EPERM: .*CAP_SYS_ADMIN' as_user 1000 "$PROBE" ask node-set id=0 tier=2
said "root of a user namespace may not either" '^refused EPERM: .*CAP_SYS_ADMIN' \
	as_user 1000 unshare --user --net --map-root-user "$PROBE" ask node-set id=0 tier=2
said "not a tier" '^refused ERANGE: TIER is not a tier' "$PROBE" ask node-set id=0 tier=99
said "no tier" '^refused EINVAL: TIER, of the node, is missing' "$PROBE" ask node-set id=0
check_equal "inferred" "$("$PROBE" ask node id=0 | grep -o 'tier=1 source=0 cpus=1')" "tier=1 source=0 cpus=1"
said "told" '^done' "$PROBE" ask node-set id=0 tier=3
check_equal "and told back" "$("$PROBE" ask node id=0 | grep -o 'tier=3 source=1')" "tier=3 source=1"
said "given back" '^done' "$PROBE" ask node-set id=0 tier=0
check_equal "to inference" "$("$PROBE" ask node id=0 | grep -o 'tier=1 source=0')" "tier=1 source=0"

# ---- messages ---------------------------------------------------------------

for what in node node-dump node-set placement placement-dump mapping-dump; do
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
