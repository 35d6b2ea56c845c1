#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A sampler at work: 64 listeners, two that share one, the shortest interval,
# and where its threads are. What it refuses is in 31-sampler-limits.sh.
# timeout: 600
# kernel: 6.1
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

both="uncore_imc_0:0x0304:0 uncore_imc_5:0x0304:2"
threads() { pgrep -c '^tierscope/' || true; }
# Of the process that was held and let go.
said() { awk -v key="$2" '$1 == key { print $2 }' "$WORK/$1.said"; }
check "modules load" load_modules

# ---- 64 listeners, one of which never reads ----
# shellcheck disable=SC2086
hold crowd "$LOAD" listeners 63 50 $both
check_equal "each socket is read on its collector" "$(sampler_cpus "${HELD##* }")" "0 0
1 2"
check_status "rmmod tierscope is refused under load" 1 'in use' rmmod tierscope
check_status "and so is rmmod tierscope_sim" 1 'in use' rmmod tierscope_sim
sleep 2
let_go crowd
check_equal "the listeners end" $? 0
sed 's/^/# /' "$WORK/crowd.said"
check_equal "those who read have lost nothing" "$(said crowd listeners) $(said crowd gaps) $(said crowd lost)" "63 0 0"
check_expr "and heard something" "$(said crowd fewest) > 10"
check_expr "who does not read loses" "$(said crowd deaf_lost) > 10"
check_equal "exactly what it is told" "$(said crowd deaf_gap)" "$(said crowd deaf_lost)"

# ---- one sampler for two ----
# shellcheck disable=SC2086
check_equal "two ask for the same, and the first goes" "$("$SHARE" in-turn 20 uncore_imc_0:0x0000:0 $both)" "first alone
second same, shared
second same, shared
begins later
subscribers 1
deleted gone"
# shellcheck disable=SC2086
for i in 1 2 3 4 5; do
	check_equal "sixteen at once get one, $i" "$("$SHARE" at-once 16 1000 $both)" "samplers 1"
done
hold root "$PROBE" hold 1000 uncore_imc_0:0x0304:0
id=${HELD##* }
check_equal "the same user gets it" "$("$PROBE" ask new interval=1000000000 counter=uncore_imc_0:0x0304:0)" "id $id shared"
check_equal "and has not taken it along" "$("$PROBE" ask get id="$id")" "id $id"
other=$(setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps +perfmon --ambient-caps +perfmon -- \
	"$PROBE" ask new interval=1000000000 counter=uncore_imc_0:0x0304:0)
check "another user gets one of its own" grep -qxE 'id [0-9]+' <(echo "$other")
check_expr "of another number" "${other#id } > $id"
check "another interval is another one" grep -qxE 'id [0-9]+' \
	<("$PROBE" ask new interval=1000000001 counter=uncore_imc_0:0x0304:0)
check "and so are other counters" grep -qxE 'id [0-9]+' \
	<("$PROBE" ask new interval=1000000000 counter=uncore_imc_0:0x0304:0 counter=uncore_imc_0:0x0304:0)
check_equal "even of another network namespace" "$(unshare --net "$PROBE" ask new interval=1000000000 counter=uncore_imc_0:0x0304:0)" "id $id shared"
let_go root
check_equal "all of them are gone" "$("$PROBE" ask dump) $(threads)" "done 0"

# ---- 1 ms ----
seconds=$([ "$TIERSCOPE_LONG" = 1 ] && echo 300 || echo 60)
# shellcheck disable=SC2086
check "a sample every millisecond" sh -c '"$@" >"$0"' "$WORK/ticks.said" "$LOAD" ticks 1 "$seconds" $both
sed 's/^/# /' "$WORK/ticks.said"
check_equal "no tick is unaccounted for" "$(said ticks wrong)" 0
check_expr "of as many as there were" "$(said ticks taken) + $(said ticks lost) > $seconds * 950"
check_expr "a sample is taken now and then" "$(said ticks taken) > $seconds * 20"

# ---- the owner is killed at that ----
# shellcheck disable=SC2086
hold killed "$LOAD" ticks 1 0 $both
check_equal "two threads read" "$(threads)" 2
kill_held killed
check_equal "all is gone with its owner" "$("$PROBE" ask dump) $(threads)" "done 0"

check "modules unload" unload_modules
verdict
