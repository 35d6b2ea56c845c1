#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A whole network in the ring of the experiment: its logits are the plain ones to
# a hundredth of their deviation. It takes 8 GB.
# timeout: 3000
# long
cd "$(dirname "$0")/../../.." || exit 1
said=$(OMP_WAIT_POLICY=passive build/release/tests/long/encrypted-large 2>&1)
status=$?
grep 'rms error\|cannot\|memory' <<<"$said" | sed 's/^[[:space:]]*/# /'
if [ $status = 0 ]; then
	echo "ok - MobileNetV2 in the ring of 4096"
else
	echo "not ok - MobileNetV2 in the ring of 4096"
	tail -n 20 <<<"$said" | sed 's/^/#   /'
fi
exit $status
