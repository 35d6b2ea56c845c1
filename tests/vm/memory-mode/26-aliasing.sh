#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which pages share near memory: exactly what /proc/PID/pagemap says, and the
# hit ratio that follows from it is the one that the simulator then counts.
# Its counting stretches take two minutes and a half in emulation.
# long
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

TOOLS=$TIERSCOPE_BUILD/release/tests/vm/tools
near=$((64 << 20))	# of a socket, as the machine file says
nearmem_probe() { "$TOOLS/placement-probe" ask nearmem "$@"; }

# as_oracle WORD...: a nearmem record, in the lines of the oracle
as_oracle() {
	nearmem_probe "$@" | tr ' ' '\n' |
		sed -n 's/^\(used\|other\)=/\1 /p; s/^bin=\([0-9]*\):/bin \1 /p'
}
# exact NAME PID NODE:BYTES...
exact() {
	local name=$1 pid=$2 cache words=()
	shift 2
	for cache; do words+=("cache=$cache"); done
	check_equal "$name: as pagemap says" "$(as_oracle pid="$pid" "${words[@]}")" \
		"$("$TOOLS/aliasing-oracle" "$pid" "$@")"
}

# ratio PID: the highest hit ratio of uniform access
ratio() {
	tierscope placement --nearmem "$1" --format csv | tr -d '\r' |
		awk -F, '$1 == "summary" && $3 == "highest_hit_ratio" { print $4 }'
}
# count_tags SECONDS: "HITS CHECKS" of node 0's socket in that time
count_tags() {
	frozen_count steady tag_hit tag_miss_clean tag_miss_dirty -- sleep "$1" || return
	awk '$2 == 0 { n[$1] += $4; all += $4 } END { print n["tag_hit"] + 0, all + 0 }' "$WORK/steady.module"
}
# measure: the hit ratio while the program runs, over so many tag checks that
# what else runs (a shell, sleep) is below 1 % of them
measure() {
	local seconds hits=0 checks=0
	for seconds in 1 2 4 8; do
		read -r hits checks < <(count_tags $seconds)
		[ "${checks:-0}" -lt 2000000 ] || break
	done
	awk "BEGIN { print (${checks:-0} ? ${hits:-0} / $checks : \"none\"), ${checks:-0} }"
}
# as_foretold NAME PID: leaves the prediction in $predicted
as_foretold() {
	local counted checks
	predicted=$(ratio "$2")
	read -r counted checks < <(measure)
	echo "# $1: predicted $predicted, counted $counted of $checks tag checks"
	check_expr "$1: counted within 2 points of what was predicted" \
		"${counted:-9} - ${predicted:-0} < 0.02 && ${predicted:-9} - ${counted:-0} < 0.02"
}

check "modules load" load_modules

# ---- a program that touches its pages uniformly ---------------------------------
bytes=$((80 << 20))
numactl --membind=0 taskset -c 1 tierscope-stream --bytes $bytes --uniform --seconds 100 >/dev/null &
stream=$!
for _ in $(seq 300); do
	used=$(nearmem_probe pid=$stream cache=0:$near | tr ' ' '\n' | sed -n 's/^used=//p')
	[ "${used:-0}" -lt $((bytes >> 12)) ] || break
	sleep 0.1
done
exact "the program" $stream 0:$near 1:$near
as_foretold "the program" $stream
kill $stream
wait $stream 2>/dev/null

# ---- two of the same size ---------------------------------------------------------
# 60 MiB of 64: each page alone in its slot, then four by four.
declare -A foretold
for share in 1 4; do
	hold "by$share" numactl --membind=0 taskset -c 1 "$TOOLS/aliasing-shape" 0:$near 15360 $share
	check "by $share: is made" test "${HELD%% *}" = ready
	exact "by $share" "${HELD#* }" 0:$near 1:$near
	as_foretold "by $share" "${HELD#* }"
	foretold[$share]=$predicted
	let_go "by$share"
	check_equal "by $share: ends" $? 0
done
check_expr "they are told apart" "${foretold[1]:-0} > 0.95 && ${foretold[4]:-1} < 0.3"

# ---- other sizes of near memory -----------------------------------------------------
# Node 1 goes on above the hole below 4 GiB, and this is on both sides of it.
# Only a size that does not divide a section shows whether it was left out.
machine_used() { nearmem_probe cache=0:$near cache=1:$near | tr ' ' '\n' | sed -n 's/^used=//p'; }
without=$(machine_used)
hold thp "$TOOLS/memory-shape" bind=1 thp=640M bind=0 anon=1M
for size in 4096 805310464; do
	exact "near memory of $size" "${HELD#* }" 1:"$size"
done
exact "two sizes" "${HELD#* }" 1:$((48 << 20)) 0:$((5 << 20))
pid=${HELD#* }
with=$(machine_used)
check_expr "the machine has 641 MiB more in use, to 3 % ($without, $with)" \
	"${with:-0} - ${without:-0} > 0.97 * 164096 && ${with:-0} - ${without:-0} < 1.03 * 164096"
check_status "the machine, shown" 0 "" tierscope placement --nearmem --all

# ---- how it is shown ------------------------------------------------------------------
for format in table json csv; do
	check_status "as $format" 0 "" tierscope placement --nearmem "$pid" --near-memory 48M --format $format
	cp "$WORK/stdout" "$WORK/as.$format"
done
check "json and csv have the same fields" python3 "$TIERSCOPE_TREE/tests/vm/fields.py" "$WORK/as.json" "$WORK/as.csv"
check "it is called an estimate" grep -q '^summary,[^,]*,method,estimated,' "$WORK/as.csv"
check_equal "the histogram is the module's" \
	"$(tr -d '\r' <"$WORK/as.csv" | awk -F, '$1 == "histogram" && ($3 == "pages" || $3 == "slots") { printf "%s%s", $4, $3 == "slots" ? " " : ":" }')" \
	"$(nearmem_probe pid="$pid" cache=0:$((48 << 20)) cache=1:$((48 << 20)) | tr ' ' '\n' | sed -n 's/^bin=//p' | tr '\n' ' ')"
let_go thp

# ---- what is refused ----------------------------------------------------------------------
check_status "the command: larger than memory" 1 '^tierscope: cannot look at process [0-9]*: BYTES of the CACHE of node 0' \
	tierscope placement --nearmem $$ --near-memory 2G
check_status "the command: a size of zero" 2 'none at all' tierscope placement --nearmem $$ --near-memory 0

# One at a time: while one asks without a pause, another is refused sooner or later.
"$TOOLS/placement-probe" ask nearmem cache=0:$near cache=1:$near times=100000 >/dev/null &
crowd=$!
for _ in $(seq 50); do
	nearmem_probe cache=0:$near >"$WORK/third"
	! grep -q '^refused' "$WORK/third" || break
done
kill $crowd
wait $crowd 2>/dev/null
check "there is one table at a time" grep -q '^refused EBUSY: another one is being made' "$WORK/third"
check "and then the next one" grep -q '^nearmem' <(nearmem_probe cache=0:$near)

check "modules unload" unload_modules
verdict
