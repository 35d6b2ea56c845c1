#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2217,SC2317
# (what is in single quotes is for another shell, sleep keeps a pipe open, and
# check calls functions by name)
# The command line: every command in every format, every kind of bad input,
# and how `run` ends.
# kernel: 6.12
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"

session() { "$TIERSCOPE_TREE/scripts/guest-session" -- "$@"; }
fields() { /usr/bin/python3 -IS "$TIERSCOPE_TREE/tests/vm/fields.py" "$@"; }
free_pid() { echo $(($(cat /proc/sys/kernel/pid_max) - 3)); }

# well_formed COMMAND...: in all three formats: status 0, data on stdout,
# nothing on stderr, both machine formats parse and have the same fields. They
# are left in $WORK/as.FORMAT.
well_formed() {
	local format
	for format in table json csv; do
		tierscope "$@" --format "$format" >"$WORK/as.$format" 2>"$WORK/stderr" ||
			{ echo "$format: status $?: $(cat "$WORK/stderr")"; return 1; }
		[ -s "$WORK/as.$format" ] || { echo "$format: no data"; return 1; }
		[ ! -s "$WORK/stderr" ] || { echo "$format: $(cat "$WORK/stderr")"; return 1; }
	done
	fields "$WORK/as.json" "$WORK/as.csv"
}
# same_fields NAME COMMAND...
same_fields() { check "$1: three formats with the same fields" well_formed "${@:2}"; }

if [ "${1:-}" != inside ]; then
	# ---- nothing is there yet -------------------------------------------------
	unload_modules
	same_fields "topology without the module" topology
	check_status "placement without the module" 1 "module" tierscope placement $$
	check_status "counters without a PMU" 1 "^tierscope: ." tierscope counters --count 1
	check_status "run without a bus" 125 "bus" \
		tierscope run --bus-address unix:path=/nonexistent -- true
	session bash "$0" inside || fail "all of that with modules, bus and daemon"
	verdict
fi

# ---- formats ------------------------------------------------------------------
sleep 1000 &
sleeper=$!
same_fields topology topology
check_equal "the mode" "$(tierscope topology -f json | python3 -c '
import json, sys; print(json.load(sys.stdin)["machine"]["mode"])')" memory-mode
same_fields placement placement $sleeper
check "sharing is not measured unasked" python3 -c '
import json, sys
assert all(row["shared_bytes"] is None for row in json.load(open(sys.argv[1]))["cells"])' "$WORK/as.json"
same_fields "placement with sharing" placement --sharing $sleeper
check "sharing is measured when asked for" python3 -c '
import json, sys
assert all(row["shared_bytes"] <= row["bytes"] for row in json.load(open(sys.argv[1]))["cells"])' "$WORK/as.json"
same_fields "placement of several" placement $sleeper $$
same_fields "placement by process" placement --by process $sleeper
same_fields "all placements" placement --all
same_fields mappings placement --mappings $sleeper
same_fields counters counters --interval 50ms --count 3
check_equal "counters: a moment and a place come first" \
	"$(head -n 1 "$WORK/as.csv" | cut -d, -f1-4)" time_utc,mono_ns,socket,channel
check_equal "counters: a row for each socket and one for all, three times" \
	"$(tail -n +2 "$WORK/as.csv" | cut -d, -f3 | sort | uniq -c | tr -s ' \n' ' ')" " 3 0 3 1 3 all "
same_fields "counters of a group" counters --interval 50ms --count 1 --group bandwidth
check_equal "which need no turns" "$(tail -n +2 "$WORK/as.csv" | tr -d '\r' | grep -vc ',simulated,$')" 0
check "and bring no column of what was not asked for" test -z "$(head -n 1 "$WORK/as.csv" | grep tag)"
same_fields "counters per channel" counters --interval 50ms --count 2 --group tags --per channel
check_equal "counters: a row for each channel of each socket" \
	"$(tail -n +2 "$WORK/as.csv" | cut -d, -f3,4 | sort | uniq -c | awk '$1 == 2' | wc -l)" 12
tierscope counters --interval 50ms --count 1 --group tags --format jsonl >"$WORK/one.json"
tierscope counters --interval 50ms --count 1 --group tags --format json >"$WORK/other.json"
check "json and jsonl are the same" fields "$WORK/one.json" "$WORK/other.json"
check_equal "counters end after a duration" "$(tierscope counters --interval 50ms --duration 120ms --per system \
	--roles tag.hit --format csv | tail -n +2 | wc -l)" 3
