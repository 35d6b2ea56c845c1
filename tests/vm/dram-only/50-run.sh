#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The workload of the memory-mode machine, where DRAM is all there is: no
# Optane traffic, no tag check, and so no hit ratio.
# kernel: 6.1
# timeout: 300
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

run=$WORK/inference.tsrun
check "an inference is recorded" record "$run" tierscope-infer \
	--width 0.35 --resolution 96 --batch 4 --repeat 3 --threads 4

check_equal "the mode is known" "$(report_field "$run" machine mode)" dram-only
for direction in dram_read dram_write; do
	check_expr "$direction was counted" "$(report_field "$run" traffic ${direction}_bytes) > 1000000"
done
# A measured zero: an empty field would be no measurement.
for direction in pmm_read pmm_write; do
	check_equal "$direction is zero" "$(report_field "$run" traffic ${direction}_bytes)" 0
done
for tag in hit miss_clean miss_dirty; do
	check_equal "tag_$tag is zero" "$(report_field "$run" tag_checks tag_${tag}_count)" 0
done
check_equal "there is no hit ratio" "$(report_field "$run" tag_checks hit_ratio)" ""
tierscope report --format csv "$run" >"$WORK/report.csv"
check "the report says why" grep -q '^tag_checks,0,hit_ratio,,"not available: .*DRAM Only' "$WORK/report.csv"
check_equal "all traffic is DRAM's" "$(report_field "$run" traffic dram_traffic_share_ratio)" 1
check_equal "all memory is in DRAM" "$(report_field "$run" tiers tier)" dram
check_equal "the identities of Memory Mode are not judged" "$(report_field "$run" identities residual_ratio)" ""

verdict
