#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon is killed, or stopped, while a command runs: the command goes on,
# and the file is there with all but its last second.
# kernel: 6.1
# timeout: 300
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"
# A bus serves only users that are known: Debian always has bin.
user=2
export TIERSCOPE_STATE_DIR=${TIERSCOPE_STATE_DIR:-/var/lib/tierscope}
cd /

newest() { ls -t "$TIERSCOPE_STATE_DIR/runs/$user"/*.tsrun 2>/dev/null | head -n 1; }
recorded() {
	[ "$(newest)" != "$run" ] && [ "$(report_field "$(newest)" quality samples 2>/dev/null)" -ge 15 ] 2>/dev/null
}
served() {
	dbus-send --system --print-reply --dest=org.tierscope1 /org/tierscope1 \
		org.tierscope1.Manager.Status >/dev/null 2>&1
}
start_daemon() { tierscoped >"$WORK/daemon" 2>&1 & within 60 served; }

run=
# begin: a new run with samples on disk, in $run, its client in $client and its
# command in $command.
begin() {
	# Not by a function: $! would be its shell.
	setpriv --reuid $user --regid $user --clear-groups -- \
		tierscope run -- sh -c 'echo $$; exec sleep 3000' >"$WORK/pid" 2>"$WORK/client" &
	client=$!
	within 60 recorded || fail "samples are on the disk while it runs"
	run=$(newest)
	command=$(cat "$WORK/pid")
}

begin
check_equal "while it runs the file is root's" "$(stat -c '%u %a' "$run")" "0 600"
check_equal "and says so" "$(report_field "$run" run state)" recording
before=$(report_field "$run" quality samples)
kill -KILL "$(pidof tierscoped)"
wait "$client"
check_equal "the client notices the end of the daemon" $? 125
check "the command goes on" kill -0 "$command"
check "another daemon starts" start_daemon
check_equal "and gives the user the file" "$(stat -c '%u %g %a' "$run")" "$user $user 600"
check_equal "which says that it was interrupted" "$(report_field "$run" run state)" interrupted
check_expr "no committed sample is lost" "$(report_field "$run" quality samples) >= $before"
check_equal "no journal is left" "$(ls "$run"-* 2>/dev/null)" ""
check "the command still goes on" kill -0 "$command"
kill "$command"

begin
before=$(report_field "$run" quality samples)
daemon=$(pidof tierscoped)
kill -TERM "$daemon"
within 60 bash -c '! kill -0 "$0" 2>/dev/null' "$daemon"
wait "$client"
check_equal "the client notices that the daemon stops" $? 125
check_equal "the file is closed" "$(report_field "$run" run state)" interrupted
check "and has a note" bash -c '[[ $0 == *"was stopped while the command ran"* ]]' "$(report_field "$run" run note)"
check_expr "and all samples" "$(report_field "$run" quality samples) >= $before"
check_equal "and is the user's" "$(stat -c '%u %a' "$run")" "$user 600"
check "the command goes on after a stop" kill -0 "$command"
check "the daemon starts beside it" start_daemon
check_status "and records" 0 '' as_user $user tierscope run -- true
kill "$command"

# The client is killed: the command and its record do not care.
begin
kill -KILL "$client"
wait "$client"
check "the command goes on without its client" kill -0 "$command"
kill "$command"
complete() { [ "$(report_field "$run" run state 2>/dev/null)" = complete ]; }
check "the file is completed without it" within 60 complete
check_equal "with the signal" "$(report_field "$run" run status)" 15

# The daemon is killed while the child still waits for the first sample, which
# comes within a second: the child goes with it, and nothing of it keeps the
# daemon's name on the bus. A busy host may come too late for that second, though
# nothing is started in it: then once more.
files() { n=("$TIERSCOPE_STATE_DIR/runs/$user"/*.tsrun); n=${#n[@]}; }
newer() { files; [ "$n" -gt "$known" ]; }
chmod 777 "$WORK"
started=$WORK/started
for _ in $(seq 8); do
	files
	known=$n until=$((SECONDS + 60))
	rm -f "$started"
	daemon=$(pidof tierscoped)
	setpriv --reuid $user --regid $user --clear-groups -- \
		tierscope run --interval 1s -- touch "$started" 2>"$WORK/client" &
	client=$!
	until newer || [ $SECONDS -ge $until ]; do :; done
	kill -KILL "$daemon"
	wait "$client"
	ended=$?
	newer
	was_newer=$?
	within 60 start_daemon
	[ -e "$started" ] || break
done
check_equal "a run that waited for its first sample" $was_newer 0
check_equal "its client notices the end of the daemon" $ended 125
check "another daemon gets the name" served
check_status "the command was not started" 1 '' test -e "$started"

# What the session started is gone; it stops only what it knows.
kill -TERM "$(pidof tierscoped)"
verdict
