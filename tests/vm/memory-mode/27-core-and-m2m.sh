#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The M2M boxes against the channels behind them, and the cores against programs
# whose loads and instructions are known. perf is the judge of both.
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

check "modules load" load_modules

# ---- M2M ----
# The model stands while counters open and while they are read, so that all of
# them count the same and nothing is left to chance.
declare -A M2M=(
	[read_hit]=0x032c [read_hit_clean]=0x012c [read_hit_dirty]=0x022c
	[underfill]=0x0c2c [partial]=0x0238
	[reads]=0x0437 [reads_normal]=0x0137 [reads_pmm]=0x0837
	[writes]=0x1038 [writes_full]=0x0138 [writes_pmm]=0x2038 [writes_tag]=0x8038
)
# perf_frozen NAME EVENT... -- COMMAND...: "PMU CONFIG VALUE RAN_PERCENT" of each
# in $WORK/NAME, sockets together. An event of M2M is one of both boxes.
perf_frozen() {
	local name=$1 event list=()
	shift
	while [ "$1" != -- ]; do
		event=$1
		shift
		if [ -n "${M2M[$event]:-}" ]; then
			list+=(-e "uncore_m2m_0/config=${M2M[$event]}/" -e "uncore_m2m_1/config=${M2M[$event]}/")
		else
			list+=(-e "uncore_imc/config=${CONFIG[$event]}/")
		fi
	done
	shift
	echo Y >$CONTROL/freeze || return
	simulator >"$WORK/before"
	# shellcheck disable=SC2016
	perf stat -x, -o "$WORK/$name.perf" -a "${list[@]}" -- bash -c '
		control=$1; shift
		echo N >"$control"/freeze && "$@" >/dev/null && echo Y >"$control"/freeze' \
		- $CONTROL "$@" || return
	simulator >"$WORK/after"
	echo N >$CONTROL/freeze
	sed -En 's|^([0-9]+),,(uncore_[a-z0-9_]+)/config=(0x[0-9a-f]+)/,[0-9]+,([0-9.]+),.*|\2 \3 \1 \4|p' \
		"$WORK/$name.perf" >"$WORK/$name"
	paste -d ' ' "$WORK/before" "$WORK/after" |
		awk '{ printf "%s %s %s %.0f\n", $1, $2, $3, $8 - $4 }' >"$WORK/$name.simulator"
}
# m2m EVENT NAME [BOX]; imc EVENT NAME; model EVENT NAME [BOX]: what was counted.
m2m() { awk -v config="${M2M[$1]}" -v pmu="^uncore_m2m_${3:-.}\$" '$1 ~ pmu && $2 == config { sum += $3 } END { printf "%.0f\n", sum }' "$WORK/$2"; }
imc() { awk -v config="${CONFIG[$1]}" '$1 == "uncore_imc" && $2 == config { sum += $3 } END { printf "%.0f\n", sum }' "$WORK/$2"; }
model() { awk -v event="$1" -v box="${3:-}" '$1 == event && (box == "" || int($3 / 3) == box) { sum += $4 } END { printf "%.0f\n", sum }' "$WORK/$2.simulator"; }
ratio() { awk "BEGIN { printf \"%.6f\n\", $1 }"; }

# traffic UPDATED READ: on socket 0 as much is read and written, on socket 1 read,
# twice over.
cat >"$WORK/traffic" <<'SH'
taskset -c 1 numactl --membind 0 tierscope-stream --bytes $1 --read --write --random --passes 1 &
taskset -c 3 numactl --membind 1 tierscope-stream --bytes $2 --read --passes 2
wait $!
SH

check_equal "an M2M for each memory controller" \
	"$(cd /sys/bus/event_source/devices && echo uncore_m2m_*)" "uncore_m2m_0 uncore_m2m_1"
check_equal "with the collectors of the channels" \
	"$(cat /sys/bus/event_source/devices/uncore_m2m_1/cpumask)" 0,2
check_equal "and the format of the kernel's own" \
	"$(cd /sys/bus/event_source/devices/uncore_m2m_0/format && grep -H . ./* | tr '\n' ' ')" \
	"./edge:config:18 ./event:config:0-7 ./inv:config:23 ./thresh:config:24-31 ./umask:config:8-15 "

