#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
# The last look: a process that is watched is counted when its memory goes,
# however it goes, and nothing is left of a watch after that.
# kernel: 6.12
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"
WATCH=$TOOLS/watch-probe

# watch NAME WORD...: starts a probe; what it says is in $WORK/NAME
watch() {
	local name=$1
	shift
	"$WATCH" "$@" >"$WORK/$name" 2>&1 </dev/null &
	watcher=$!
	said_ready "$name"
}
said_ready() {
	for _ in $(seq 300); do
		! grep -Eq '^(ready|refused)' "$WORK/$1" 2>/dev/null || return 0
		sleep 0.1
	done
	fail "$1: a probe watches" "$(cat "$WORK/$1")"
}
event() { grep '^event' "$WORK/$1" | head -1; }
said() {
	local name=$1 pattern=$2 line
	shift 2
	line=$("$@" 2>&1 </dev/null | tail -1)
	if [[ $line =~ $pattern ]]; then pass "$name"; else fail "$name" "$line"; fi
}

check "module loads" load_tierscope

# ---- what is counted ----------------------------------------------------------

# SIGKILL, and from a moment at which it kept still: equal to the page.
shape anon=8M thp=4M shared=2M file=/bin/bash copy=/bin/ls zero=1M
still=$(numa_maps_nodes "$pid")
record=$("$PROBE" ask placement pid="$pid" | head -1)
watch killed follow "$pid"
kill -9 "$pid"
wait "$watcher"
check_equal "killed: one last look" "$(grep -c '^event' "$WORK/killed")" 1
check_equal "killed: reason" "$(field "$(event killed)" reason)" exit
check_equal "killed: of this process" "$(field "$(event killed)" pid) $(field "$(event killed)" comm)" "$pid memory-shape"
check_equal "killed: nodes as in the last numa_maps" "$(event killed | nodes_of)" "$still"
cells() { printf '%s\n' "$1" | tr ' ' '\n' | grep '^cell=' | sort; }
check_equal "killed: cells as in the last placement" "$(cells "$(event killed)")" "$(cells "$record")"
check_equal "killed: nothing is left out" "$(field "$(event killed)" partial)" 0
wait "$shape_job" 2>/dev/null

shape anon=8M
watch exits follow "$pid"
end_shape
wait "$watcher"
check_equal "exit: reason" "$(field "$(event exits)" reason)" exit
check_expr "exit: its memory is still there" "$(pages_of "$(event exits)" "" 12 0) >= 2048"

# The old memory of a program, under its old name; the new one has none of it.
mkfifo "$WORK/go"
bash -c 'x=$(head -c 4000000 /dev/zero | tr "\0" x); read -r _ <"$0"; exec sleep 300' "$WORK/go" &
shell=$!
watch exec follow "$shell"
sleep 1
echo >"$WORK/go"
wait "$watcher"
check_equal "exec: reason and name" "$(field "$(event exec)" reason) $(field "$(event exec)" comm)" "exec bash"
# khugepaged may have been there.
check_expr "exec: the old memory" \
	"$(pages_of "$(event exec)" "" 12 0) + 512 * $(pages_of "$(event exec)" "" 21 0) >= 900"
watch again follow "$shell"
kill $shell
wait "$watcher"
check_equal "after exec, watched again" "$(field "$(event again)" reason) $(field "$(event again)" comm)" "exit sleep"
check_expr "after exec: the new memory" "$(pages_of "$(event again)" "" 12 0) < 900"

# Two at once, two watchers of one.
sleep 300 & one=$!
sleep 300 & two=$!
sleep 0.3
watch pair follow $one $two
pair=$watcher
watch second follow $one
kill $one $two
wait "$watcher" "$pair"
check_equal "two watched at once" "$(grep '^event' "$WORK/pair" | sed 's/.* pid=\([0-9]*\) .*/\1/' | sort -n | xargs)" "$one $two"
check_equal "two watchers of one: the same counts" \
	"$(cells "$(grep "pid=$one " "$WORK/pair")")" "$(cells "$(event second)")"

# Killed for want of memory: by the OOM reaper, or fast enough by itself. The
# kernel tells of it with a call trace, which is none of ours: it is looked at
# here and kept from those who look for complaints.
mkdir -p /sys/fs/cgroup
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/watch
echo 32M >/sys/fs/cgroup/watch/memory.max
mkfifo "$WORK/grow"
# shellcheck disable=SC2016
bash -c 'echo $$ >/sys/fs/cgroup/watch/cgroup.procs; exec perl -e '\''open(F, "<", $ARGV[0]); $n = <F>; $x = "x" x ($n << 20)'\'' "$0"' "$WORK/grow" &
greedy=$!
for _ in $(seq 100); do [ "$(cat /proc/$greedy/comm)" != perl ] || break; sleep 0.1; done
watch oom follow "$greedy"
said_before=$(dmesg | grep -Ec 'WARNING: CPU|BUG:|Oops|Call Trace')
dmesg --console-off
timeout 20 bash -c 'echo 256 >"$0"' "$WORK/grow"
wait "$greedy" 2>/dev/null; check_equal "out of memory: it was killed" $? 137
wait "$watcher"
check_equal "out of memory: nothing else was complained of" \
	"$(dmesg | grep -Ec 'WARNING: CPU|BUG:|Oops|Call Trace')" \
	"$((said_before + $(dmesg | grep -c 'invoked oom-killer')))"
