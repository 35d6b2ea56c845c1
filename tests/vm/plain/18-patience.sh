#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How long a walk may take, and how long it waits for a process that keeps its
# memory locked. The other kernel takes the same locks by the same functions.
# kernel: 6.1
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

LATE="refused ETIME: the walk took longer than the module allows (its parameter walk_max_ms)"
BUSY="refused EBUSY: the process has kept its memory locked for longer than the module waits (its parameter walk_max_ms)"

# fork_loop MEBIBYTES: its pid is in $pid; end_fork_loop lets it go.
fork_loop() {
	local said=
	{ coproc LOOP { exec "$TOOLS/fork-loop" "$@" 2>&9; }; } 9>&2 2>/dev/null
	loop_job=$LOOP_PID loop_input=${LOOP[1]}
	read -r -t 60 said pid <&"${LOOP[0]}"
	check_equal "a process that forks all the time" "$said" ready
}

end_fork_loop() {
	eval "exec $loop_input>&-"
	wait "$loop_job" 2>/dev/null
}

# answers COMMAND N: what N askings end with, and how often
answers() {
	for _ in $(seq "$2"); do "$PROBE" ask "$1" pid="$pid" | tail -1; done | sort | uniq -c | sed 's/^ *//'
}

# ---- no time at all --------------------------------------------------------------------

check "module loads, without patience" insmod "$MODULES/kmod/tierscope.ko" walk_max_ms=0
shape anon=16M
for what in placement mapping-dump page-dump; do
	check_equal "too long: $what" "$("$PROBE" ask $what pid="$pid" | tail -1)" "$LATE"
done
"$PROBE" ask placement-dump >"$WORK/dump"
check_equal "too long: a dump of all ends" "$(tail -1 "$WORK/dump")" "done"
check_equal "too long: and says of whom" \
	"$(grep "^placement pid=$pid " "$WORK/dump" | grep -c ' error=ETIME$')" 1
check_status "too long: the command says so too" 1 "cannot look at process $pid \(memory-shape\): its walk took longer" \
	tierscope placement --all
end_shape
check "module unloads" rmmod tierscope

# ---- some, and somebody who holds the lock ---------------------------------------------

check "module loads, with little patience" insmod "$MODULES/kmod/tierscope.ko" walk_max_ms=8
fork_loop 192
answers placement 20 >"$WORK/placement"
check "busy: it is said" grep -Fq "$BUSY" "$WORK/placement"
check_equal "busy: or the walk was late, or done" \
	"$(grep -Fv -e "$BUSY" -e "$LATE" -e done "$WORK/placement")" ""
answers mapping-dump 10 >"$WORK/mappings"
check "busy: mappings" grep -Fq "$BUSY" "$WORK/mappings"
check_equal "busy: nobody is left in the queue" "$(pgrep -c tierscope_lock)" 0
end_fork_loop
sed 's/^/# /' "$WORK/placement" "$WORK/mappings"
check "module unloads after waits given up" rmmod tierscope

# ---- the queue is fair ------------------------------------------------------------------

check "module loads" load_tierscope
fork_loop 192
check_equal "busy: who waits is served" "$(answers placement 10)" "10 done"
check_equal "busy: mappings, too" "$(answers mapping-dump 3 | grep -vE 'done|interrupted')" ""
end_fork_loop
check_equal "nobody is left in the queue" "$(pgrep -c tierscope_lock)" 0
check "module unloads at the end" rmmod tierscope
verdict