check_equal "and at the shortest interval, too" "$(tierscope counters --interval 1ms --count 20 --per system \
	--group bandwidth --format csv | grep -c ',simulated,')" 20
# What a terminal shows: three tables, and before the second and the third the
# cursor goes back up over the five lines of the one before.
TERM=xterm script -qc "stty cols 300; tierscope counters --interval 50ms --count 3" /dev/null >"$WORK/terminal"
check_equal "on a terminal the table stays in its place" \
	"$(grep -o $'\e\\[[0-9]*A' "$WORK/terminal" | tr -d $'\e' | tr '\n' ' ')" "[5A [5A "
check_equal "with one heading a table" "$(grep -c "^socket .*hit ratio" "$WORK/terminal")" 3
check "on one that cannot do that rows follow one another" test -z "$(TERM=dumb script -qc \
	"tierscope counters --interval 50ms --count 2" /dev/null | grep $'\e')"
check_status "run" 0 "recorded as" tierscope run --label k=v --output "$WORK/run.tsrun" -- \
	dd if=/dev/zero of=/dev/null bs=1M count=200
name=$(sed -n "s/.*recorded as '\([^']*\)'.*/\1/p" "$WORK/stderr")
check_status "run with a row for programs" 3 "" tierscope run --format json -- sh -c 'exit 3'
check "it has the name of the run, and how it ended" python3 -c '
import json, sys
run, = json.load(open(sys.argv[1]))["run"]
assert (run["ending"], run["status"]) == ("exited", 3), run
assert run["path"].endswith("/" + run["name"] + ".tsrun"), run' "$WORK/stdout"
check "which no sentence says as well" test -z "$(grep "recorded as" "$WORK/stderr")"
same_fields runs runs
check_equal "completion knows the runs by their files" \
	"$(bash -c '. "$0"; _tierscope_runs | sort' "$TIERSCOPE_TREE/userspace/cli/completion/tierscope")" \
	"$(tail -n +2 "$WORK/as.csv" | cut -d, -f1 | sort)"
same_fields "report by name" report "$name"
cp "$WORK/as.csv" "$WORK/by-name.csv"
same_fields "report by path" report "$WORK/run.tsrun"
check "both are the same" cmp "$WORK/as.csv" "$WORK/by-name.csv"
tierscope report --series -f json "$name" >"$WORK/series.json"
check_equal "the series has fields of its own" "$(fields "$WORK/series.json" | grep -c '^series\.')" 27

# ---- two runs ---------------------------------------------------------------------
check_status "the same again" 0 "" tierscope run -q --label k=v --output "$WORK/again.tsrun" -- \
	dd if=/dev/zero of=/dev/null bs=1M count=200
same_fields "two runs side by side" compare "$name" "$WORK/again.tsrun"
check "what is quotient and what is not" python3 -c '
import json, sys
document = json.load(open(sys.argv[1]))
rows = {row["figure"]: row for part in ("times", "memory", "traffic", "ratios") for row in document[part]}
for name, unit in ("wall", "ns"), ("peak", "bytes"), ("dram_read", "bytes"), ("hit", "ratio"):
    row = rows[name]
    quotient = row["b_" + unit] / row["a_" + unit]
    assert abs(row["b_per_a_ratio"] - quotient) < 1e-6 * quotient, row
assert document["differences"] == [] and [run["problem"] for run in document["runs"]] == ["", ""], document' "$WORK/as.json"
tierscope run -q --label k=w --output "$WORK/failed.tsrun" -- sh -c 'exit 3'
check_status "another program and another label" 1 "program \\('dd' against 'sh'\\), .*--force" \
	tierscope compare "$name" "$WORK/failed.tsrun"
check "no figure of it" test ! -s "$WORK/stdout"
same_fields "by force" compare --force "$name" "$WORK/failed.tsrun"
check "it says what differs, and that one failed" python3 -c '
import json, sys
document = json.load(open(sys.argv[1]))
refused = {row["what"] for row in document["differences"] if row["refused"]}
assert {"program", "label k"} <= refused, refused
assert document["runs"][1]["problem"] == "it failed: exited with 3", document["runs"]' "$WORK/as.json"

