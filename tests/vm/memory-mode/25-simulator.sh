#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The simulator counts what a program does: traffic that can be foretold to
# the line. Two runs differ in their passes only, so that what else a program
# does (start, libraries, first touch) cancels out.
# kernel: 6.1
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

mebibytes=16	# far above the last-level cache, far below near memory
passes=8
lines=$((mebibytes * passes * 1048576 / 64))

# region OUT: the counts, with the model stopped and started again.
region() { echo Y >$CONTROL/freeze && tierscope-sim-calibrate --print >"$1" && echo N >$CONTROL/freeze; }

# grown COUNTER BEFORE AFTER: of all vCPUs, or of all channels.
grown() {
	awk -v what="$1" 'NF == 4 && $3 == what { sum += FNR == NR ? -$4 : $4 } END { printf "%.0f\n", sum }' "$2" "$3"
}

# measure OPTION...: leaves in $WORK/few.* and $WORK/many.* a run each.
measure() {
	region "$WORK/few.before" &&
		taskset -c 1 numactl --membind="$node" tierscope-stream --bytes ${mebibytes}M --passes 2 "$@" >"$WORK/few.out" &&
		region "$WORK/few.after" && region "$WORK/many.before" &&
		taskset -c 1 numactl --membind="$node" tierscope-stream --bytes ${mebibytes}M --passes $((2 + passes)) "$@" >"$WORK/many.out" &&
		region "$WORK/many.after"
}
more() { echo $(($(grown "$1" "$WORK/many.before" "$WORK/many.after") - $(grown "$1" "$WORK/few.before" "$WORK/few.after"))); }
# check_lines NAME GOT WANT: to 2 %, which is what a few interrupts may cost.
check_lines() { check_expr "$1 ($2 for $3)" "$2 > 0.98 * $3 - 2000 && $2 < 1.02 * $3 + 2000"; }

check "modules load" load_modules
check "addresses are calibrated while the model runs" tierscope-sim-calibrate

node=0
check "loads from local memory" measure --read
check_lines "each misses the last-level cache once a pass" "$(more llc_miss)" $lines
check_lines "and is a local load" "$(($(more load_local_dram) + $(more load_local_pmm)))" $lines
check_lines "none is remote" "$(($(more load_remote_dram) + $(more load_remote_pmm)))" 0
check_lines "each is a tag check" "$(($(more tag_hit) + $(more tag_miss_clean) + $(more tag_miss_dirty)))" $lines

node=1
check "loads and stores, remote memory" measure --read --write
check_lines "each line is read once a pass" "$(($(more load_remote_dram) + $(more load_remote_pmm)))" $lines
check_lines "and written back once a pass: two tag checks" \
	"$(($(more tag_hit) + $(more tag_miss_clean) + $(more tag_miss_dirty)))" $((2 * lines))
check_lines "each fill and each write-back is a write of DRAM" \
	"$(($(more cas_write) - $(more pmm_read)))" $lines

# Six channels in turn: each has its share.
check_expr "channels share evenly" "$(awk '
	FNR == NR { if ($3 == "cas_read" && $1 == 1) before[$2] = $4; next }
	$3 == "cas_read" && $1 == 1 {
		n = $4 - before[$2]; sum += n
		if (min == "" || n < min) min = n
		if (n > max) max = n
	} END { print (sum > 0 && max < 1.05 * min) }' "$WORK/many.before" "$WORK/many.after")"

check "modules unload" unload_modules
verdict
