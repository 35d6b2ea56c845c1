#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The controls of the simulated PMUs, and the wrap of their 48-bit counters.
# kernel: 6.1
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

turn=$((1 << 48))
near=$((turn - 1000))
set_control() { echo "$2" >"$CONTROL/$1"; }
workload="sh -c 'taskset -c 0 tierscope-stream --bytes 16M --read --write && taskset -c 2 tierscope-stream --bytes 16M --read --write'"

check "modules load" load_modules
check_equal "the model runs" "$(cat $CONTROL/freeze)" N

# ---- freeze ----
check "freeze" set_control freeze Y
check_equal "and says so" "$(cat $CONTROL/freeze)" Y
simulator >"$WORK/a"
tierscope-stream --bytes 16M --read >/dev/null
simulator >"$WORK/b"
check "a frozen model counts nothing" cmp "$WORK/a" "$WORK/b"
check_status "a word that is no switch is refused" 1 'Invalid argument' set_control freeze perhaps
check_equal "and changes nothing" "$(cat $CONTROL/freeze)" Y

# ---- preset and reset ----
check "preset" set_control preset $near
check_equal "reaches every counter but the clock's" \
	"$(simulator | awk -v near=$near '$4 == near' | wc -l)" $((14 * 6 * 2))
check_status "preset takes 48 bits" 1 'Numerical result out of range' set_control preset $turn
check_status "and a number" 1 'Invalid argument' set_control preset many
check "reset" set_control reset 1
check_equal "sets every counter to 0" "$(simulator | awk '$4 != 0' | wc -l)" 0
check_equal "and leaves the model frozen" "$(cat $CONTROL/freeze)" Y
check_status "reset takes 1 only" 1 'Invalid argument' set_control reset 0

hold sampler "$PROBE" hold 1000 uncore_imc_0:0x0304:0
check_status "no preset while an event is open" 1 'Device or resource busy' set_control preset $near
check_status "no reset either" 1 'Device or resource busy' set_control reset 1
let_go sampler
check_equal "the sampler ends" $? 0

# ---- the wrap ----
check "preset just below the wrap" set_control preset $near
check "the module counts across it" eval frozen_count wrap cas_read cas_write clockticks -- "$workload"
check "and loses nothing" same_as_simulator wrap cas_read cas_write
check_equal "every counter of the events has wrapped" \
	"$(awk -v turn=$turn '/^cas_/ && $4 < turn' "$WORK/after" | wc -l)" 0
check_expr "something was counted" "$(total cas_read "$WORK/wrap.module") > 400000"
# 1333333333 Hz; the model ran for part of the time that the counters did.
check_equal "the clock has wrapped, too, and went on" \
	"$(awk '$1 == "clockticks" && $4 > 1000 && $4 < 120 * 1333333333' "$WORK/wrap.module" | wc -l)" 12

check "the model stops" set_control freeze Y
check "preset below the wrap once more" set_control preset $near
simulator >"$WORK/before"
check "perf counts across it" perf stat -x, -o "$WORK/perf" -a \
	-e uncore_imc/config=0x0304/ -e uncore_imc/config=0x0c04/ -- \
	sh -c "echo N >$CONTROL/freeze; $workload; echo Y >$CONTROL/freeze"
simulator >"$WORK/after"
for pair in cas_read:0x0304 cas_write:0x0c04; do
	check_equal "perf lost nothing of ${pair%:*}" \
		"$(grep "config=${pair#*:}/" "$WORK/perf" | cut -d, -f1)" \
		$(($(total "${pair%:*}" "$WORK/after") - $(total "${pair%:*}" "$WORK/before")))
done

# ---- where it starts and ends ----
check "modules unload" unload_modules
check_equal "unloading stops the model" "$(tierscope-sim-calibrate --print | grep '^run ')" "run 0"
check "the PMUs load frozen" insmod "$MODULES/kmod/sim/tierscope_sim.ko" freeze=Y
check_equal "and the model stands" "$(tierscope-sim-calibrate --print | grep '^run ')" "run 0"
check "until told" set_control freeze N
check_equal "and then runs" "$(tierscope-sim-calibrate --print | grep '^run ')" "run 1"
check "modules unload again" unload_modules
verdict