# ---- bad input ------------------------------------------------------------------
missing=$(free_pid)
(exit 0) &
dead=$!
wait $dead
check_status "an unknown pid" 1 "^tierscope: .*$missing" tierscope placement "$missing"
check_status "a dead pid" 1 "^tierscope: .*$dead" tierscope placement $dead
check_status "a kernel thread" 1 "^tierscope: .*kernel thread" tierscope placement 2
check_status "somebody else's process" 1 "^tierscope: ." as_user 1000 tierscope placement 1
check_status "one of two is unknown" 1 "$missing" tierscope placement --format csv $sleeper "$missing"
check "the other one is shown" grep -q "^$sleeper," "$WORK/stdout"
check_status "counters without the capability" 1 "CAP_PERFMON" as_user 1000 tierscope counters
check_status "an interval out of range" 2 "outside" tierscope counters --interval 999us
check_status "an interval of nothing" 2 "outside" tierscope counters --interval 0
check_status "a group that does not exist" 2 "'nothing'" tierscope counters --group nothing
check_status "a run's interval out of range" 125 "60s" tierscope run --interval 61s -- true
check_status "a run that is not there" 1 "'nothing'" tierscope report nothing
check_status "a command that does not exist" 127 "^tierscope: .*/nonexistent" tierscope run -- /nonexistent
check_status "a name that does not exist" 127 "no-such-command" tierscope run -- no-such-command
check_status "a command that may not be executed" 126 "passwd" tierscope run -- /etc/passwd
check_equal "neither leaves a run" "$(tierscope runs -f csv | wc -l)" 5

state=$WORK/state/runs/0
mkdir -p "$state"
cp "$WORK/run.tsrun" "$state/good.tsrun"
cp "$WORK/run.tsrun" "$state/newer.tsrun"
python3 -c '
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as file: file.execute("PRAGMA user_version = 1000")' "$state/newer.tsrun"
head -c 5000 "$WORK/run.tsrun" >"$state/cut.tsrun"
echo nonsense >"$state/nonsense.tsrun"
check_status "runs with bad files among them" 0 "" tierscope runs --state-dir "$WORK/state" --format csv
check_equal "every file is a row" "$(tail -n +2 "$WORK/stdout" | wc -l)" 4
check_equal "three of them are unreadable" "$(grep -c ,unreadable, "$WORK/stdout")" 3
check_status "a newer file" 1 "newer" tierscope report "$state/newer.tsrun"
check_status "a damaged file" 1 "^tierscope: .*cut.tsrun" tierscope report "$state/cut.tsrun"
check_status "no run file at all" 1 "^tierscope: .*nonsense" tierscope report "$state/nonsense.tsrun"

# ---- how run ends ------------------------------------------------------------------
check_status "an exit status" 7 "" tierscope run -- sh -c 'exit 7'
check_status "2 is the command's own" 2 "" tierscope run -q -- sh -c 'exit 2'
check_status "a signal" 137 "" tierscope run --output "$WORK/killed.tsrun" -- sh -c 'kill -KILL $$'
tierscope report -f json "$WORK/killed.tsrun" >"$WORK/killed.json"
check "a killed workload leaves a complete file with its signal" python3 -c '
import json, sys
run = json.load(open(sys.argv[1]))["run"]
assert (run["state"], run["ending"], run["status"]) == ("complete", "killed", 9), run' "$WORK/killed.json"
check_status "a crash" 139 "" tierscope run --output "$WORK/crashed.tsrun" -- sh -c 'kill -SEGV $$'
check_equal "leaves one, too" "$(tierscope report -f csv "$WORK/crashed.tsrun" |
	sed -n 's/^run,,\(state\|ending\|status\),\([^,]*\),.*/\2/p' | tr -d '\r' | tr '\n' ' ')" "complete killed 11 "
check_equal "stdin and stdout are the caller's" "$(echo in | tierscope run -q -- tr a-z A-Z)" IN
check_equal "the directory is the caller's" "$(cd /usr/share && tierscope run -q -- pwd)" /usr/share
check_equal "the environment is the caller's" "$(ONE="a b" tierscope run -q -- printenv ONE)" "a b"
mkdir "$WORK/user" && chown 1000:1000 "$WORK/user" && chmod 755 "$WORK"
check_status "what D-Bus cannot carry is left out by name" 0 "'BAD'" \
	env BAD=$'\xef\xbf\xbe' tierscope run -q -- true
