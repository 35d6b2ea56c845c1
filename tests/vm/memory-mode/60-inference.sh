#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The main job, end to end: an inference is launched by the daemon, counted by
# the memory controllers, and its report says what the DRAM cache did. On the
# other kernel the dram-only machine does the same.
# kernel: 6.12
# timeout: 300
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

run=$WORK/inference.tsrun
check "an inference is recorded" record "$run" tierscope-infer \
	--width 0.35 --resolution 96 --batch 4 --repeat 3 --threads 4

check_equal "its exit status is in the file" "$(report_field "$run" run status)" 0
check_expr "peak memory was measured" "$(report_field "$run" run peak_bytes) > 10000000"
for direction in dram_read dram_write pmm_read pmm_write; do
	check_expr "$direction was counted" "$(report_field "$run" traffic ${direction}_bytes) > 0"
done
hits=$(report_field "$run" tag_checks tag_hit_count)
clean=$(report_field "$run" tag_checks tag_miss_clean_count)
dirty=$(report_field "$run" tag_checks tag_miss_dirty_count)
check_expr "the hit ratio is that of the tag checks" \
	"($hits / ($hits + $clean + $dirty) - $(report_field "$run" tag_checks hit_ratio)) ^ 2 < 1e-6"
check_expr "it is a ratio, and not a trivial one" \
	"$(report_field "$run" tag_checks hit_ratio) > 0.05 && $(report_field "$run" tag_checks hit_ratio) < 1"
check_expr "multiplexing is said" "$(report_field "$run" quality running_share_ratio) < 1"
check_equal "no sample was lost" "$(report_field "$run" quality samples_lost)" 0
check_expr "placement was recorded" "$(report_field "$run" resident peak_resident_bytes) > 10000000"
check_expr "and at its exit" "$(report_field "$run" resident exit_resident_bytes) > 10000000"
check_equal "nothing ended unseen" "$(report_field "$run" resident exit_missed)" 0
check_equal "all of it behind the DRAM cache" "$(report_field "$run" tiers tier)" memory-mode

verdict
