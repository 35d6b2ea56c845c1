#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What people call: the demo, the benchmarks, and the machine for benchmarks,
# which no test in a machine boots.
# long
# timeout: 3600
cd "$(dirname "$0")/../../.." || exit 125
export TIERSCOPE_TREE=$PWD TIERSCOPE_BUILD=$PWD/build TIERSCOPE_KERNEL=6.1
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh

run=build/demo/mobilenetv2-0.75-96.tsrun
rm -f "$run"
check_status "the demo" 0 "" scripts/demo
check "leaves its run file" test -s "$run"
check "and has printed its report" grep -qi 'hit ratio' "$WORK/stdout"

check_status "the benchmarks" 0 "" scripts/bench
check_expr "print figures" "$(grep -c '^bench ' "$WORK/stdout") > 0"
check_equal "and nothing else" "$(grep -vE '^bench [a-z0-9_.]+ [0-9.]+ [a-z_]+$' "$WORK/stdout")" ""

for kernel in 6.1 6.12; do
	check_status "the icount machine on $kernel" 0 "" scripts/vm --machine icount --kernel $kernel \
		--timeout 600 --out "$WORK/out" --log "$WORK/kernel.log" -- true
done

verdict
