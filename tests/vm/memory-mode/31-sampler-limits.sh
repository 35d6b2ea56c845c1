#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a sampler refuses, how many there may be, and what becomes of one whose
# owner or listener misbehaves.
# kernel: 6.12
# timeout: 240
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

good=uncore_imc_0:0x0304:0
second=interval=1000000000
# refuses NAME ERRNO SENTENCE WORD...
refuses() {
	local name=$1 errno=$2 sentence=$3
	shift 3
	check_equal "$name" "$("$PROBE" ask "$@")" "refused $errno: $sentence"
}
threads() { pgrep -c '^tierscope/' || true; }

check "modules load" load_modules

# ---- bad input ----
refuses "an interval of 0" ERANGE "INTERVAL_NS is below the shortest interval, 1000000 (1 ms)" \
	new interval=0 counter=$good
refuses "an interval below 1 ms" ERANGE "INTERVAL_NS is below the shortest interval, 1000000 (1 ms)" \
	new interval=999999 counter=$good
refuses "an interval above 60 s" ERANGE "INTERVAL_NS is above the longest interval, 60000000000 (60 s)" \
	new interval=60000000001 counter=$good
check_equal "1 ms and 60 s themselves are taken" \
	"$(for ns in 1000000 60000000000; do "$PROBE" ask new interval=$ns counter=$good; done | grep -c '^id ')" 2
refuses "no interval" EINVAL "INTERVAL_NS is missing" new counter=$good
refuses "no counter" ERANGE "there is no COUNTER, so nothing to sample" new $second
# shellcheck disable=SC2046
refuses "513 counters" ERANGE "there are more COUNTERs than a sampler may have, 512" \
	new $second $(for _ in $(seq 513); do echo "counter=$good"; done)
# shellcheck disable=SC2046
refuses "257 counters at 1 ms" EDQUOT "this user's samplers would read more than 256000 counters a second: take fewer, or a longer interval" \
	new interval=1000000 $(for _ in $(seq 257); do echo "counter=$good"; done)
refuses "a PMU type that is not there" ENOENT "counter 1: no PMU counts this TYPE and CONFIG" \
	new $second counter=$good counter=999:0:0
refuses "a tracepoint" EINVAL "counter 0: TYPE is a tracepoint, not a counter of hardware" new $second counter=2:1:0
refuses "a breakpoint" EINVAL "counter 0: TYPE is a breakpoint, not a counter of hardware" new $second counter=5:0:0
refuses "a config that the PMU has not" EINVAL "counter 2: its PMU refuses this CONFIG on this CPU" \
	new $second counter=$good counter=$good counter=uncore_imc_0:0x99:0
refuses "a CPU that cannot be" ENODEV "counter 0: its CPU is not online" new $second counter=uncore_imc_0:0x0304:4000
refuses "a counter with nothing in it" EINVAL "counter 1 lacks TYPE, CONFIG or CPU" new $second counter=$good bare-counter
refuses "a sampler that is not there" ENOENT "there is no sampler with this ID" get id=123456
refuses "one that is not there, to subscribe" ENOENT "there is no sampler with this ID" subscribe id=4294967295
refuses "one that is not there, to delete" ENOENT "there is no sampler with this ID" del id=0
refuses "no id" EINVAL "ID, of the sampler, is missing" get
refuses "an ID for a dump" EINVAL "ID asks for one sampler, a dump is of all" dump id=1
# 20 is where the first attribute begins; an interval takes 12 bytes.
check_equal "a counter that is wrong in itself is named" "$("$PROBE" ask new $second bare-counter where)" "EINVAL at 32"
check_equal "a counter that a PMU refuses takes none before it into blame" \
	"$("$PROBE" ask new $second counter=$good counter=999:0:0 where)" "ENOENT at 0"
check_equal "an ID that is none is named" "$("$PROBE" ask get id=123456 where)" "ENOENT at 20"
# These are the kernel's own sentences; that there is one is what counts.
for words in "new $second counter=$good unknown" "new $second unknown-in-counter" "new short-interval counter=$good" \
	"new $second counter=$good truncated" "get id=1 unknown" "get interval=1"; do
	# shellcheck disable=SC2086
	check "refused with a sentence: $words" grep -qE '^refused E(INVAL|RANGE): .+' <("$PROBE" ask $words)
done
check_equal "none of it left a sampler behind" "$("$PROBE" ask dump) $(threads)" "done 0"

# ---- rights ----
check_equal "a user without CAP_PERFMON makes none" \
	"$(as_user 1000 "$PROBE" ask new $second counter=$good | cut -d: -f1)" "refused EPERM"
