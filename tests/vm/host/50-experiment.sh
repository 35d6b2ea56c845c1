#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016
# (variables in single quotes are the experiment's)
# An experiment that boots its machine: a key of the machine is set, one boot
# serves all cells, a cell that takes the machine down has failed and costs one
# more boot, and no other cell. Boots two machines.
# long
# timeout: 600
cd "$(dirname "$0")/../../.." || exit 125
export TIERSCOPE_TREE=$PWD TIERSCOPE_BUILD=$PWD/build TIERSCOPE_KERNEL=6.12
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
cd "$WORK" || exit 1

cat >x.yaml <<'END'
name: booted
plan: [sh, -c, 'echo $0 >>planned; echo "{\"n\": $0}"', "${n}"]
command:
  - sh
  - -c
  - |
    [ $0 != 2 ] || { echo b >/proc/sysrq-trigger; sleep 60; }
    echo "{\"boot\": \"$(cat /proc/sys/kernel/random/boot_id)\", \"shuffled\": \"$(cat /sys/module/page_alloc/parameters/shuffle)\"}"
  - "${n}"
show: [boot, shuffled]
matrix: {n: [1, 2, 3, 4]}
run: [{n: 1}, {n: 2}, {n: 3}, {n: 4}]
machines:
  booted:
    mode: dram-only
    simulate: {machine: dram-only, kernel: "6.12", set: {dram_bytes: 512M, append: "page_alloc.shuffle=1"}}
limit: 2m
END
check_status "past a cell that takes the machine down" 1 "7 cells done, 1 failed, 0 not run" \
	tierscope experiment run --simulate x.yaml
check "which has failed" grep -q "failed: 'booted/n=2.1': the machine ended while it ran" "$WORK/stderr"
check_equal "plans are made here" "$(tr -d '\n' <planned)" 1234
tierscope experiment table x.yaml --format json >table.json
check "one boot before it, one after" python3 -c '
import json
rows = json.load(open("table.json"))["runs"]
boots = [row["boot"] for row in rows]
assert boots[1] is None and rows[1]["runs_failed"] == 1, rows
assert boots[0] and boots[2] and boots[0] != boots[2] == boots[3], rows
assert all(row["shuffled"] == "Y" for row in rows if row["boot"]), rows
assert all(row["method"].startswith("simulated") for row in rows if row["boot"]), rows'
check "a kernel log is kept" test -s booted.results/booted.kernel.log
check_status "what cannot be booted is a sentence" 1 "cannot boot a machine by .*/nonexistent" \
	tierscope experiment run --simulate --vm /nonexistent x.yaml

verdict
