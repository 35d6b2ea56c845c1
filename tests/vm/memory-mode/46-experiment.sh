#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2317
# (variables in single quotes are the experiment's, and check calls functions by
# name)
# An experiment with a real daemon: killed in its midst and resumed, past a cell
# that fails and one that takes too long; the table against the report on the
# same run; no daemon; a disk without room.
# kernel: 6.12
# timeout: 200
if [ -z "${IN_SESSION:-}" ]; then
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
fi
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"
cd "$WORK" || exit 1

# Row 2 waits for a file at first, row 3 fails, row 4 takes too long and does
# not listen.
cat >x.yaml <<'END'
name: small
command:
  - sh
  - -c
  - |
    echo x >>made.$0
    [ $0 != 2 ] || [ -e go ] || exec sleep 100
    [ $0 != 3 ] || { echo no reason >&2; exit 7; }
    [ $0 != 4 ] || { trap '' TERM; while :; do sleep 1; done; }
    tierscope-stream --bytes 4M --read --passes 1 >&2
    echo "{\"x_bytes\": $0, \"who\": \"$WHO\"}"
  - "${n}"
show: [x_bytes, who]
matrix: {n: [1, 2, 3]}
machines:
  mm: {mode: memory-mode}
  elsewhere: {mode: dram-only}
repeats: 2
environment: {WHO: "${machine}.${repeat}"}
labels: {n: "${n}"}
record: {interval: 50ms, group: tags}
limit: 60s
END
state() { tierscope experiment status "$1" --output "$2" --format csv | sed -n "s/^experiment,,$3,\([^,]*\),.*/\1/p"; }
lines() { wc -l <"made.$1"; }

tierscope experiment run x.yaml --output out 2>err &
experiment=$!
check "the first cell is done, the second runs" within 60 test -e made.2
kill -KILL $experiment
wait $experiment 2>/dev/null
check_equal "killed: what was done is kept" "$(state x.yaml out done) $(state x.yaml out not_run)" "1 11"
# Its client has gone with it, and has taken the command along.
asleep() { pgrep -f 'sleep 100' >/dev/null; }
awake() { ! asleep; }
check "and its command does not go on" within 30 awake

touch go
check_status "resumed: past the one that fails, with status 1" 1 "4 cells done, 2 failed, 0 not run" \
	tierscope experiment run x.yaml --output out
check "it is told with its last words" grep -q "failed: 'mm/n=3.1': it ended with status 7: no reason" "$WORK/stderr"
check_equal "what was done is not done again" "$(lines 1) $(lines 2) $(lines 3)" "2 3 2"
check_equal "what belongs to another machine is left alone" "$(state x.yaml out not_run)" 6
check_status "and that machine is not this one" 1 "is in dram-only, and this one is in memory-mode" \
	tierscope experiment run x.yaml --output out --machine elsewhere

for format in table json csv; do
	check "the table as $format" bash -c "tierscope experiment table x.yaml --output out --format $format >table.$format"
done
check "has the same fields in both" /usr/bin/python3 -IS "$TIERSCOPE_TREE/tests/vm/fields.py" table.json table.csv
for repeat in 1 2; do
	tierscope report --format json "out/mm/n=1.$repeat.tsrun" >"report.$repeat"
done
check "its means and spreads are those of the reports" /usr/bin/python3 -IS -c '
import json, math, sys
row = json.load(open("table.json"))["runs"][0]
assert (row["n"], row["machine"], row["runs"], row["status"]) == ("1", "mm", 2, 0), row
reports = [json.load(open("report." + repeat)) for repeat in "12"]
for name, get in (
        ("wall_%s_ns", lambda r: r["run"]["wall_ns"]),
        ("peak_%s_bytes", lambda r: r["run"]["peak_bytes"]),
        ("dram_read_%s_bytes", lambda r: r["traffic"][0]["dram_read_bytes"]),
        ("hit_%s_ratio", lambda r: r["tag_checks"][0]["hit_ratio"])):
    a, b = map(get, reports)
    for kind, want in (("mean", (a + b) / 2), ("spread", abs(a - b) / math.sqrt(2))):
        got = row[name % kind]
        assert abs(got - want) < (1e-6 if "ratio" in name else 1), (name, kind, got, want)
assert row["x_bytes"] == 1 and row["x_bytes_spread"] == 0, row
assert row["who"] is None and row["method"] == "simulated", row
assert row["pmm_read_mean_bytes"] is None and "no such" in row["reason"]["pmm_read_mean_bytes"], row
assert [r["run"]["labels"] for r in reports] == ["n=1"] * 2, [r["run"] for r in reports]
'

# ---- a command that takes too long --------------------------------------------
sed -e 's/matrix: .*/matrix: {n: [4]}/' -e 's/repeats: .*/repeats: 1/' -e 's/limit: .*/limit: 1s/' x.yaml >late.yaml
check_status "a time limit" 1 "'mm/n=4.1': it reached its time limit of 1 s" \
	tierscope experiment run late.yaml --output late
looping() { pgrep -f 'while :; do sleep 1' >/dev/null; }
silent() { ! looping; }
check "ends who does not listen" within 10 silent

# ---- no daemon -----------------------------------------------------------------
# Its bus is gone, and then nobody on it has its name.
sed 's/matrix: .*/matrix: {n: [1]}/' x.yaml >alone.yaml
check_status "without a bus nothing runs" 1 "nothing can be recorded: the daemon cannot be asked: .*" \
	env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere tierscope experiment run alone.yaml --output alone
dbus-daemon --session --nofork --print-address=3 3>address &
bus=$!
check "another bus comes up" within 20 test -s address
check_status "nor without the daemon" 1 "nothing can be recorded: the daemon is not there" \
	env DBUS_SYSTEM_BUS_ADDRESS="$(cat address)" tierscope experiment run alone.yaml --output alone
kill $bus
check_equal "no cell has failed for it" "$(state alone.yaml alone failed) $(state alone.yaml alone not_run)" "0 4"
check_status "and with the daemon they run" 0 "2 cells done, 0 failed, 0 not run" \
	tierscope experiment run alone.yaml --output alone

# ---- no room -------------------------------------------------------------------
mkdir full
before=$(lines 1)
mount -t tmpfs -o size=8M tmpfs full
check_status "a full disk" 1 "the disk of .* has less than" tierscope experiment run x.yaml --output full
check_equal "is told before anything runs" "$(lines 1) $(ls full | wc -l)" "$before 0"
umount full

# ---- no room left on the way ----------------------------------------------------
cat >fill.yaml <<'END'
name: fill
plan: [sh, -c, '[ $0 = 2 ] && [ ! -e room ] && { dd if=/dev/zero of=full/fill bs=1M count=40 2>&1; exit 1; } >&2; echo $0', "${n}"]
matrix: {n: [1, 2, 3]}
END
mount -t tmpfs -o size=48M tmpfs full
check_status "a disk that fills" 1 "1 cells done, 0 failed, 2 not run" tierscope experiment run fill.yaml --output full
check "is told, and is no failure of the cell" grep -q "the disk of .* has less than .* the same command goes on" "$WORK/stderr"
check_equal "what was done is kept" "$(state fill.yaml full done)" 1
rm full/fill
touch room
check_status "and it goes on when there is room" 0 "3 cells done, 0 failed, 0 not run" \
	tierscope experiment run fill.yaml --output full
umount full

verdict
