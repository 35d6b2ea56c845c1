#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Both modules come and go a hundred times, each time with a client connected.
# What is in use stays, what is not goes, and nothing is left behind.
# kernel: 6.12
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

# ---- once, as people do it ----
check "modules load" load_modules
check_status "tierscope_sim is not loaded twice" 1 'File exists' insmod "$MODULES/kmod/sim/tierscope_sim.ko"
hold client "$PROBE" idle
hold sampler "$PROBE" hold 10 uncore_imc_0:0x0304:0
check_status "rmmod tierscope is refused while a sampler lives" 1 'in use' rmmod tierscope
check_status "and so is rmmod tierscope_sim" 1 'in use' rmmod tierscope_sim
let_go sampler
check "tierscope goes with a client connected" rmmod tierscope
let_go client
check_equal "who does not notice" $? 0
hold perf perf stat -e uncore_imc_3/cas_count_read/ -C 0 -- sh -c 'echo ready perf; read -r word'
check_status "rmmod tierscope_sim is refused while perf counts" 1 'in use' rmmod tierscope_sim
let_go perf
check "tierscope_sim goes" rmmod tierscope_sim

# ---- a hundred times ----
# A dump of these does not fit into its first message, which is as much as the
# kernel makes of it before anybody reads.
sleepers=()
for _ in $(seq 60); do
	sleep 100000 &
	sleepers+=($!)
done
# Above what was seen (0, 32 and 0), so that the loss of a page in each of 80
# rounds, or of a number for each CPU, shows.
declare -A growth_kib=([Slab]=300 [VmallocUsed]=100 [Percpu]=32)
# 6.1 never frees the per-CPU context (464 bytes) of a PMU that counts tasks, see
# kmod/compat/task_pmu.h.
[ "$TIERSCOPE_KERNEL" != 6.1 ] || growth_kib[Percpu]=$((32 + 80 * 464 * $(nproc) / 1024))

"$TIERSCOPE_BUILD/release/tests/vm/tools/module-rounds" 100 20 "$MODULES/kmod/sim/tierscope_sim.ko" "$MODULES/kmod/tierscope.ko" >"$WORK/rounds" 2>&1
check_equal "a hundred loads and unloads, each refused while in use" "$? $(grep wrong "$WORK/rounds")" "0 wrong 0"
sed 's/^/# /' "$WORK/rounds"
memory() { awk -v when="$1" -v key="$2" '$1 == when { for (i = 2; i < NF; i++) if ($i == key) print $(i + 1) }' "$WORK/rounds"; }
for key in "${!growth_kib[@]}"; do
	check_expr "$key does not grow" "$(memory ended "$key") - $(memory settled "$key") < ${growth_kib[$key]}"
done
kill "${sleepers[@]}"
check_equal "no PMU is left" "$(find /sys/bus/event_source/devices -name 'uncore_*' -o -name cpu | wc -l)" 0
check_equal "no thread is left" "$(pgrep -c '^tierscope/' || true)" 0
verdict
