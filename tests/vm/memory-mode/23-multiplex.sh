#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A box has four counters: eight events take turns, and say so; a group of five
# can never be counted, and is refused.
# kernel: 6.12
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

events="clockticks cas_read cas_write pmm_read pmm_write tag_hit tag_miss_clean tag_miss_dirty"
box_specs() { for event; do echo "uncore_imc_0:${CONFIG[$event]}:0"; done; }
perf_event() { echo "uncore_imc_0/config=${CONFIG[$1]}/"; }
group() {
	local event list=
	for event; do list+=${list:+,}$(perf_event "$event"); done
	echo "{$list}"
}

check "modules load" load_modules

# shellcheck disable=SC2046,SC2086
check "the module counts eight events on one box" sh -c '"$@" >"$0"' "$WORK/eight" \
	"$PROBE" count 50 $(box_specs $events) -- tierscope-stream --bytes 32M --read --write --seconds 2 --passes 100000
sed 's/^/# /' "$WORK/eight"
check_equal "each ran for part of the time" "$(awk '$1 == "reading" && $5 > 0 && $5 < $4' "$WORK/eight" | wc -l)" 8
check_expr "four at a time: together they ran as long as four counters can" \
	"$(awk '$1 == "reading" { on += $4; ran += $5 } END { print ran / (on / 8) }' "$WORK/eight") <= 4.05"
check_expr "and the counters were not left idle" \
	"$(awk '$1 == "reading" { on += $4; ran += $5 } END { print ran / (on / 8) }' "$WORK/eight") >= 3"

list=()
for event in $events; do list+=(-e "$(perf_event "$event")"); done
check "perf counts eight events on one box" perf stat -x, -o "$WORK/perf" -C 0 "${list[@]}" -- \
	tierscope-stream --bytes 32M --read --write --seconds 2 --passes 100000
check_equal "and takes turns" "$(grep uncore_imc_0 "$WORK/perf" | cut -d, -f5 | awk '$1 > 0 && $1 < 100' | wc -l)" 8

# shellcheck disable=SC2046
check "a group of four is counted" perf stat -x, -o "$WORK/four" -C 0 \
	-e "$(group cas_read tag_hit tag_miss_clean tag_miss_dirty)" -- true
check_equal "all the time" "$(grep uncore_imc_0 "$WORK/four" | cut -d, -f5 | grep -c '^100.00')" 4
perf stat -x, -o "$WORK/five" -C 0 \
	-e "$(group cas_read cas_write tag_hit tag_miss_clean tag_miss_dirty)" -- true >"$WORK/said" 2>&1
check_expr "a group of five is not counted" \
	"$(cat "$WORK/five" "$WORK/said" 2>/dev/null | grep -cE 'not (supported|counted)|Invalid argument|invalid') > 0"
check_equal "not even in part" "$(grep uncore_imc_0 "$WORK/five" 2>/dev/null | cut -d, -f1 | grep -cE '^[0-9]')" 0

check "modules unload" unload_modules
verdict