check "reads are counted" perf_frozen reads read_hit reads reads_pmm writes_tag \
	cas_read tag_hit pmm_read pmm_write -- bash "$WORK/traffic" 70M 8M
sed 's/^/# /' "$WORK/reads"
check_equal "nothing was multiplexed" "$(awk '$4 == "100.00"' "$WORK/reads" | wc -l)" 12
hit=$(m2m read_hit reads) all=$(m2m reads reads) tag=$(m2m writes_tag reads)
cas=$(imc cas_read reads) pmm=$(imc pmm_read reads)
check_expr "near memory answered some reads and not others" "$hit > 100000 && $all - $hit > 100000"
check_expr "and write-backs were checked" "$tag > 100000"
check_equal "IMC_READS = CAS_RD - IMC_WRITES.NI" "$all" $((cas - tag))
check_equal "IMC_READS.TO_PMM = PMM_RD" "$(m2m reads_pmm reads)" "$pmm"
check_expr "TAGCHK.HIT is read hits and write hits" \
	"$hit < $(imc tag_hit reads) && $(imc tag_hit reads) <= $hit + $tag"
for box in 0 1; do
	check_equal "M2M $box counts the reads of its three channels" \
		"$(m2m read_hit reads $box) $(m2m reads reads $box) $(m2m writes_tag reads $box)" \
		"$(($(model read_hit_clean reads $box) + $(model read_hit_dirty reads $box))) $(($(model cas_read reads $box) - $(model write_tag reads $box))) $(model write_tag reads $box)"
done

# What is made of them elsewhere (PCM, EDP): only the first is the ratio.
true=$(ratio "($(model read_hit_clean reads) + $(model read_hit_dirty reads)) / ($(model read_hit_clean reads) + $(model read_hit_dirty reads) + $(model read_miss reads))")
exact=$(ratio "$hit / ($cas - $tag)") low=$(ratio "$hit / $cas") traffic=$(ratio "1 - $pmm / ($hit + $pmm)")
echo "# read hit ratio $true: TAG_HIT/(CAS_RD-NI) $exact, TAG_HIT/CAS_RD $low, 1-PMM_RD/(TAG_HIT+PMM_RD) $traffic"
check_equal "TAG_HIT.RD / (CAS_RD - NI) is the read hit ratio" "$exact" "$true"
check_expr "TAG_HIT.RD / CAS_RD is below it" "$low < $true - 0.05"
check_expr "and so, by the fills of writes, is 1 - PMM_RD / (TAG_HIT.RD + PMM_RD)" "$traffic < $true"

check "writes are counted" perf_frozen writes read_hit_clean read_hit_dirty writes writes_pmm \
	cas_write pmm_read pmm_write tag_miss_dirty -- bash "$WORK/traffic" 16M 16M
sed 's/^/# /' "$WORK/writes"
check_equal "IMC_WRITES = CAS_WR - PMM_RD" \
	"$(m2m writes writes)" $(($(imc cas_write writes) - $(imc pmm_read writes)))
check_equal "IMC_WRITES.TO_PMM = PMM_WR = MISS_DIRTY" \
	"$(m2m writes_pmm writes) $(m2m writes_pmm writes)" "$(imc pmm_write writes) $(imc tag_miss_dirty writes)"
check_expr "there were hits on clean lines and on dirty ones" \
	"$(m2m read_hit_clean writes) > 10000 && $(m2m read_hit_dirty writes) > 10000"
check_equal "each as the simulator counts it" "$(m2m read_hit_clean writes) $(m2m read_hit_dirty writes)" \
	"$(model read_hit_clean writes) $(model read_hit_dirty writes)"

check "and what else there is" perf_frozen rest writes_full reads_normal partial underfill -- \
	taskset -c 1 numactl --membind 0 tierscope-stream --bytes 2M --read --write
check_equal "every write is of a whole line, every read an ordinary one" \
	"$(m2m writes_full rest) $(m2m reads_normal rest)" \
	"$(($(model write_tag rest) + $(model write_no_tag rest))) $(($(model cas_read rest) - $(model write_tag rest)))"
check_equal "none is partial" "$(m2m partial rest) $(m2m underfill rest)" "0 0"

check "modules unload" unload_modules
verdict
