#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tierscope placement` of a tree, a user, a cgroup; again and again; and what
# changed since a snapshot.
# kernel: 6.12
# timeout: 240
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

# column NAME FILE: its values, from CSV without quotes
column() {
	awk -F, -v name="$1" '{ sub(/\r$/, "") }
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		{ print $at }' "$2"
}
sum() { awk '{ sum += $1 } END { print sum + 0 }'; }
csv() { tierscope placement --format csv "$@" >"$WORK/out.csv" 2>"$WORK/said"; }

check "module loads" load_tierscope

# ---- a tree --------------------------------------------------------------------
shape crowd=5
family=$(printf '%s\n' "$pid" $(pgrep -P "$pid") | sort -n)
check "a tree" csv --tree "$pid"
check_equal "a tree is the process and its children" "$(column pid "$WORK/out.csv" | sort -n)" "$family"
check_equal "as many bytes as one by one" "$(column resident_bytes "$WORK/out.csv" | sum)" \
	"$(for one in $family; do csv --by process "$one" && column resident_bytes "$WORK/out.csv"; done | sum)"
check_status "a tree that is not there" 1 "no process 4000000" tierscope placement --tree 4000000
end_shape

# ---- a user, a cgroup ------------------------------------------------------------
SHAPE_AS=(setpriv --reuid 1000 --regid 1000 --clear-groups)
shape crowd=2
SHAPE_AS=()
family=$(printf '%s\n' "$pid" $(pgrep -P "$pid") | sort -n)
check "a user's" csv --user 1000
check_equal "has his processes" "$(column pid "$WORK/out.csv" | sort -n)" "$family"
check "a user asks for another's" as_user 1000 tierscope placement --user 0 --format csv
as_user 1000 tierscope placement --user 0 --format csv >"$WORK/out.csv" 2>"$WORK/said"
check_equal "and is shown none" "$(column pid "$WORK/out.csv")" ""
check "and told why" grep -q "somebody else's" "$WORK/said"

mkdir -p /sys/fs/cgroup/shape/inner
echo "$pid" >/sys/fs/cgroup/shape/inner/cgroup.procs
check "a cgroup" csv --cgroup shape
check_equal "has what is below it" "$(column pid "$WORK/out.csv")" "$pid"
check "a cgroup by its path" csv --cgroup /sys/fs/cgroup/shape/inner
check_equal "is the same" "$(column pid "$WORK/out.csv")" "$pid"
check_status "a cgroup that is not there" 1 "no cgroup 'nothing'" tierscope placement --cgroup nothing
echo "$pid" >/sys/fs/cgroup/cgroup.procs
rmdir /sys/fs/cgroup/shape/inner /sys/fs/cgroup/shape

# ---- since -------------------------------------------------------------------------
check "a snapshot" eval 'tierscope placement --user 1000 --format json >"$WORK/before.json"'
end_shape
SHAPE_AS=(setpriv --reuid 1000 --regid 1000 --clear-groups)
shape anon=8M
SHAPE_AS=()
check "since then" csv --user 1000 --since "$WORK/before.json"
check_equal "three are gone" "$(column state "$WORK/out.csv" | grep -c gone)" 3
check_equal "one is new" "$(column state "$WORK/out.csv" | grep -c new)" 1
check_expr "and brought its memory" \
	"$(column resident_change_bytes "$WORK/out.csv" | sort -n | tail -1) >= 8 * 1048576"
tierscope placement --by process --format json "$pid" >"$WORK/before.json"
check "nothing happened since" csv --since "$WORK/before.json" "$pid"
check_equal "so nothing changed" \
	"$(column state "$WORK/out.csv") $(column resident_change_bytes "$WORK/out.csv")" "there 0"
check_status "no snapshot" 1 "is no snapshot by process" tierscope placement --since "$WORK/out.csv" "$pid"
check_status "no file" 1 "cannot open snapshot" tierscope placement --since "$WORK/nothing" "$pid"

# ---- again and again -----------------------------------------------------------------
check "three times" csv --watch 50ms --count 3 --by process "$pid"
check_equal "one header, a row each time" "$(grep -c '^pid,' "$WORK/out.csv") $(column pid "$WORK/out.csv" | sort | uniq -c | xargs)" "1 3 $pid"
tierscope placement --watch 50ms --format csv "$pid" >"$WORK/out.csv" &
client=$!
for _ in $(seq 100); do [ -s "$WORK/out.csv" ] && break; sleep 0.1; done
kill -TERM $client
wait $client
check_equal "SIGTERM ends it well" $? 0
tierscope placement --watch 50ms --format csv "$pid" >"$WORK/out.csv" 2>/dev/null &
client=$!
for _ in $(seq 100); do [ -s "$WORK/out.csv" ] && break; sleep 0.1; done
end_shape
wait $client
check_equal "so does the end of the process" $? 0

check "module unloads" rmmod tierscope
verdict
