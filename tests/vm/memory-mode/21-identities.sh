#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What must hold between the counters in Memory Mode, exactly: every read of
# DRAM is a tag check, every miss reads Optane, every dirty one writes it. And
# the module sees what the simulator counted, on every channel.
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

# More than the near memory of a socket, written, so that all three ways a tag
# check can end are taken; both sockets.
workload() {
	cat >"$WORK/workload" <<-'SH'
	taskset -c 0,1 tierscope-stream --bytes 96M --read --write --random &
	taskset -c 2,3 tierscope-stream --bytes 80M --read
	wait $!
	SH
	echo "bash $WORK/workload"
}

group() {
	local name=$1
	shift
	check "$name: counted between two freezes" frozen_count "$name" "$@" -- $(workload)
	check "$name: the module's numbers are the simulator's, on every channel" same_as_simulator "$name" "$@"
	check_equal "$name: four counters fit, nothing was multiplexed" \
		"$(awk '$1 == "reading" && $4 != $5' "$WORK/$name.count" | wc -l)" 0
}
of() { total "$1" "$WORK/$2.module"; }

check "modules load" load_modules

group tags cas_read tag_hit tag_miss_clean tag_miss_dirty
hit=$(of tag_hit tags) clean=$(of tag_miss_clean tags) dirty=$(of tag_miss_dirty tags)
echo "# cas_read $(of cas_read tags), tag_hit $hit, tag_miss_clean $clean, tag_miss_dirty $dirty"
check_expr "there were hits" "$hit > 100000"
check_expr "there were clean misses" "$clean > 10000"
check_expr "there were dirty misses" "$dirty > 100000"
check_equal "CAS_RD = HIT + MISS_CLEAN + MISS_DIRTY" "$(of cas_read tags)" $((hit + clean + dirty))

group optane pmm_read pmm_write tag_miss_clean tag_miss_dirty
clean=$(of tag_miss_clean optane) dirty=$(of tag_miss_dirty optane)
echo "# pmm_read $(of pmm_read optane), pmm_write $(of pmm_write optane), tag_miss_clean $clean, tag_miss_dirty $dirty"
check_expr "there were dirty misses again" "$dirty > 100000"
check_equal "PMM_RD = MISS_CLEAN + MISS_DIRTY" "$(of pmm_read optane)" $((clean + dirty))
check_equal "PMM_WR = MISS_DIRTY" "$(of pmm_write optane)" "$dirty"

# They hold channel by channel, too.
check_equal "PMM_WR = MISS_DIRTY on every channel" \
	"$(grep '^pmm_write ' "$WORK/optane.module" | cut -d' ' -f2-)" \
	"$(grep '^tag_miss_dirty ' "$WORK/optane.module" | cut -d' ' -f2-)"

check "modules unload" unload_modules
verdict