check_status "an entry that is no variable too" 0 "'nonsense'" python3 -c '
import ctypes, os
environment = (ctypes.c_char_p * 3)(b"nonsense", ("PATH=" + os.environ["PATH"]).encode(), None)
program = next(p for d in os.environ["PATH"].split(":") if os.access(p := d + "/tierscope", os.X_OK)).encode()
argv = (ctypes.c_char_p * 6)(b"tierscope", b"run", b"-q", b"--", b"true", None)
ctypes.CDLL(None).execve(program, argv, environment)'
check_equal "the user is the caller" \
	"$(as_user 1000 tierscope run -q --output "$WORK/user/run.tsrun" -- id -u)" 1000
check_equal "the copy is the caller's" "$(stat -c %u:%a "$WORK/user/run.tsrun")" 1000:600
check_status "the caller sees that run" 0 "" as_user 1000 tierscope runs --format csv
check_equal "and no other" "$(tail -n +2 "$WORK/stdout" | cut -d, -f2 | sort -u)" 1000

# started FILE: until the command that writes it runs, at most 30 s.
started() {
	local tries=0
	until [ -s "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return
		sleep 0.1
	done
}
as_user 1000 tierscope run -q -- sh -c 'echo $$ >"$0"; exec sleep 1000' "$WORK/user/busy" 2>"$WORK/busy.stderr" &
client=$!
check "a user's run goes on" started "$WORK/user/busy"
check_status "its user sees it" 0 "" as_user 1000 tierscope runs --format csv
check_equal "as recording" "$(grep -c ',recording,.*until the run has ended' "$WORK/stdout")" 1
busy=$(sed -n 's/^\([^,]*\),.*,recording,.*/\1/p' "$WORK/stdout")
check_status "a report on it waits" 1 "until the run has ended" as_user 1000 tierscope report "$busy"
kill -KILL "$(cat "$WORK/user/busy")"
wait $client
check_equal "until it is killed" $? 137
# In the background bash ignores SIGINT, and so would what it starts: SIGTERM.
tierscope run -q -- sh -c 'trap "exit 5" TERM; echo >"$0"; while :; do sleep 0.1; done' \
	"$WORK/trapped" 2>"$WORK/stderr" &
client=$!
check "a run in the background" started "$WORK/trapped"
kill -TERM $client
wait $client
check_equal "SIGTERM goes to the command, which may handle it" $? 5

tierscope counters --interval 50ms --format csv >"$WORK/stream.csv" 2>"$WORK/stderr" &
client=$!
check "counters in the background" started "$WORK/stream.csv"
kill -INT $client
wait $client
check_equal "SIGINT ends counters well" $? 0
check "with whole rows" fields "$WORK/stream.csv"
check "a reader that goes ends it quietly" bash -c '
	tierscope counters --interval 20ms 2>"$0" | head -n 1 >/dev/null
	[ "${PIPESTATUS[0]}" = 141 ] && [ ! -s "$0" ]' "$WORK/stderr"

# A pipe whose reader sleeps is full within seconds.
mkfifo "$WORK/full"
sleep 1000 <"$WORK/full" &
reader=$!
tierscope counters --interval 10ms --format json >"$WORK/full" 2>"$WORK/stderr" &
client=$!
blocked() {
	local tries=0
	until grep -q pipe_write "/proc/$client/wchan"; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return
		sleep 0.1
	done
}
check "counters that nobody reads" blocked
kill -TERM $client
wait $client
check_equal "are ended by SIGTERM all the same" $? 0
kill $reader

# ---- the daemon dies --------------------------------------------------------------
daemon=$(dbus-send --system --print-reply=literal --dest=org.freedesktop.DBus / \
	org.freedesktop.DBus.GetConnectionUnixProcessID string:org.tierscope1 | tr -dc '0-9 ' | awk '{ print $NF }')
tierscope run -- sh -c 'echo >"$0"; sleep 3' "$WORK/left" 2>"$WORK/stderr" &
client=$!
check "a run for the daemon to leave" started "$WORK/left"
kill -KILL "$daemon"
wait $client
check_equal "a daemon that dies is our failure" $? 125
check "and is said" grep -q "^tierscope: the daemon went away" "$WORK/stderr"
check_status "without a daemon" 125 "start it" tierscope run -- true

kill $sleeper
verdict
