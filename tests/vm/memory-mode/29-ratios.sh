#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tierscope counters` against the simulator's own numbers: to the line, channel
# by channel and controller by controller, where nothing takes turns; within 3 %
# where all roles do. And each ratio is made of what it says.
# kernel: 6.12
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

# sums FILE PLACE...: "NAME PLACE SUM" of all counts of a csv file by columns
# such as socket and channel. No field before the method has a comma in it.
sums() {
	local file=$1
	shift
	awk -F, -v places="$*" '
		NR == 1 { n = NF; for (i = 1; i <= n; i++) name[i] = $i; next }
		{
			place = ""
			for (i = 1; i <= n; i++)
				if (index(" " places " ", " " name[i] " ")) place = place " " $i
			for (i = 1; i <= n; i++)
				if (name[i] ~ /_(count|lines)$/ && $i != "") sum[name[i] place] += $i
		}
		END { for (key in sum) printf "%s %.0f\n", key, sum[key] }' "$file" | sort
}

# at_least FILE LINES
at_least() {
	local tries=0
	until [ "$(wc -l <"$1")" -ge "$2" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return
		sleep 0.1
	done
}

# recorded NAME ROWS OPTION...: `tierscope counters OPTION...`, ROWS a sample, in
# $WORK/NAME.csv from one freeze to the next, while $WORK/workload runs; and in
# $WORK/NAME.truth what the simulator counted, "EVENT SOCKET CHANNEL VALUE".
recorded() {
	local name=$1 rows=$2 client lines
	shift 2
	echo Y >$CONTROL/freeze && simulator >"$WORK/before" || return
	tierscope counters --interval 100ms --format csv "$@" >"$WORK/$name.csv" &
	client=$!
	at_least "$WORK/$name.csv" 2 && echo N >$CONTROL/freeze &&
		bash "$WORK/workload" && echo Y >$CONTROL/freeze || return
	lines=$(wc -l <"$WORK/$name.csv")
	# What was counted last comes with the next sample; with that of a role
	# whose turn is late, a few later.
	at_least "$WORK/$name.csv" $((lines + 4 * rows)) || return
	simulator | paste -d ' ' "$WORK/before" - |
		awk '{ printf "%s %s %s %.0f\n", $1, $2, $3, $8 - $4 }' >"$WORK/$name.truth"
	kill -INT $client && wait $client && echo N >$CONTROL/freeze
}
# truth NAME EVENT...: over all channels, the events together.
truth() {
	local name=$1
	shift
	awk -v events="$*" 'index(" " events " ", " " $1 " ") { sum += $4 } END { printf "%.0f\n", sum }' "$WORK/$name.truth"
}
# counted NAME COLUMN: over all places.
counted() { sums "$WORK/$1.csv" | awk -v column="$2" '$1 == column { print $2 }'; }

# by_channel COLUMN EVENT; by_controller COLUMN EVENT...: both alike in every place?
by_channel() {
	diff <(awk -v event="$2" '$1 == event { print $2, $3, $4 }' "$WORK/channels.truth" | sort) \
		<(awk -v column="$1" '$1 == column { print $2, $3, $4 }' "$WORK/channels.sums" | sort)
}
by_controller() {
	local column=$1
	shift
	diff <(awk -v events="$*" 'index(" " events " ", " " $1 " ") { sum[$2 " " int($3 / 3)] += $4 }
			END { for (place in sum) printf "%s %.0f\n", place, sum[place] }' "$WORK/controllers.truth" | sort) \
		<(awk -v column="$column" '$1 == column { print $2, $3, $4 }' "$WORK/controllers.sums" | sort)
}

check "modules load" load_modules

# ---- channel by channel -----------------------------------------------------------
cat >"$WORK/workload" <<'SH'
taskset -c 0 tierscope-stream --bytes 8M --read --write --random --passes 1 &
taskset -c 2 tierscope-stream --bytes 4M --read --passes 1
wait $!
SH
check "counters of each channel" recorded channels 12 --per channel \
	--roles tag.hit,tag.miss_clean,dram.write --event uncore_imc/config=0x0304/
sums "$WORK/channels.csv" socket channel >"$WORK/channels.sums"
check_expr "something happened" "$(truth channels tag_hit) > 50000 && $(truth channels tag_miss_clean) > 500"
check "hits are the simulator's on every channel" by_channel tag_hit_count tag_hit
check "clean misses, too" by_channel tag_miss_clean_count tag_miss_clean
check "writes of DRAM, too" by_channel dram_write_lines cas_write
check "and an event by its encoding" by_channel uncore_imc/config=0x0304/_count cas_read

# ---- controller by controller, with the M2M boxes -----------------------------------
# More than the near memory of a socket.
cat >"$WORK/workload" <<'SH'
taskset -c 1 numactl --membind 0 tierscope-stream --bytes 70M --read --write --random --passes 1
SH
check "counters of each controller" recorded controllers 4 --per controller --group tags
sums "$WORK/controllers.csv" socket controller >"$WORK/controllers.sums"
check "hits are the simulator's for every controller" by_controller tag_hit_count tag_hit
check "dirty misses, too" by_controller tag_miss_dirty_count tag_miss_dirty
check "read hits of the M2M boxes, too" by_controller m2m_read_hit_count read_hit_clean read_hit_dirty
check "and writes with a tag check" by_controller m2m_write_ni_count write_tag
hits=$(truth controllers read_hit_clean read_hit_dirty) reads=$(truth controllers read_hit_clean read_hit_dirty read_miss)
check_expr "there were read hits and misses, dirty misses, and writes" "$hits > 50000 && $reads - $hits > 50000 &&
	$(truth controllers tag_miss_dirty) > 50000 && $(truth controllers write_tag) > 50000"
check "each ratio is what it says, and the read hit ratio the simulator's" /usr/bin/python3 -IS -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
truth = int(sys.argv[2]) / int(sys.argv[3])
def made_of(row, ratio, part, whole):
    if whole > 0:
        assert abs(float(row[ratio]) - part / whole) < 1e-8, (ratio, row)
    else:
        assert row[ratio] == "" and ratio in row["reason"], (ratio, row)
names = "dram_read_lines", "tag_hit_count", "tag_miss_clean_count", "tag_miss_dirty_count", "m2m_read_hit_count", "m2m_write_ni_count"
total = [0] * len(names)
for row in rows:
    counts = [int(row[name]) for name in names]
    total = [a + b for a, b in zip(total, counts)]
    read, hit, clean, dirty, read_hit, write = counts
    made_of(row, "hit_ratio", hit, hit + clean + dirty)
    made_of(row, "miss_clean_ratio", clean, hit + clean + dirty)
    made_of(row, "miss_dirty_ratio", dirty, hit + clean + dirty)
    made_of(row, "read_hit_ratio", read_hit, read - write)
    made_of(row, "pcm_read_hit_ratio", read_hit, read)
    assert row["method"] == "simulated" and row["running_share_ratio"] == "1", row
read, hit, clean, dirty, read_hit, write = total
print(f"hit ratio {hit / (hit + clean + dirty)}, read hit ratio {read_hit / (read - write)}, of PCM {read_hit / read}")
assert read == hit + clean + dirty
assert read_hit / (read - write) == truth
assert read_hit / read < truth - 0.05' "$WORK/controllers.csv" "$hits" "$reads"

# ---- all roles take turns ---------------------------------------------------------
# Of a steady load: what a turn misses is like what it sees.
tierscope-stream --bytes 96M --read --write --random --seconds 300 --passes 100000 >/dev/null &
load=$!
sleep 3
echo "sleep 8" >"$WORK/workload"
check "counters of all roles" recorded all 1 --group all --per system
kill $load
for count in dram_read_lines:cas_read dram_write_lines:cas_write pmm_read_lines:pmm_read pmm_write_lines:pmm_write \
	tag_hit_count:tag_hit tag_miss_dirty_count:tag_miss_dirty; do
	estimate=$(counted all "${count%:*}") real=$(truth all "${count#*:}")
	echo "# ${count%:*}: $estimate estimated, $real counted"
	check_expr "${count%:*} is estimated within 3 %" "$real > 100000 && $estimate > 0.97 * $real && $estimate < 1.03 * $real"
done
check_equal "what M2M boxes count takes no turn" "$(counted all m2m_read_hit_count)" "$(truth all read_hit_clean read_hit_dirty)"
check "the others say so, each with its share" /usr/bin/python3 -IS -c '
import csv, sys
rows = [row for row in csv.DictReader(open(sys.argv[1], newline="")) if row["tag_hit_running_ratio"]]
shares = [float(row["tag_hit_running_ratio"]) for row in rows]
assert len(shares) > 20 and all(0 < share < 1 for share in shares), shares
assert 0.4 < sum(shares) / len(shares) < 0.75, shares
assert all(row["method"] == "simulated, estimated" for row in rows)
assert all(row["m2m_read_hit_running_ratio"] == "1" for row in rows)' "$WORK/all.csv"

# ---- what cannot be counted ---------------------------------------------------------
check_status "a PMU that is not there" 1 "uncore_nothing" tierscope counters --event uncore_nothing/event=1/
check_status "a field that the PMU has not" 1 "nothing" tierscope counters --event uncore_imc/nothing=1/
check_status "no event at all" 1 "nonsense" tierscope counters --event nonsense
check_status "a value that is too large" 1 "0x100" tierscope counters --event uncore_imc/event=0x100/
events=()
for i in {1..17}; do events+=(--event "uncore_imc/config=$i/"); done
check_status "more events than there is room for" 2 "more than 16" tierscope counters "${events[@]}"

check "modules unload" unload_modules
verdict
