#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same inference with a small and a large near memory: the larger one has
# the higher hit ratio. Runs on the host, boots two machines.
# timeout: 1300
set -u
cd "$(dirname "$0")/../../.." || exit 1

ratio() {
	scripts/vm --machine memory-mode --near-memory "$1" --timeout 600 --out build/check/near-memory-"$1" \
		--log build/check/near-memory-"$1"/kernel.log -- tests/vm/host/near-memory-guest.sh
}

small=$(ratio 16M) && large=$(ratio 256M)
if awk "BEGIN { exit !(${large:-0} > ${small:-1}) }"; then
	echo "ok - 256 MiB of near memory hit more often than 16 MiB ($large, $small)"
else
	echo "not ok - 256 MiB of near memory hit more often than 16 MiB (${large:-none}, ${small:-none})"
	exit 1
fi
