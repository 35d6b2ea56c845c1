#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the machine, for 20-near-memory.sh: prints an inference's hit ratio.
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"
# It prints a number, not a verdict.
trap 'rm -rf "$WORK"' EXIT

record "$WORK/run" tierscope-infer --width 0.75 --resolution 96 --batch 16 --repeat 1 --warmup 0 --threads 4 >&2 || exit 1
report_field "$WORK/run" tag_checks hit_ratio
