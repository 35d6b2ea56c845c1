#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The three hit ratios against the simulator's truth under every model of near
# memory: with the line of a write that misses fetched and not (A and B), and with
# no and half of the write-backs known to be resident (ddo). Boots four machines.
# timeout: 3000
# long
set -u
cd "$(dirname "$0")/../../.." || exit 1

failed=0
for fetch in 1 0; do
	for ddo in 0 50; do
		name="fetch_on_write_miss=$fetch, ddo_percent=$ddo"
		out=build/check/models-$fetch-$ddo
		if scripts/vm --machine memory-mode --kernel 6.12 --timeout 700 --set fetch_on_write_miss=$fetch \
			--set ddo_percent=$ddo --out "$out" --log "$out/kernel.log" -- \
			tests/vm/run 29-ratios >"$out.said" 2>&1; then
			echo "ok - $name"
		else
			echo "not ok - $name"
			sed -n '/^not ok/,/^ok/p' "$out.said" | sed 's/^/#   /'
			failed=1
		fi
		grep -h '^#.*\(estimated\|hit ratio\)' "$out.said" | sed "s/^/# $name: /"
	done
done
exit $failed
