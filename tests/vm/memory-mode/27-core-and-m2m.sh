#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The M2M boxes against the channels behind them, and the cores against programs
# whose loads and instructions are known. perf is the judge of both.
# kernel: 6.12
# shellcheck disable=SC2054	# events have commas in them
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

LOAD=$TIERSCOPE_BUILD/release/tests/vm/tools/core-load
PMUS=/sys/bus/event_source/devices

# What was counted, by event, and whether it was all the time. A process for
# each number would take longer than all that is counted.
declare -A N RAN
# counted FILE: what perf stat -x, says of each event; those of a box also as
# EVENT_BOX, and EVENT is all of them.
counted() {
	local value event ran name box
	N=() RAN=()
	while IFS=, read -r value _ event _ ran _; do
		[ -n "$event" ] || continue
		echo "# $event: $value, $ran %"
		name=${event%.[0-9]} box=${event##*.}
		[[ $value =~ ^[0-9]+$ ]] || value=0
		N[$name]=$((${N[$name]:-0} + value))
		RAN[$ran]=1
		[ "$name" = "$event" ] || N[${name}_$box]=$((${N[${name}_$box]:-0} + value))
	done <"$1"
}

check "modules load" load_modules

# ---- M2M ----
check_equal "an M2M for each memory controller, and its collectors" \
	"$(cd $PMUS && echo uncore_m2m_*; cat uncore_m2m_1/cpumask)" "uncore_m2m_0 uncore_m2m_1"$'\n'0,2
check_equal "and the format of the kernel's own" \
	"$(cd $PMUS/uncore_m2m_0/format && grep . ./* | tr '\n' ' ')" \
	"./edge:config:18 ./event:config:0-7 ./inv:config:23 ./thresh:config:24-31 ./umask:config:8-15 "

# imc_event NAME, m2m_event NAME CONFIG: for perf, in EVENTS.
imc_event() { EVENTS+=(-e "uncore_imc/config=${CONFIG[$1]},name=$1/"); }
m2m_event() { EVENTS+=(-e "uncore_m2m_0/config=$2,name=$1.0/" -e "uncore_m2m_1/config=$2,name=$1.1/"); }

# frozen COMMAND...: perf counts EVENTS while it runs, with the model stopped
# before they open and again before they are read. Leaves in MODEL how much the
# simulator's own numbers have grown, by COUNTER and COUNTER_CONTROLLER.
declare -A MODEL
frozen() {
	local event channel value box
	echo Y >$CONTROL/freeze || return
	MODEL=()
	while read -r event _ channel value; do
		box=$((channel / 3))
		MODEL[$event]=$((${MODEL[$event]:-0} - value))
		MODEL[${event}_$box]=$((${MODEL[${event}_$box]:-0} - value))
	done < <(simulator)
	# shellcheck disable=SC2016
	perf stat -x, -o "$WORK/perf" -a "${EVENTS[@]}" -- bash -c '
		control=$1; shift
		echo N >"$control"/freeze && "$@" >/dev/null && echo Y >"$control"/freeze' \
		- $CONTROL "$@" || return
	while read -r event _ channel value; do
		box=$((channel / 3))
		MODEL[$event]=$((${MODEL[$event]} + value))
		MODEL[${event}_$box]=$((${MODEL[${event}_$box]} + value))
	done < <(simulator)
	echo N >$CONTROL/freeze
	counted "$WORK/perf"
}

# traffic BYTES OTHERS: so much is filled and then read, on either socket.
cat >"$WORK/traffic" <<'SH'
taskset -c 1 numactl --membind 0 tierscope-stream --bytes $1 --read --passes 1 &
taskset -c 3 numactl --membind 1 tierscope-stream --bytes $2 --read --passes 1
wait $!
SH

# A buffer somewhat larger than near memory.
EVENTS=()
m2m_event hit 0x032c; m2m_event reads 0x0437; m2m_event reads_pmm 0x0837; m2m_event ni 0x8038
for event in cas_read tag_hit pmm_read pmm_write; do imc_event $event; done
frozen bash "$WORK/traffic" 68M 2M
check_equal "reads were counted, all the time" "${!RAN[*]} $?" "100.00 0"
check_expr "near memory answered some and not others" \
	"${N[hit]} > 100000 && ${N[reads]} - ${N[hit]} > 50000 && ${N[ni]} > 100000"
check_equal "IMC_READS = CAS_RD - IMC_WRITES.NI" "${N[reads]}" $((N[cas_read] - N[ni]))
check_equal "IMC_READS.TO_PMM = PMM_RD" "${N[reads_pmm]}" "${N[pmm_read]}"
check_expr "TAGCHK.HIT is read hits and write hits" \
	"${N[hit]} < ${N[tag_hit]} && ${N[tag_hit]} <= ${N[hit]} + ${N[ni]}"
for box in 0 1; do
	check_equal "M2M $box counts the reads of its three channels" \
		"${N[hit_$box]} ${N[reads_$box]} ${N[ni_$box]}" \
		"$((${MODEL[read_hit_clean_$box]} + ${MODEL[read_hit_dirty_$box]})) $((${MODEL[cas_read_$box]} - ${MODEL[write_tag_$box]})) ${MODEL[write_tag_$box]}"
done

# What is made of them elsewhere (PCM, EDP): only the first is the ratio.
hits=$((MODEL[read_hit_clean] + MODEL[read_hit_dirty])) reads=$((hits + MODEL[read_miss]))
check_equal "TAG_HIT.RD / (CAS_RD - NI) is the read hit ratio" \
	$((N[hit] * reads)) $((hits * (N[cas_read] - N[ni])))
check_expr "TAG_HIT.RD / CAS_RD is below it" "${N[hit]} * $reads * 10 < $hits * ${N[cas_read]} * 9"
# Equal if no write had to be filled: what is in near memory is of tests before, too.
check_expr "and so, by the fills of writes, is 1 - PMM_RD / (TAG_HIT.RD + PMM_RD)" \
	"${N[hit]} * $reads <= $hits * (${N[hit]} + ${N[pmm_read]})"

EVENTS=()
m2m_event clean 0x012c; m2m_event dirty 0x022c; m2m_event writes 0x1038; m2m_event writes_pmm 0x2038
for event in cas_write pmm_read pmm_write tag_miss_dirty; do imc_event $event; done
frozen bash "$WORK/traffic" 4M 4M
check_equal "IMC_WRITES = CAS_WR - PMM_RD" "${N[writes]}" $((N[cas_write] - N[pmm_read]))
check_equal "IMC_WRITES.TO_PMM = PMM_WR = MISS_DIRTY" \
	"${N[writes_pmm]} ${N[writes_pmm]}" "${N[pmm_write]} ${N[tag_miss_dirty]}"
check_expr "there were writes, hits on clean lines and on dirty ones" \
	"${N[writes]} > 50000 && ${N[clean]} > 500 && ${N[dirty]} > 50000"
check_equal "each as the simulator counts it" "${N[clean]} ${N[dirty]}" \
	"${MODEL[read_hit_clean]} ${MODEL[read_hit_dirty]}"

EVENTS=()
m2m_event full 0x0138; m2m_event normal 0x0137; m2m_event partial 0x0238; m2m_event underfill 0x0c2c
frozen taskset -c 1 "$LOAD" loads 524288 4
check_equal "every write is of a whole line, every read an ordinary one" \
	"${N[full]} ${N[normal]} ${N[partial]} ${N[underfill]}" \
	"$((MODEL[write_tag] + MODEL[write_no_tag])) $((MODEL[cas_read] - MODEL[write_tag])) 0 0"

# ---- cores ----
CORE=(-e cpu/config=0x01d3,name=local_dram/ -e cpu/config=0x80d1,name=local_pmm/
	-e cpu/config=0x12d3,name=remote/ -e cpu/config=0x20d1,name=l3_miss/
	-e instructions:u -e cycles:u)
# check_near NAME GOT WANT: to 1 %.
check_near() { check_expr "$1 ($2 for $3)" "$2 * 100 >= $3 * 99 && $2 * 100 <= $3 * 101"; }

check_equal "the cores are the PMU of raw events, with the fields of Intel cores" \
	"$(cd $PMUS/cpu && cat type format/{event,umask,edge,inv,cmask} | tr '\n' ' ')" \
	"4 config:0-7 config:8-15 config:18 config:23 config:24-31 "

# Two programs take turns on CPU 1, of socket 0: each has its own loads, of the
# right socket.
taskset -c 1 numactl --membind 0 perf stat -x, -o "$WORK/near" "${CORE[@]}" -- \
	"$LOAD" loads 4194304 24 >"$WORK/near.own" &
taskset -c 1 numactl --membind 1 perf stat -x, -o "$WORK/far" "${CORE[@]}" -- \
	"$LOAD" loads 4194304 16 >"$WORK/far.own"
wait $!
for side in near far; do
	read -r own <"$WORK/$side.own"
	counted "$WORK/$side"
	local=$((N[local_dram] + N[local_pmm])) remote=${N[remote]}
	check_equal "$side: four events and the two fixed ones fit" "${!RAN[*]}" 100.00
	check_equal "$side: L3_MISS is the sum of its sources" "${N[l3_miss]}" $((local + remote))
	[ $side = near ] || { local=$remote remote=$((N[local_dram] + N[local_pmm])); }
	check_near "$side: its loads are what it did" $local "$own"
	check_expr "$side: and hardly any of the other socket" "$remote * 100 < $own"
done

check "a loop is counted" perf stat -x, -o "$WORK/loop" -e instructions:u,cpu/event=0xd3,umask=0x01/ \
	-e r00c0 -e cycles -- "$LOAD" instructions 40000000
counted "$WORK/loop"
check_near "to the instruction" "${N[instructions:u]}" 40000000
check_equal "whatever the event is called" "${N[r00c0]}" "${N[instructions:u]}"
# The name of the second has commas that perf does not quote.
check_expr "it loads next to nothing" "$(sed -n 's|^\([0-9]*\),,cpu/event=0xd3,umask=0x01/.*|\1|p' "$WORK/loop") < 20000"
# The nominal clock, 2.4 GHz, for as long as perf says that the event ran.
check_near "cycles are time" "${N[cycles]}" "$(($(sed -n 's/.*,,cycles,\([0-9]*\),.*/\1/p' "$WORK/loop") * 24 / 10))"

# By CPU, between two freezes: the simulator's own numbers.
cores() { tierscope-sim-calibrate --print | grep '^vcpu '; }
declare -A GROWN=()
echo Y >$CONTROL/freeze
while read -r _ _ event value; do GROWN[$event]=$((${GROWN[$event]:-0} - value)); done < <(cores)
perf stat -x, -o "$WORK/all" -a -e instructions -e cpu/config=0x20d1,name=l3_miss/ -e cache-misses -- bash -c "
	echo N >$CONTROL/freeze; taskset -c 0 $LOAD loads 1048576 4 & taskset -c 3 $LOAD loads 1048576 4; wait; echo Y >$CONTROL/freeze" >/dev/null
while read -r _ _ event value; do GROWN[$event]=$((${GROWN[$event]} + value)); done < <(cores)
echo N >$CONTROL/freeze
counted "$WORK/all"
check_equal "all CPUs together count what the simulator does" \
	"${N[instructions]} ${N[l3_miss]} ${N[cache-misses]}" \
	"${GROWN[instructions]} $((GROWN[load_local_dram] + GROWN[load_remote_dram] + GROWN[load_local_pmm] + GROWN[load_remote_pmm])) ${GROWN[llc_miss]}"

# ---- what they do not do ----
# Five events, then a group of five, and what there is not.
five=() group=
for config in 01d3 02d3 10d3 80d1 20d1; do
	five+=(-e "r$config")
	group+=,cpu/config=0x$config,name=group/
done
perf stat -x, -o "$WORK/five" "${five[@]}" -e "{${group:1}}" -e instructions:k -e branch-misses:u -- \
	"$LOAD" instructions 30000000 >/dev/null 2>&1
counted "$WORK/five"
check_equal "five events take turns on four counters; a group of five, kernel code and branches are not counted" \
	"$(grep -cE '^[0-9]+,,r' "$WORK/five") $(grep -cE '^[0-9].*,100\.00,' "$WORK/five") $(grep -cE '^[0-9]' "$WORK/five")" "5 0 5"
# perf record would take half a minute to say so. 298 is perf_event_open, 64 the
# size of perf_event_attr's first version.
check_equal "there is no sampling" "$(perl -e '$attr = pack("L L Q Q x40", 4, 64, 0x01d3, 1000);
	print syscall(298, $attr, 0, -1, -1, 0) < 0 ? $! : "opened"')" "Operation not supported"

# ---- where they end ----
# A task that was counted once outlives the module.
sleep 1000 &
sleeper=$!
check "a task is counted from outside" perf stat -x, -o "$WORK/sleeper" -p $sleeper -e instructions:u -- sleep 0.1
hold perf perf stat -e instructions:u -- sh -c 'echo ready; read -r word'
check_status "rmmod tierscope_sim is refused while a task is counted" 1 'in use' rmmod tierscope_sim
let_go perf
check "modules unload" unload_modules
check "no PMU is left" test ! -e $PMUS/cpu
check "modules load again" load_modules
check "the same task is counted again" perf stat -x, -o "$WORK/again" -p $sleeper -e instructions:u -- \
	"$LOAD" instructions 1000000
check "and others are" perf stat -x, -o "$WORK/family" -e instructions:u -- \
	sh -c "taskset -c 0 $LOAD instructions 10000000 & taskset -c 3 $LOAD instructions 20000000; wait"
counted "$WORK/family"
check_expr "with their children" "${N[instructions:u]} >= 30000000 && ${N[instructions:u]} < 36000000"
check "modules unload again" unload_modules
kill $sleeper
wait $sleeper 2>/dev/null
verdict
