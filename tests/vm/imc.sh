# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of counters share; sourced after lib.sh.

PROBE=$TIERSCOPE_BUILD/release/tests/vm/tools/sampler-probe
LOAD=$TIERSCOPE_BUILD/release/tests/vm/tools/sampler-load
SHARE=$TIERSCOPE_BUILD/release/tests/vm/tools/sampler-share
CONTROL=/sys/module/tierscope_sim/parameters
CHANNELS="0 1 2 3 4 5"

# config of the PMU uncore_imc by what the simulator calls it.
declare -A CONFIG=(
	[clockticks]=0x0000 [cas_read]=0x0304 [cas_write]=0x0c04
	[pmm_read]=0x00e3 [pmm_write]=0x00e7
	[tag_hit]=0x01d3 [tag_miss_clean]=0x02d3 [tag_miss_dirty]=0x04d3
)

# The collector CPUs, socket by socket.
collectors() { tr ',' ' ' </sys/bus/event_source/devices/uncore_imc_0/cpumask; }

# specs EVENT...: counters for the probe: each event on each channel and socket.
# spec_names prints "EVENT SOCKET CHANNEL" in the same order.
specs() {
	local event cpu channel
	for event; do for cpu in $(collectors); do for channel in $CHANNELS; do
		echo "uncore_imc_$channel:${CONFIG[$event]}:$cpu"
	done; done; done
}
spec_names() {
	local event socket cpu channel
	for event; do
		socket=0
		for cpu in $(collectors); do
			for channel in $CHANNELS; do echo "$event $socket $channel"; done
			socket=$((socket + 1))
		done
	done
}

# sampler_cpus ID: "SOCKET CPUS" of each thread of that sampler.
sampler_cpus() {
	local pid
	for pid in $(pgrep "^tierscope/$1:"); do
		echo "$(sed -n 's/.*://p' "/proc/$pid/comm") $(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$pid/status")"
	done | sort
}

# The simulator's own numbers: "EVENT SOCKET CHANNEL VALUE".
simulator() {
	tierscope-sim-calibrate --print | awk 'NF == 4 && $1 ~ /^[0-9]+$/ { print $3, $1, $2, $4 }'
}

# total EVENT FILE: over all sockets and channels.
total() { awk -v event="$1" '$1 == event { sum += $4 } END { printf "%.0f\n", sum }' "$2"; }

# frozen_count NAME EVENT... -- COMMAND...: the module counts while the command
# runs, with the model stopped before the counters open and again before they
# are read. Leaves "EVENT SOCKET CHANNEL VALUE" in $WORK/NAME.module, and in
# $WORK/NAME.simulator how much the simulator's own numbers have grown.
frozen_count() {
	local name=$1 events=()
	shift
	while [ "$1" != -- ]; do
		events+=("$1")
		shift
	done
	shift
	echo Y >$CONTROL/freeze || return
	simulator >"$WORK/before" || return
	# shellcheck disable=SC2016,SC2046
	"$PROBE" count 20 $(specs "${events[@]}") -- bash -c '
		control=$1; shift
		echo N >"$control"/freeze && "$@" >/dev/null && echo Y >"$control"/freeze' \
		- $CONTROL "$@" >"$WORK/$name.count" || return
	simulator >"$WORK/after" || return
	echo N >$CONTROL/freeze
	paste -d ' ' <(spec_names "${events[@]}") \
		<(awk '$1 == "reading" { print $3 }' "$WORK/$name.count") >"$WORK/$name.module"
	paste -d ' ' "$WORK/before" "$WORK/after" |
		awk '{ printf "%s %s %s %.0f\n", $1, $2, $3, $8 - $4 }' >"$WORK/$name.simulator"
}

# same_as_simulator NAME EVENT...: whether both agree, on every channel.
same_as_simulator() {
	local name=$1 event
	shift
	for event; do
		diff <(grep "^$event " "$WORK/$name.module") <(grep "^$event " "$WORK/$name.simulator") || return
	done
}

# A program in the background that holds something until `let_go`: hold NAME
# COMMAND... returns once it has said "ready", and leaves that line in HELD, and
# after `let_go` all that it has said in $WORK/NAME.said. Not for the right side
# of `check`, which is a subshell.
declare -A held_input held_output held_pid
hold() {
	local name=$1 input output
	shift
	mkfifo "$WORK/$name.in" "$WORK/$name.out"
	"$@" <"$WORK/$name.in" >"$WORK/$name.out" 2>&1 &
	held_pid[$name]=$!
	exec {input}>"$WORK/$name.in" {output}<"$WORK/$name.out"
	held_input[$name]=$input held_output[$name]=$output
	rm "$WORK/$name.in" "$WORK/$name.out"
	: >"$WORK/$name.said"
	while read -r -t 60 HELD <&"$output"; do
		echo "$HELD" >>"$WORK/$name.said"
		[[ $HELD != ready* ]] || return 0
	done
	return 1
}
let_go() {
	local input=${held_input[$1]} output=${held_output[$1]} status
	(trap '' PIPE && echo go >&"$input") 2>/dev/null
	exec {input}>&-
	wait "${held_pid[$1]}"
	status=$?
	cat <&"$output" >>"$WORK/$1.said"
	exec {output}<&-
	return $status
}
kill_held() {
	local input=${held_input[$1]} output=${held_output[$1]}
	kill -9 "${held_pid[$1]}"
	exec {input}>&- {output}<&-
	wait "${held_pid[$1]}" 2>/dev/null
}
