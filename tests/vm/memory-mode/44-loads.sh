#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the cores counted for a run, against programs that know it themselves:
# the command and its children, from exec on, and no other's.
# kernel: 6.1
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

LOAD=$TIERSCOPE_BUILD/release/tests/vm/tools/core-load
run=$WORK/run.tsrun
chmod 755 "$WORK"

# count ROLE [FIELD]: of the recorded run; empty if there is none.
count() {
	tierscope report --format json "$run" | python3 -c '
import json, sys
rows = [row for row in json.load(sys.stdin)["loads"] if row["role"] == sys.argv[1]]
print("" if rows[0][sys.argv[2]] is None else rows[0][sys.argv[2]])' "$1" "${2:-count}"
}
near() { echo "($1 / $2 - 1) ^ 2 < $3 ^ 2"; }

check_status "a program and its child are recorded" 0 "" tierscope run --quiet --output "$run" -- \
	sh -c '"$0" loads 16777216 10 & "$0" loads 16777216 10; wait' "$LOAD"
loads=$(awk '{ sum += $NF } END { print sum }' "$WORK/stdout")
check_expr "they know what they loaded" "$loads == 2 * 10 * 16777216 / 64"
sum=0
for role in load.local_dram load.remote_dram load.local_pmm load.remote_pmm; do
	n=$(count $role)
	echo "# $role: $n"
	sum=$((sum + ${n:-0}))
done
check_expr "both are counted, by where the lines came from" "$(near $sum "$loads" 0.01)"
check_equal "misses are their sum" "$(count load.l3_miss)" $sum
check_expr "a footprint above near memory comes from Optane, too" "$(count load.local_pmm) + $(count load.remote_pmm) > 0"
tierscope report "$run" >"$WORK/table"
check "the report shows them" grep -q '^load.local_pmm .*MEM_LOAD_RETIRED.LOCAL_PMM .* 100.00 % *simulated$' "$WORK/table"

# The same for all that runs, of which that program is nearly all.
tierscope counters --group loads --per system --interval 500ms --format csv >"$WORK/live" &
live=$!
until [ -s "$WORK/live" ]; do sleep 0.1; done
"$LOAD" loads 16777216 10 >"$WORK/said"
sleep 1
kill -INT $live
wait $live
check_equal "live loads end when told to" $? 0
loads=$(awk '{ sum += $NF } END { print sum }' "$WORK/said")
sum=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^load\..*_count/) of[i]; next }
	{ for (i in of) sum += $i } END { print sum }' "$WORK/live")
echo "# live: $sum of $loads"
check_expr "live loads are those of the program" "$sum >= 0.99 * $loads && $sum < 1.1 * $loads"
check "and are counted all the time" awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^load\..*_running_ratio/) of[i]; next }
	{ for (i in of) if ($i != 1) exit 1; n++ } END { exit n < 2 }' "$WORK/live"
check_status "a core has no channel" 1 "channel" tierscope counters --group loads --per channel

check_status "a loop is recorded" 0 "" tierscope run --quiet --output "$run" -- "$LOAD" instructions 500000000
check_expr "its instructions are counted" "$(near "$(count instructions)" 500000000 0.01)"
check_expr "and cycles" "$(count cycles) > 0"
check_expr "it has loaded next to nothing" "$(count load.l3_miss) < 100000"

# What takes no turns is counted all the time.
tags=$WORK/tags.tsrun
check_status "a run of a group" 0 "" tierscope run -q --group tags --output "$tags" -- true
check_equal "takes no turns" "$(report_field "$tags" quality running_share_ratio)" 1
check_expr "and has its counts" "$(report_field "$tags" tag_checks tag_hit_count) >= 0"
check_equal "and no others" "$(report_field "$tags" traffic pmm_write_bytes)" ""
check_status "an unknown group" 125 "there is no group 'all-of-it'" tierscope run --group all-of-it -- true

mkdir -m 755 "$WORK/user"
chown 1:1 "$WORK/user"
cp "$LOAD" "$WORK/user/private"
chmod 4755 "$WORK/user/private"
check_status "a set-user-ID program runs" 0 "" as_user 1 tierscope run --quiet \
	--output "$WORK/user/run.tsrun" -- "$WORK/user/private" instructions 500000000
run=$WORK/user/run.tsrun
# Its counters are taken from it as soon as it is the other user's: what they
# have by then is nothing, or little over little time.
n=$(count instructions) ns=$(count instructions enabled_ns)
check_expr "and is not counted, which the time of its counters shows" \
	"${n:-0} < 5000000 && 10 * ${ns:-0} < $(report_field "$run" run user_cpu_ns)"

verdict
