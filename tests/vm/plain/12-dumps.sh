#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Dumps that stop in the middle, outlive their process, or meet a busy one.
# kernel: 6.12
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

is_named() { local name; read -r name 2>/dev/null <"/proc/$1/comm" && [ "$name" = "$2" ]; }

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

shape many=2000 exec
hold hold mapping-dump pid="$pid"
kill -USR1 "$pid"
within 20 is_named "$pid" sleep || fail "it runs another program"
release
check_equal "a dump whose process runs another program says so" "$(tail -1 "$WORK/held")" "interrupted"
check_equal "and shows nothing of that" "$(grep -c 'bin/sleep' "$WORK/held")" 0
kill "$pid"
end_shape

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

# ---- rights are those of the start ---------------------------------------------
# More processes than two messages hold, which are made before it waits; what
# matters comes last.

user=(setpriv --reuid 1000 --regid 1000 --clear-groups)
uids() { sed -n 's/^placement .* uid=\([0-9]*\) .*/\1/p' "$1" | sort -n | uniq -c | xargs; }
SHAPE_AS=("${user[@]}")
shape crowd=499; crowd_input=$shape_input crowd_job=$shape_job
SHAPE_AS=()
shape crowd=9
roots=$pid
mkfifo "$WORK/go"
chmod 755 "$WORK"
chmod 644 "$WORK/go"
cp /usr/bin/sleep "$WORK/set-uid"
chmod 4755 "$WORK/set-uid"
# shellcheck disable=SC2016
"${user[@]}" bash -c 'read -r _ <"$0"; exec "$1" 300' "$WORK/go" "$WORK/set-uid" &
changes=$!
exec {go}>"$WORK/go"
"$PROBE" ask placement-dump sender=1000 >"$WORK/seen"
check_equal "a user's dump has his own" "$(uids "$WORK/seen")" "501 1000"
hold hold placement-dump sender=1000
echo >&"$go"
exec {go}>&-
within 20 is_named $changes set-uid || fail "a program becomes set-uid"
release
check_equal "begun by a user, read on by root: ends well" "$(tail -1 "$WORK/held")" "done"
check_equal "begun by a user, read on by root: the user's only, less what is set-uid now" \
	"$(uids "$WORK/held")" "500 1000"
kill $changes
wait $changes 2>/dev/null
hold hold placement-dump reader=1000
release
check_equal "begun by root, read on by a user: root's too" \
	"$(sed -n 's/^placement pid=\([0-9]*\) uid=0 comm=memory-shape .*/\1/p' "$WORK/held" | awk -v from="$roots" '$1 >= from' | wc -l)" 10
end_shape
shape many=2000
for what in mapping-dump page-dump; do
	hold hold $what pid="$pid" reader=1000
	release
	check_equal "$what: begun by root, read on by a user" "$(tail -1 "$WORK/held")" "done"
done
end_shape

# ---- a reader that stops in the middle, and is killed ----------------------------
# What it reads of maps more memory and runs another program meanwhile.

unused() { local users; read -r users </sys/module/tierscope/refcnt && [ "$users" = 0 ]; }
for what in placement-dump mapping-dump page-dump; do
	shape many=2000 exec
	[ $what = placement-dump ] && words=() || words=(pid="$pid")
	hold hold $what "${words[@]}"
	check_status "$what: it holds the module" 1 "" unused
	kill -USR1 "$pid"
	check "$what: mmap and exec go through" within 20 is_named "$pid" sleep
	kill -KILL "$holder"
	release 2>/dev/null
	check "$what: nothing is held once it is killed" within 20 unused
	kill "$pid"
	end_shape
done
eval "exec $crowd_input>&-"
wait "$crowd_job" 2>/dev/null

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
