#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Peak memory counts children together: two that hold 150 MiB at one time have a
# peak of 300 MiB. And the daemon that records it stays small.
# timeout: 300
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"

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
# Placement may be up to twenty times as long away as a walk takes.
sleep 10
kill $one $two
wait
rm -r "$dir"
END
run=$WORK/run.tsrun
check "the run is recorded" tierscope run --interval 100ms --output "$run" -- sh "$WORK/two"
field() {
	tierscope report --format json "$run" |
		python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]][sys.argv[2]])' "$1" "$2"
}
peak=$(field run peak_bytes)
known=$((300 << 20))
echo "# peak $peak, allocated $known"
check_equal "the method is named" "$(field run peak_method)" "cgroup memory.peak"
check_expr "the peak is the children's together, within 10 %" "$peak > 0.9 * $known && $peak < 1.1 * $known"
placed=$(field resident peak_resident_bytes)
echo "# placement $placed"
check_expr "placement has seen both" "$placed > 0.9 * $known && $placed < 1.1 * $known"
gone=$(field resident exit_resident_bytes)
echo "# at exit $gone, $(field resident exit_processes) processes, $(field resident exit_missed) unseen"
check_expr "the last looks found both" "$gone > 0.95 * $known && $(field resident exit_processes) >= 3"
check_expr "samples cover the run" "$(field quality samples) >= 10"
check_equal "nothing is missing" "$(field run note)" ""
small=$(awk '/^VmHWM:/ { print $2 * 1024 }' "/proc/$(pidof tierscoped)/status")
echo "# tierscoped $small"
check_expr "tierscoped has less than 10 MB" "$small < 10000000"
verdict
