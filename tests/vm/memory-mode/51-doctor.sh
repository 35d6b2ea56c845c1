#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2317
# (check calls functions by name)
# What the machine can count, held against perf; and what doctor says of it, to
# root and to a user, with and without what it looks for.
# kernel: 6.12
# timeout: 120
. "$TIERSCOPE_TREE/tests/vm/lib.sh"

PMUS=/sys/bus/event_source/devices

# doctor FILE COMMAND...: in csv; its status is that of the worst state.
doctor() {
	local file=$1 status=0 bad
	shift
	"$@" tierscope doctor --format csv >"$file" || status=$?
	bad=$(tail -n +2 "$file" | grep -vc '^[a-z]*,works,')
	[ "$(wc -l <"$file")" -ge 11 ] && [ "$status" = $((bad > 0)) ]
}
# is NAME FILE CHECK PATTERN: its state and finding.
is() {
	local check state finding
	while IFS=, read -r check state finding; do
		[ "$check" = "$3" ] || continue
		if [[ "$state: ${finding#\"}" =~ ^$4 ]]; then pass "$1"; else fail "$1" "$state: $finding"; fi
		return
	done <"$2"
	fail "$1" "no such check"
}

if [ "${1:-}" != inside ]; then
	unload_modules
	check "doctor with nothing there" doctor "$WORK/nothing" env
	is "there is no module" "$WORK/nothing" module "fails: .*not loaded"
	is "no memory controller" "$WORK/nothing" controllers "fails: Cascade Lake: none of 12"
	is "no sampler" "$WORK/nothing" sampler "fails: .*uncore_imc"
	is "no bus" "$WORK/nothing" daemon "fails: .*bus"
	is "nobody else" "$WORK/nothing" others "works: nobody holds"
	"$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0" inside || fail "all of that with modules, bus and daemon"
	verdict
fi

# ---- events ---------------------------------------------------------------------
m2m=partly tasks=fails
[ ! -d $PMUS/uncore_m2m_0 ] || m2m=works
[ ! -d $PMUS/cpu ] || tasks='(works|partly)'
tierscope events --format json >"$WORK/events"
events=$(python3 -IS -c '
import json, sys
rows = [row for row in json.load(open(sys.argv[1]))["events"] if row["box"] != "core"]
assert len(rows) == 12 and all(row["supported"] or row["note"] for row in rows), rows
assert all(row["supported"] for row in rows if row["box"] == "imc"), rows
print(*(word for row in rows if row["used"] for word in ("-e", row["event"])))' "$WORK/events") ||
	fail "every role is there"
# shellcheck disable=SC2016,SC2086
# (what is in single quotes is for another shell; a word each)
perf stat -x, -o "$WORK/perf" -a $events -- sh -c 'echo $$ >"$0"; exec sleep 1000' "$WORK/held" &
perf=$!
check "perf takes every event that is shown" within 30 test -s "$WORK/held"

# ---- doctor ---------------------------------------------------------------------
check "doctor for root" doctor "$WORK/root" env
is "the module" "$WORK/root" module works
is "the mode, with its evidence" "$WORK/root" mode "works: memory-mode: .*memory_side_cache"
is "the controllers" "$WORK/root" controllers "$m2m: Cascade Lake"
is "a sampler" "$WORK/root" sampler "works: one of "
is "tasks" "$WORK/root" tasks "$tasks"
is "capabilities" "$WORK/root" capabilities works
is "the daemon" "$WORK/root" daemon "works: version .* records 0 runs"
is "who else counts" "$WORK/root" others "partly: 1 processes hold .*perf \($perf\)"
check "doctor for a user" doctor "$WORK/user" as_user 1000
is "whom a sampler is refused" "$WORK/user" sampler "fails: .*CAP_PERFMON"
is "who has own processes" "$WORK/user" capabilities "partly: uid 1000: .*no counters"
is "whom the daemon serves" "$WORK/user" daemon works
is "who sees no others" "$WORK/user" others "works: .*may not be looked at"

kill "$(cat "$WORK/held")"
wait $perf
check_equal "perf counted all of them" "$(grep -c '^[0-9]' "$WORK/perf")" "$(($(wc -w <<<"$events") / 2))"
verdict
