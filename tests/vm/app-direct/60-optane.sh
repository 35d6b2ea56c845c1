#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A workload bound to the Optane node: Optane traffic that is its own, no tag
# check, and its anonymous pages on that node and tier, as numa_maps has it.
# kernel: 6.12
# timeout: 240
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

mebibytes=64
passes=24
run=$WORK/optane.tsrun
check "a workload on the Optane node is recorded" record "$run" \
	numactl --membind=2 tierscope-stream --bytes ${mebibytes}M --read --write \
	--passes $passes --hold 2

check_equal "the machine is known" "$(report_field "$run" machine mode)" app-direct
# Each pass reads every line once and writes it back once, less what stays in
# a last-level cache of 143 KiB. Estimated, since eight events share four
# counters.
want=$((mebibytes * 1048576 * passes))
read_bytes=$(report_field "$run" traffic pmm_read_bytes)
write_bytes=$(report_field "$run" traffic pmm_write_bytes)
check_expr "its reads reached Optane" "$read_bytes > 0.85 * $want && $read_bytes < 1.25 * $want"
check_expr "its writes reached Optane" "$write_bytes > 0.85 * $want && $write_bytes < 1.25 * $want"
check_equal "no tag was checked" \
	"$(report_field "$run" tag_checks tag_hit_count)$(report_field "$run" tag_checks tag_miss_clean_count)$(report_field "$run" tag_checks tag_miss_dirty_count)" "000"
check_equal "so there is no hit ratio" "$(report_field "$run" tag_checks hit_ratio)" ""

run=$WORK/dram.tsrun
check "the same on a DRAM node" record "$run" \
	numactl --membind=0 tierscope-stream --bytes ${mebibytes}M --read --write --passes $passes
# Not none: pages of programs that the first run has brought into the page
# cache stay on its node.
check_expr "has next to no Optane traffic" \
	"$(report_field "$run" traffic pmm_read_bytes) + $(report_field "$run" traffic pmm_write_bytes) < 0.002 * $want"

# Base pages of anonymous memory, copies in private file mappings included, as
# numa_maps has them (it counts a huge page in base pages).
anonymous_pages() {
	awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^anon=/) pages += substr($i, 6) }
		END { print pages + 0 }' "/proc/$1/numa_maps"
}

load_modules
numactl --membind=2 tierscope-stream --bytes ${mebibytes}M --write --passes 1 --hold 60 >/dev/null &
pid=$!
for _ in $(seq 200); do
	[ "$(anonymous_pages $pid)" -lt $((mebibytes * 256)) ] || break
	sleep 0.1
done
kill -STOP $pid
tierscope placement --format json $pid >"$WORK/placement"
there=$(($(anonymous_pages $pid) * 4096))
kill -KILL $pid
wait $pid 2>/dev/null
ours=$(python3 - "$WORK/placement" <<-'PY'
	import json, sys
	def cells(value):
	    if isinstance(value, dict):
	        if "kind" in value and "node" in value:
	            yield value
	        value = list(value.values())
	    if isinstance(value, list):
	        for member in value:
	            yield from cells(member)
	anon = [c for c in cells(json.load(open(sys.argv[1]))) if c["kind"] == "anon"]
	print(sum(c["bytes"] for c in anon if c["node"] == 2),
	      sum(c["bytes"] for c in anon if c["node"] != 2),
	      *sorted({c["tier"] for c in anon if c["node"] == 2}))
	PY
)
check_expr "its memory is resident" "$there >= $mebibytes * 1048576"
check_equal "all its anonymous pages are on the Optane node and tier, as many as in numa_maps" "$ours" "$there 0 pmem"

verdict
