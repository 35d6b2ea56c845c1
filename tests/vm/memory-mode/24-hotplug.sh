#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Collector CPUs come and go under a running sampler.
# kernel: 6.1
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

cpu() { echo "$2" >/sys/devices/system/cpu/cpu"$1"/online; }
mask() { cat /sys/bus/event_source/devices/uncore_imc_"$1"/cpumask; }
stream() { tierscope-stream --bytes 16M --read --write >/dev/null; }

# From 6.12 on, the scheduler's deadline server for fair tasks can still be
# queued when its CPU goes, on a busy host, and the kernel warns of it (mended by
# "sched/deadline: Don't count nr_running for dl_server proxy tasks"). That is
# not what is tested here.
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
for server in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do
	[ ! -e "$server" ] || echo 0 >"$server"
done

check "modules load" load_modules
check_equal "one collector a socket" "$(mask 0)" 0,2

# Socket 1, CPUs 2 and 3. The counters open on CPU 2.
cat >"$WORK/move" <<SH
taskset -c 3 numactl --membind 1 tierscope-stream --bytes 16M --read --write || exit
echo 0 >/sys/devices/system/cpu/cpu2/online || exit
cat /sys/bus/event_source/devices/uncore_imc_5/cpumask >$WORK/mask
taskset -c 3 numactl --membind 1 tierscope-stream --bytes 16M --read --write
SH
check "a sampler outlives the collector that it counts on" \
	frozen_count move cas_read cas_write clockticks -- bash "$WORK/move"
check_equal "another CPU of the socket has taken over" "$(cat "$WORK/mask")" 0,3
# The names that frozen_count gave are those of two sockets still.
check "and not a line is lost" same_as_simulator move cas_read cas_write
check_equal "nor any time" "$(awk '$1 == "reading" && $4 != $5' "$WORK/move.count" | wc -l)" 0

check "the sampler refuses CPU 2" grep -q '^refused ENODEV: counter 0: its CPU is not online' \
	<("$PROBE" ask new interval=10000000 counter=uncore_imc_0:0x0304:2)

# What perf stat would leave out by itself. 298 is perf_event_open, 64 the size
# of perf_event_attr's first version.
perf_open() {
	perl -e '$attr = pack("L L Q x48", $ARGV[0], 64, 0x0304);
		print syscall(298, $attr, -1, 0 + $ARGV[1], -1, 0) < 0 ? $! : "opened"' "$@"
}
type=$(cat /sys/bus/event_source/devices/uncore_imc_0/type)
check_equal "and so does the PMU" "$(perf_open "$type" 2), $(perf_open "$type" 3)" "No such device, opened"

# The last CPU of the socket goes: its events stand, the others go on.
hold sampler "$PROBE" hold 20 uncore_imc_0:0x0304:0 uncore_imc_0:0x0304:3
check "the socket's last CPU goes offline" cpu 3 0
check_equal "and the mask shows one socket" "$(mask 3)" 0
check "memory is used meanwhile" stream
check "the sampler answers" grep -q '^id ' <("$PROBE" ask get id="${HELD##* }")
check "the CPUs come back" eval 'cpu 2 1 && cpu 3 1'
check_equal "and the socket has a collector again" "$(mask 3)" 0,2
check "who asks for the same now does not get the one that has stopped counting" grep -qxE 'id [0-9]+' \
	<("$PROBE" ask new interval=20000000 counter=uncore_imc_0:0x0304:0 counter=uncore_imc_0:0x0304:3)
let_go sampler
check_equal "the sampler ends" $? 0

# Threads follow their events, and every tick is a sample or counted as lost.
threads_on() { [ "$(sampler_cpus "$1")" = "$2" ]; }
hold ticks "$LOAD" ticks 10 0 uncore_imc_0:0x0304:0 uncore_imc_0:0x0304:3
check "each socket is read on its collector" within 2 threads_on "${HELD##* }" "0 0
1 2"
check "the collector goes offline" cpu 2 0
check "its thread goes where the events went" within 2 threads_on "${HELD##* }" "0 0
1 3"
check "and comes back" cpu 2 1
let_go ticks
check_equal "the sampler ends, too" $? 0
sed 's/^/# /' "$WORK/ticks.said"
check_equal "and has accounted for every tick" "$(awk '$1 == "wrong" || $1 == "unread" { n += $2 } END { print n }' "$WORK/ticks.said")" 0

# shellcheck disable=SC2046
check "both sockets can be counted again" frozen_count again cas_read -- tierscope-stream --bytes 16M --read
check "and are" same_as_simulator again cas_read
check "modules unload" unload_modules
verdict
