#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libtierscope against the module: what it reads, what it says when it is
# refused, and what it knows of samples that were lost.
# kernel: 6.1
# timeout: 300
. "$TIERSCOPE_TREE/tests/vm/lib.sh"

LIBRARY=${LIBRARY:-$TIERSCOPE_BUILD/release/tests/vm/tools/library-check}

check "without the module: a sentence that says what to do" "$LIBRARY" no-module
check "modules load" load_modules
check "placement of a process" "$LIBRARY" placement
check "refusals, with the kernel's sentences" "$LIBRARY" refusals
check "an ordinary user sees own processes and no counters" as_user 65534 "$LIBRARY" unprivileged
check "placement of all processes, with questions in between" "$LIBRARY" dump
check "mappings add up to the placement" "$LIBRARY" mappings
check "mappings that never keep still: it gives up, with one try's" "$LIBRARY" busy
check "a tier is set, and given back" "$LIBRARY" set
check "a sampler, beyond its handle" "$LIBRARY" sampler

# reload_pmus: while a program knows them by their numbers. Another driver takes
# the first of these, so that they come back with others.
reload_pmus() {
	local said
	coproc PROGRAM { "$LIBRARY" reload; }
	read -r -t 60 said <&"${PROGRAM[0]}" &&
		rmmod tierscope_sim &&
		insmod "$(find "$TIERSCOPE_BUILD/kernels/$TIERSCOPE_KERNEL" -name "intel-cstate.ko*")" &&
		load_modules &&
		[ "$said" != "resolved $(cat /sys/bus/event_source/devices/uncore_imc_0/type)" ] &&
		echo >&"${PROGRAM[1]}" &&
		wait "$PROGRAM_PID"
}
check "PMUs that come back with other numbers" reload_pmus
check "a sampler that two have: each counts from its own beginning" "$LIBRARY" sharing
check "every sample is read or counted as lost" "$LIBRARY" losses
check "waits end: at once, in time, by a signal" "$LIBRARY" waiting
check "modules unload: nothing is left open" unload_modules
verdict
