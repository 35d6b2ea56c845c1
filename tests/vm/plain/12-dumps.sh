#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Dumps that stop in the middle, outlive their process, or meet a busy one.
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

check "module loads" load_tierscope

# ---- an open dump keeps the module ------------------------------------------

shape anon=2M many=2000
for what in hold leave; do
	hold $what mapping-dump pid="$pid"
	check_status "$what: the module is in use" 1 "in use" rmmod tierscope
	release
done
check_equal "leave: a dump may be left" "$(tail -1 "$WORK/held")" "ready"
hold hold mapping-dump pid="$pid"
release
check_equal "a held dump is complete" \
	"$(mappings_of <"$WORK/held" | md5sum)" "$(numa_maps_mappings "$pid" | md5sum)"
check_equal "and is one moment's" "$(tail -1 "$WORK/held")" "done"
check "the module is free again" rmmod tierscope
check "and loads again" load_tierscope

# ---- a dump whose process goes away -----------------------------------------

hold hold mapping-dump pid="$pid"
end_shape
check_equal "a stalled dump keeps no process" "$([ -d "/proc/$pid" ] && echo there)" ""
release
check_equal "a dump whose process ended says so" "$(tail -1 "$WORK/held")" "interrupted"

shape many=2000
hold hold mapping-dump pid="$pid"
kill -KILL "$pid"
end_shape
release
check_equal "a dump whose process was killed says so" "$(tail -1 "$WORK/held")" "interrupted"

# ---- many processes, one stalled reader --------------------------------------

# More than are taken down in one piece (targets.c).
shape crowd=600
mapfile -t crowd < <(pgrep -P "$pid")
hold hold placement-dump
kill -KILL "${crowd[@]:75}"
sleep 1
release
check_equal "processes that end meanwhile do no harm" "$(tail -1 "$WORK/held")" "done"
seen() { sed -n 's/^placement pid=\([0-9]*\) .*/\1/p' "$WORK/held" | grep -cFx -f <(printf '%s\n' "$@"); }
check_equal "the living are there" "$(seen "${crowd[@]:0:75}")" 75
check_expr "not all of the dead are" "$(seen "${crowd[@]:75}") < 525"
end_shape

# ---- credentials are those of the start ---------------------------------------
# The probe sends as a user and reads on as root; enough processes for several
# messages, and root's come last.

SHAPE_AS=(setpriv --reuid 1000 --regid 1000 --clear-groups)
shape crowd=149
SHAPE_AS=()
roots=()
for _ in $(seq 20); do
	sleep 300 &
	roots+=($!)
done
hold hold placement-dump sender=1000
release
check_equal "begun by a user, read on by root: ends well" "$(tail -1 "$WORK/held")" "done"
check_equal "begun by a user, read on by root: the user's only" \
	"$(sed -n 's/^placement .* uid=\([0-9]*\) .*/\1/p' "$WORK/held" | sort | uniq -c | xargs)" "150 1000"
kill "${roots[@]}"; wait "${roots[@]}" 2>/dev/null
end_shape

# ---- a process that changes all the time ---------------------------------------

shape many=1000 churn
for _ in $(seq 10); do
	"$PROBE" ask mapping-dump pid="$pid"
done >"$WORK/churned"
check_equal "a busy process: every dump ends" "$(grep -Ec '^(done|interrupted)$' "$WORK/churned")" 10
check_equal "a busy process: addresses ascend" \
	"$(awk '/^(done|interrupted)$/ { last = "" }
		/^mapping/ { start = $3; sub(/start=/, "", start); start = sprintf("%16s", start)
			if (start <= last) bad++; last = start }
		END { print bad + 0 }' "$WORK/churned")" 0
for _ in $(seq 10); do "$PROBE" ask placement pid="$pid"; done >"$WORK/churned"
check_equal "a busy process: every walk ends" "$(grep -c '^placement ' "$WORK/churned")" 10
kill -KILL "$pid"
end_shape

# ---- processes that come and go while they are walked ---------------------------

while [ ! -e "$WORK/stop" ]; do "$SHAPE" anon=256K thp=4M </dev/null >/dev/null; done &
storm=$!
for _ in $(seq 8); do "$PROBE" ask placement-dump | tail -1; done >"$WORK/storm"
touch "$WORK/stop"
wait $storm
check_equal "dumps in a storm of processes all end well" "$(grep -cx "done" "$WORK/storm")" 8

# ---- a fatal signal ends a walk ---------------------------------------------------

"$PROBE" ask placement-dump >/dev/null &
kill -KILL $!
wait $! 2>/dev/null

slab() { awk '/^(SUnreclaim|Percpu):/ { kb += $2 } END { print kb }' /proc/meminfo; }
"$PROBE" ask placement-dump >/dev/null
sleep 1
before=$(slab)
for _ in $(seq 50); do "$PROBE" ask mapping-dump pid=$$ >/dev/null; done
sleep 1
after=$(slab)
echo "# slab before $before kB, after $after kB"
check_expr "50 dumps leave nothing behind" "$after - $before < 2048"

check "module unloads" rmmod tierscope
verdict
