#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The disk fills up during a run: recording stops and says so, what was recorded
# is in a closed file, and the workload notices nothing.
# kernel: 6.12
# timeout: 300
STATE=/run/tierscope-full
if [ -z "${IN_SESSION:-}" ]; then
	mkdir -p $STATE
	mount -t tmpfs -o size=12M,mode=755 tmpfs $STATE
	exec env IN_SESSION=1 TIERSCOPE_STATE_DIR=$STATE \
		"$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
fi
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"
# A bus serves only users that are known: Debian always has bin.
user=2
cd /
chmod 755 "$WORK"

# Room for the reserve of 4 MiB and the file, but not for a journal of 1 MiB,
# which takes some ten seconds to fill.
fallocate -l $(($(df --output=avail -B 1 $STATE | tail -n 1) - (4 << 20) - (640 << 10))) $STATE/filler
as_user $user tierscope run --interval 10ms -- \
	sh -c 'until [ -e "$0" ]; do sleep 0.1; done; exit 7' "$WORK/full" 2>"$WORK/client" &
client=$!
# Its sampler goes when recording stops.
sampled() { pgrep '^tierscope/' >/dev/null; }
unsampled() { ! sampled; }
check "recording starts" within 60 sampled
check "and stops when the disk is full" within 200 unsampled
# Long after recording stopped somebody takes what is left: the reserve is not.
dd if=/dev/zero of=$STATE/late bs=4k 2>/dev/null
touch "$WORK/full"
wait $client
check_equal "the workload notices nothing" $? 7
run=$(ls $STATE/runs/$user/*.tsrun)
check "its caller is told" grep -q 'recording stopped .*full\|recording stopped .*No space' "$WORK/client"
check_equal "the file is complete" "$(report_field "$run" run state) $(report_field "$run" run ending) $(report_field "$run" run status)" "complete exited 7"
check "its note says what is missing" bash -c '[[ $0 == *"recording stopped"* ]]' "$(report_field "$run" run note)"
check_expr "what was recorded before is there" "$(report_field "$run" quality samples) >= 50"
check_equal "no journal is left" "$(ls "$run"-* 2>/dev/null)" ""
dd if=/dev/zero of=$STATE/more bs=4k 2>/dev/null
check_status "a run on the full disk is refused" 125 'cannot make a run file|No space' as_user $user tierscope run -- true
rm $STATE/filler $STATE/late $STATE/more
check_status "and with room again is not" 0 '' as_user $user tierscope run --quiet -- true
verdict