check "and is told which capability is missing" grep -q 'CAP_PERFMON' \
	<(as_user 1000 "$PROBE" ask new $second counter=$good)
check_equal "and sees none" "$(as_user 1000 "$PROBE" ask dump | cut -d: -f1)" "refused EPERM"
check_equal "CAP_SYS_ADMIN in a namespace of one's own is not enough" \
	"$(as_user 1000 unshare --user --map-root-user --net "$PROBE" ask new $second counter=$good | cut -d: -f1)" "refused EPERM"

# ---- limits ----
hold many "$PROBE" many 20 1000 $good
check_equal "a user has 16 samplers" "$(head -1 "$WORK/many.said")" "made 16"
check_equal "and no more" "$(sed -n 2p "$WORK/many.said")" \
	"refused EDQUOT: this user has as many samplers as one may have, 16: end another one first"
check_equal "on all sockets together" "$("$PROBE" ask new interval=2000000000 counter=$good | cut -d: -f1)" "refused EDQUOT"
check_equal "each has a thread" "$(threads)" 16
refuses "another socket's sampler is not to be deleted" EPERM "only a socket that asked for a sampler may delete it" \
	del id="${HELD##* }"
let_go many
check_equal "they go with their socket" "$("$PROBE" ask dump) $(threads)" "done 0"

check "a sampler has 64 places, and all who listen hear it" sh -c '"$@" >"$0"' "$WORK/crowd" "$PROBE" crowd 70 100 $good
check_equal "one is its maker's, and a 65th socket is refused" "$(head -3 "$WORK/crowd")" "subscribed 63
refused EDQUOT: as many sockets have asked for this sampler or listen to it as may, 64
heard 63"
check_equal "and so is one of them, again" "$(sed -n 4p "$WORK/crowd")" \
	"refused EEXIST: this socket is subscribed to this sampler already"
check_equal "once they are closed, others have their places" "$(tail -1 "$WORK/crowd")" "again 63"
check "a user subscribes as often as one may" sh -c '"$@" >"$0"' "$WORK/subscriptions" "$LOAD" subscriptions $good
check_equal "which is 256 times, to all samplers together" "$(cat "$WORK/subscriptions")" "made 256
refused EDQUOT: this user has as many subscriptions as one may have, 256: end another one first"

# ---- a listener that does not read ----
hold deaf "$PROBE" deaf 10 $good
hold other "$PROBE" hold 10 $good
sleep 2
let_go deaf
check_equal "the deaf listener ends" $? 0
sed 's/^/# /' "$WORK/deaf.said"
deaf() { awk -v key="$1" '$1 == key { print $2 }' "$WORK/deaf.said"; }
check_expr "samples were lost" "$(deaf lost) > 10"
check_equal "the gap in SEQ is what the module counted" \
	$(($(deaf first_after) - $(deaf last_before) - 1)) "$(deaf lost)"
check_equal "what arrived has no gap before" $(($(deaf last_before) - $(deaf first) + 1)) "$(deaf arrived)"
check_equal "what was taken was delivered, lost, or before the subscription" \
	"$(deaf ticks)" $(($(deaf delivered) + $(deaf lost) + $(deaf first)))
check_equal "a socket that is not subscribed is told of no loss" "$(awk '$1 == "stranger"' "$WORK/deaf.said")" "stranger sees none"
let_go other

# ---- an owner that has no room for the answer ----
before=$("$PROBE" ask new $second counter=$good)
hold full "$PROBE" unheard new $second counter=$good
check_equal "a sampler that its owner is not told of is gone again" "$("$PROBE" ask dump) $(threads)" "done 0"
after=$("$PROBE" ask new $second counter=$good)
check_equal "though it was made" $((${after#id } - ${before#id })) 2
let_go full

# ---- an owner in a network namespace of its own ----
hold away unshare --net "$PROBE" hold 10 $good
check_equal "its sampler is known here" "$("$PROBE" ask get id="${HELD##* }")" "id ${HELD##* }"
kill_held away
check_equal "and goes with it, and the namespace" "$("$PROBE" ask dump) $(threads)" "done 0"

# ---- an owner that is killed ----
hold killed "$PROBE" hold 10 $good
check_equal "a sampler lives" "$("$PROBE" ask get id="${HELD##* }")" "id ${HELD##* }"
kill_held killed
check_equal "and is gone with its killed owner" "$("$PROBE" ask dump) $(threads)" "done 0"

check "modules unload" unload_modules
verdict
