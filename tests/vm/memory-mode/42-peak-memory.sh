#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Peak memory counts children together: two that hold 150 MiB at one time have a
# peak of 300 MiB. Nobody is missed for being listed while its memory is given
# back. And the daemon that records it stays small.
# kernel: 6.12
# timeout: 300
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

# dd fills its buffer and then waits for a reader that never comes.
cat >"$WORK/two" <<'END'
#!/bin/sh
dir=$(mktemp -d)
mkfifo "$dir/a" "$dir/b"
exec 3<>"$dir/a" 4<>"$dir/b"
dd if=/dev/zero of="$dir/a" bs=150M count=1 2>/dev/null & one=$!
dd if=/dev/zero of="$dir/b" bs=150M count=1 2>/dev/null & two=$!
resident() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }
until [ "$(resident $one)" -ge 153600 ] && [ "$(resident $two)" -ge 153600 ]; do
	sleep 0.1
done
sleep 1	# ten samples at least
until [ -e "$1" ]; do sleep 0.1; done
kill $one $two
wait
rm -r "$dir"
END
run=$WORK/run.tsrun
known=$((300 << 20))
tierscope run --interval 100ms --output "$run" -- sh "$WORK/two" "$WORK/enough" 2>"$WORK/client" &
client=$!
# Placement may be up to twenty times as long away as a walk takes.
placed() {
	placed=$(report_field /var/lib/tierscope/runs/0/*.tsrun resident peak_resident_bytes 2>/dev/null)
	[ "${placed:-0}" -gt $((known / 10 * 9)) ]
}
check "placement sees both while they run" within 100 placed
touch "$WORK/enough"
wait $client
check_equal "the run is recorded" $? 0
peak=$(report_field "$run" run peak_bytes)
echo "# peak $peak, allocated $known"
check_equal "the method is named" "$(report_field "$run" run peak_method)" "cgroup memory.peak"
check_expr "the peak is the children's together, within 10 %" "$peak > 0.9 * $known && $peak < 1.1 * $known"
placed=$(report_field "$run" resident peak_resident_bytes)
echo "# placement $placed"
check_expr "placement has seen both" "$placed > 0.9 * $known && $placed < 1.1 * $known"
gone=$(report_field "$run" resident exit_resident_bytes)
processes=$(report_field "$run" resident exit_processes)
echo "# at exit $gone, $processes processes, $(report_field "$run" resident exit_missed) unseen"
check_expr "the last looks found both" "$gone > 0.95 * $known && $processes >= 3"
check_expr "samples cover the run" "$(report_field "$run" quality samples) >= 10"
check_equal "nothing is missing" "$(report_field "$run" run note)" ""

# Small pages take long to give back. All live longer than from look to look: one
# that is first seen while it ends is missed, and rightly so.
cat >"$WORK/many.py" <<'END'
import mmap, os, time
for _ in range(6):
    if os.fork() == 0:
        memory = mmap.mmap(-1, 128 << 20, flags=mmap.MAP_PRIVATE)
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        for at in range(0, len(memory), mmap.PAGESIZE):
            memory[at] = 1
        time.sleep(1.2)
        os._exit(0)
    os.wait()
END
tierscope run --interval 100ms --output "$WORK/many.tsrun" -- python3 "$WORK/many.py"
seen=$(report_field "$WORK/many.tsrun" resident exit_processes)
echo "# $seen last looks at 7 processes"
check_expr "they were seen ending" "$seen > 4"
check_equal "and nobody was missed" "$(report_field "$WORK/many.tsrun" resident exit_missed)" 0
small=$(awk '/^VmHWM:/ { print $2 * 1024 }' "/proc/$(pidof tierscoped)/status")
echo "# tierscoped $small"
check_expr "tierscoped has less than 10 MB" "$small < 10000000"
verdict