dmesg --clear
dmesg --console-on
reason=$(field "$(event oom)" reason)
pages=$(event oom | nodes_of | awk '{ sum += $2 } END { print sum + 0 }')
# Its own, and at most as much again of files that others brought in.
check_expr "out of memory: no more than it may have" "$pages > 0 && $pages <= 32 * 256 * 2"
if [ "$reason" != reaped ]; then
	check_equal "out of memory: it ended before the reaper came" "$reason" exit
	check_expr "out of memory: all of it" "$pages >= 24 * 256"
fi
echo "# out of memory: $reason, $pages pages left"
rmdir /sys/fs/cgroup/watch

"$WATCH" reaped >"$WORK/reaped" 2>&1
check_equal "reaped: reason" "$(field "$(event reaped)" reason)" reaped
check_expr "reaped: what was left of 2048 pages" "$(event reaped | nodes_of | awk '{ sum += $2 } END { print sum + 0 }') < 1024"

# ---- what cannot be watched, or ended --------------------------------------------

sleep 300 & roots=$!
setpriv --reuid 1000 --regid 1000 --clear-groups sleep 300 & users=$!
sleep 0.3
said "somebody else's" '^refused EPERM: .*CAP_SYS_PTRACE' as_user 1000 "$WATCH" follow $roots
said "a child of vfork" '^refused EAGAIN: PID has its parent' "$WATCH" vfork
said "a watch that was ended" '^refused ENOENT: this socket has no watch' as_user 1000 "$WATCH" remove $users
said "a watch of another socket" '^refused ENOENT: this socket has no watch' "$WATCH" foreign $users
said "processes that end meanwhile: every watch has one end" '^watched' "$WATCH" race 60

# ---- tierscope placement --last-look ------------------------------------------------

# column FILE LINE NAME
column() { awk -F, -v name="$3" -v line="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } NR == line { gsub("\r", ""); print $at }' "$1"; }
shape anon=8M
tierscope placement --last-look --interval 20ms --format csv "$pid" >"$WORK/followed.csv" &
follower=$!
for _ in $(seq 100); do ! grep -q snapshot "$WORK/followed.csv" || break; sleep 0.1; done
kill -9 "$pid"
wait $follower; check_equal "tierscope follows a process to its end" $? 0
wait "$shape_job" 2>/dev/null
lines=$(wc -l <"$WORK/followed.csv")
check_equal "its last look is an exit" "$(column "$WORK/followed.csv" "$lines" look)" exit
check_expr "with its memory" "$(column "$WORK/followed.csv" "$lines" resident_bytes) >= 8 * 2^20"
check_equal "which is what the highest snapshot had" \
	"$(column "$WORK/followed.csv" "$lines" resident_bytes)" \
	"$(awk -F, -v a="$(column "$WORK/followed.csv" "$lines" peak_dram_bytes)" -v b="$(column "$WORK/followed.csv" "$lines" peak_pmem_bytes)" -v c="$(column "$WORK/followed.csv" "$lines" peak_memory_mode_bytes)" -v d="$(column "$WORK/followed.csv" "$lines" peak_unknown_bytes)" 'BEGIN { printf "%.0f", a + b + c + d }')"
tierscope placement --last-look --format json "$roots" >"$WORK/followed.json" &
follower=$!
for _ in $(seq 100); do ! grep -q snapshot "$WORK/followed.json" || break; sleep 0.1; done
kill -INT $follower
wait $follower; check_equal "SIGINT ends it" $? 0
check "csv and json have the same fields" python3 "$TIERSCOPE_TREE/tests/vm/fields.py" "$WORK/followed.csv" "$WORK/followed.json"

# ---- limits, and what is left -------------------------------------------------------

mkfifo "$WORK/held"
as_user 1000 "$WATCH" hold 1025 $users >"$WORK/many" 2>&1 <"$WORK/held" &
holder=$!
exec 5>"$WORK/held"
for _ in $(seq 300); do ! grep -q '^ready' "$WORK/many" || break; sleep 0.1; done
check_equal "a user has 1024 watches" "$(sed -n 's/^ready //p' "$WORK/many")" 1024
check "and is told so" grep -q '^refused EDQUOT: this user has as many watches' "$WORK/many"
said "another user still may" '^refused ENOENT' "$WATCH" remove $users
check_status "rmmod is refused while a watch lives" 1 'in use' rmmod tierscope
# A watcher that does not read keeps nobody from ending.
kill $users
check "a process ends though nobody reads" timeout 20 tail --pid=$users -f /dev/null
wait $users 2>/dev/null
exec 5>&-
wait $holder
check "lost or read, every watch is gone" grep -q ' gone 1024$' "$WORK/many"
check_expr "some were read" "$(sed -n 's/^read \([0-9]*\) .*/\1/p' "$WORK/many") > 0"

# Whoever made them is killed: nothing is left, and rmmod goes through.
mkfifo "$WORK/killed-owner"
"$WATCH" hold 300 $roots >"$WORK/owner" 2>&1 <"$WORK/killed-owner" &
owner=$!
exec 5>"$WORK/killed-owner"
said_ready owner
kill -9 $owner
wait $owner 2>/dev/null
exec 5>&-
check "the owner is killed: the module unloads" rmmod tierscope
check "and loads again" load_tierscope
kill $roots; wait $roots 2>/dev/null
check "module unloads" rmmod tierscope
verdict
