#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# perf and the module count the same events at the same time, and agree. Two
# and two of them fit into the four counters of a box, so neither is scaled.
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

check "modules load" load_modules

# Each wraps what it counts, so perf counts the start of the probe, too.
# shellcheck disable=SC2046
check "perf and the module count" perf stat -x, -o "$WORK/perf" -a \
	-e uncore_imc/config=0x0304/ -e uncore_imc/config=0x0c04/ -- \
	sh -c '"$@" >"$0"' "$WORK/count" \
	"$PROBE" count 20 $(specs cas_read cas_write) -- \
	tierscope-stream --bytes 96M --read --write --passes 2

paste -d ' ' <(spec_names cas_read cas_write) <(grep '^reading' "$WORK/count") >"$WORK/module"
module() { awk -v event="$1" '$1 == event { sum += $6 } END { printf "%.0f\n", sum }' "$WORK/module"; }
perf_says() { grep "config=$1/" "$WORK/perf" | cut -d, -f1; }

check_equal "one reading for each channel, socket and event" "$(wc -l <"$WORK/module")" 24
for pair in cas_read:0x0304 cas_write:0x0c04; do
	event=${pair%:*} ours=$(module "${pair%:*}") theirs=$(perf_says "${pair#*:}")
	echo "# $event: module $ours, perf $theirs"
	# 96 MiB of lines three times over, less what the caches kept.
	check_expr "$event: the workload shows" "$ours > 1000000"
	check_expr "$event: perf and the module agree to 1 %" \
		"${theirs:-0} - $ours <= 0.01 * $ours && $ours - ${theirs:-0} <= 0.01 * $ours"
done
check_equal "perf had its counters all the time" \
	"$(cut -d, -f5 "$WORK/perf" | grep -c '^100.00')" 2
check_equal "and so had the module" "$(awk '$7 != $8' "$WORK/module" | wc -l)" 0

check "modules unload" unload_modules
verdict
