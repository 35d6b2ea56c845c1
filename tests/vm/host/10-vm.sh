#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2317
# (what is in single quotes is for the guest, and check calls functions by name)
# scripts/vm itself: exit status, output, limits, and what it leaves behind.
# timeout: 1200
cd "$(dirname "$0")/../../.." || exit 125
export TIERSCOPE_TREE=$PWD TIERSCOPE_BUILD=$PWD/build TIERSCOPE_KERNEL=6.1
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh

out=$WORK/out
vm() { scripts/vm --machine dram-only --no-plugin --timeout 100 --log "$WORK/kernel.log" --out "$out" "$@"; }

# The output directory is on the command line of this test's QEMU alone.
qemu() { pgrep -f "path=$out,"; }
run_directory() { pgrep -af "path=$out," | grep -o '/[^ ,]*/tierscope-vm\.[^/,]*' | head -n 1; }
no_qemu() { ! qemu; }
gone() { no_qemu && [ ! -e "$1" ]; }

# await_qemu: until the machine of this test runs; prints its directory.
await_qemu() {
	local tries=0
	until [ -n "$(run_directory)" ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return
		sleep 0.1
	done
	run_directory
}

# ---- what a command gets, and what comes back -------------------------------

arguments=('a b' "it's" '"q"' '$HOME' '' $'new\nline' '\n' '*' --)
check_status "an exit status comes back" 3 "" vm -- sh -c '
	printf "<%s>" "$@"; pwd; cat; echo to-stderr >&2
	setpriv --reuid 1000 --regid 1000 --clear-groups -- unshare --user --map-root-user \
		sh -c "id -u; echo x >\$(mktemp)" >"$TIERSCOPE_OUT/user" || exit 4
	echo kept >"$TIERSCOPE_OUT/file"; echo lost >"$TIERSCOPE_TREE/written-by-the-guest"
	exit 3' name "${arguments[@]}"
check "it leaves no process" within 10 no_qemu
check_equal "arguments arrive as they were, stdin is empty, directory the caller's" \
	"$(cat "$WORK/stdout")" "$(printf '<%s>' "${arguments[@]}")$PWD"
check_equal "stderr is apart from stdout" "$(cat "$WORK/stderr")" to-stderr
check_equal "the output directory is the host's" "$(cat "$out/file")" kept
check_equal "an unprivileged user may make a user namespace" "$(cat "$out/user")" 0
check "the other files of the host are not" test ! -e written-by-the-guest

# On the other kernel: binary output in bulk, and a process that keeps the
# streams open after the command has ended.
check_status "a command that leaves a process behind ends" 0 "" vm --kernel 6.12 -- sh -c '
	sleep 1000 & head -c 8M /dev/urandom | tee "$TIERSCOPE_OUT/bulk"'
check "no byte of 8 MiB is lost or changed" cmp "$WORK/stdout" "$out/bulk"

# ---- what goes wrong ----------------------------------------------------------

began=$SECONDS
(directory=$(await_qemu); echo "$directory" >"$WORK/directory") &
check_status "a command that hangs ends at the limit" 124 "time limit of 15 s" vm --timeout 15 -- sleep 1000
check_expr "not long after it" "$((SECONDS - began)) < 30"
wait
check "no process or directory is left" within 10 gone "$(cat "$WORK/directory")"

check_status "a crash of the guest is the machine's failure" 125 "ended before the command" vm -- \
	sh -c 'echo c >/proc/sysrq-trigger; sleep 100'
check "it leaves no process either" within 10 no_qemu
check "the kernel log of a crash is kept" grep -q "sysrq: Trigger a crash" "$WORK/kernel.log"
check_status "a machine that is not heard of is not waited for" 125 "not heard of for 20 s" vm --silence 20 -- \
	sh -c 'for fd in /proc/[0-9]*/fd/3; do
		pid=${fd#/proc/}; pid=${pid%%/*}
		[ "$pid" = 1 ] || case $(readlink "$fd") in /dev/vport*) kill -STOP "$pid" ;; esac
	done; sleep 1000'
# QEMU stands still from its first moments on, as one that spins on stale code.
vm --silence 30 -- echo booted >"$WORK/stdout" 2>"$WORK/stderr" &
pid=$!
directory=$(await_qemu)
pkill -STOP -f "^qemu-system.*$directory"
wait $pid
check_equal "one that does not boot is booted once more" "$? $(cat "$WORK/stdout" "$WORK/stderr")" "0 booted
vm: the emulator ran stale code while it booted, once more"
check "and the first is gone" within 10 no_qemu
check_status "one that works in silence is" 0 "" vm --silence 20 -- sleep 30
check_status "a complaint of the kernel is one, too" 125 "WARNING: CPU: 0 fake" vm -- \
	sh -c 'echo "WARNING: CPU: 0 fake" >/dev/kmsg'
check "nor does that" within 10 no_qemu

abandoned=
for signal in KILL TERM INT; do
	vm -- sleep 1000 2>"$WORK/stderr" &
	pid=$!
	directory=$(await_qemu)
	kill -$signal "$(pgrep -P $pid -f scripts/vm || echo $pid)"
	wait $pid
	status=$?
	check_equal "SIG$signal is the status" $status $((128 + $(kill -l $signal)))
	if [ $signal = KILL ]; then
		check "SIGKILL leaves no process" within 10 no_qemu
		abandoned=$directory
		touch -d "2 minutes ago" "$abandoned"
	else
		check "SIG$signal leaves nothing" within 10 gone "$directory"
	fi
done
check "what SIGKILL left is cleared away by the next run" test -n "$abandoned" -a ! -e "$abandoned"

# ---- what is refused ------------------------------------------------------------

check_status "an unknown machine" 125 "no machine nowhere" scripts/vm --machine nowhere -- true
check_status "a machine outside of tests/machines" 125 "no machine ../vm/lib.sh" \
	scripts/vm --machine ../vm/lib.sh -- true
check_status "an unknown key" 125 "no such key: speed" vm --set speed=1 -- true
check_status "a size that is none" 125 "'big' is not a number" vm --set dram_bytes=big -- true
check_status "a cache that is not whole sets" 125 "whole sets" vm --set llc_bytes=1000 -- true
check_status "near memory without Memory Mode" 125 "belongs to memory-mode" vm --near-memory 64M -- true
check_status "an unknown option" 125 "unrecognized arguments: --fast" vm --fast -- true
check_status "no command" 125 "no command after --" vm
check_status "a time limit that is none" 125 "time limit" vm --timeout 0 -- true

verdict
