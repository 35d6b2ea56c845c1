#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A whole network on encrypted images, counted by the memory controllers: its
# result is the same as outside of a recording, and what it held is what was
# planned.
# kernel: 6.12
# timeout: 900
# long
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

network=(--width 0.35 --resolution 96)
ring=(--ring-degree 16)
run=$WORK/encrypted.tsrun
field() { /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$@"; }

check "an encrypted inference is recorded" record "$run" sh -c '"$@" >"$0"' "$WORK/said" \
	tierscope-infer --backend ckks "${network[@]}" "${ring[@]}" --key-seed 1 --threads 4 --format json
sed 's/^/# /' "$WORK/said" | head -40
tierscope-infer "${network[@]}" --batch 8 --repeat 1 --warmup 0 --format json >"$WORK/plain"
check_equal "it finds the same classes as on plain numbers" "$(field "$WORK/said" classes_checksum)" \
	"$(field "$WORK/plain" classes_checksum)"
planned=$(tierscope-infer --plan "${network[@]}" "${ring[@]}" --batch 8 --format json |
	/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["total_bytes"])')
peak=$(report_field "$run" run peak_bytes)
echo "# planned $planned, peak $peak"
check_expr "peak memory is what was planned, within 5 %, and the program" \
	"$peak > 0.95 * $planned && $peak < 1.05 * $planned + 16777216"
check_expr "Optane was read" "$(report_field "$run" traffic pmm_read_bytes) > 10000000"
echo "# hit ratio $(report_field "$run" tag_checks hit_ratio)"
for role in 0 1 2 3 5; do
	echo "# $(report_field "$run" loads role $role): $(report_field "$run" loads count $role)"
done
check_equal "no sample was lost" "$(report_field "$run" quality samples_lost)" 0
verdict
