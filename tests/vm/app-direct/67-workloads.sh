#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that know nothing of it, moved between the tiers while they run: the
# inference gives the same logits as undisturbed, stress-ng finds every byte of
# its own as it wrote it.
# timeout: 900
# long
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

check "module loads" load_tierscope
rounds=3

# anonymous PID: MiB of anonymous memory on DRAM and on Optane, by numa_maps.
anonymous() {
	awk '/ anon=/ { for (i = 1; i <= NF; i++) if ($i ~ /^N[0-9]+=/) {
			split(substr($i, 2), part, "="); pages[part[1]] += part[2] } }
		END { printf "%d %d\n", (pages[0] + pages[1]) / 256, pages[2] / 256 }' "/proc/$1/numa_maps"
}

# there_and_back NAME PID WORD...: pinned to DRAM and to Optane in turn. Each time
# most of its memory must be there, and it must still run.
there_and_back() {
	local name=$1 pid=$2 round dram optane
	shift 2
	for round in $(seq $rounds); do
		check_status "$name: to DRAM, $round" 0 "" tierscope pin "$pid" --tier dram --resident-only "$@"
		read -r dram optane <<<"$(anonymous "$pid")"
		check_expr "$name: it is there ($dram MiB and $optane MiB)" "$dram > 4 * $optane && $dram > 10"
		check_status "$name: to Optane, $round" 0 "" tierscope pin "$pid" --tier pmem --resident-only "$@"
		read -r dram optane <<<"$(anonymous "$pid")"
		check_expr "$name: it is there ($dram MiB and $optane MiB)" "$optane > 4 * $dram && $optane > 10"
	done
	check "$name: it runs all the while" kill -0 "$pid"
}

# ---- the inference ----------------------------------------------------------------

network=(--width 0.75 --resolution 96 --batch 4 --threads 2 --seed 7)
# It compares its repetitions itself, and ends with 1 if one differs.
checksums() { grep '^checksum' "$1"; }
tierscope-infer "${network[@]}" --repeat 1 >"$WORK/alone"
check_expr "an inference has a checksum" "$(checksums "$WORK/alone" | wc -l) == 1"
numactl --preferred=2 -- tierscope-infer "${network[@]}" --repeat 200 >"$WORK/moved" 2>"$WORK/moved.err" &
inference=$!
# How much it has depends on the kernel: from 6.7 on what it allocates is aligned to
# huge pages, and there are more of them.
working() { read -r dram optane <<<"$(anonymous "$inference")"; [ "$optane" -gt 10 ]; }
check "one is at work on Optane" within 60 working
there_and_back inference $inference
wait $inference
check_equal "it ends well" $? 0
check_equal "its logits are the same" "$(checksums "$WORK/moved")" "$(checksums "$WORK/alone")"

# ---- stress-ng --------------------------------------------------------------------------

numactl --preferred=2 -- stress-ng --vm 2 --vm-bytes 96M --vm-keep --vm-method incdec --verify \
	--timeout 600 >"$WORK/stress" 2>&1 &
stress=$!
# The processes of it that have more than 20 MiB there.
workers() {
	local pid dram optane
	for pid in $(pgrep -f stress-ng-vm); do
		read -r dram optane <<<"$(anonymous "$pid")"
		[ "$optane" -lt 20 ] || echo "$pid"
	done
}
working() { [ -n "$(workers)" ]; }
check "stress-ng is at work on Optane" within 120 working
worker=$(workers | head -n 1)
there_and_back stress-ng "$worker"
kill -INT $stress
wait $stress
check_equal "it ends well" $? 0
check_equal "and has found nothing wrong" "$(grep -ciE 'fail|error|detected' "$WORK/stress")" 0

verdict
