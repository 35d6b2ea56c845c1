# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every test in the machine shares. A test is a bash script that sources
# this file, calls check and its siblings, and ends with `verdict`. It runs as
# root in the guest with:
#   TIERSCOPE_TREE      the source tree (read-only)
#   TIERSCOPE_BUILD     the build tree (read-only)
#   TIERSCOPE_KERNEL    6.1 or 6.12
#   TIERSCOPE_MACHINE   name of the machine file
#   TIERSCOPE_OUT       a directory on the host that may be written

set -u
export PATH="$TIERSCOPE_BUILD/release/userspace/cli:$TIERSCOPE_BUILD/release/userspace/daemon:$TIERSCOPE_BUILD/release/userspace/workloads:$TIERSCOPE_BUILD/release/userspace/simulator:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MODULES="$TIERSCOPE_BUILD/modules/$TIERSCOPE_KERNEL"
WORK=$(mktemp -d)
passed=0
failed=0
judged=

# A test that stops on its way, by `set -u` or an early exit, has failed.
# Whoever called it speaks of statuses above 1, so there is no line here.
at_exit() {
	local status=$?
	[ "$BASHPID" = $$ ] || return
	rm -rf "$WORK"
	[ -z "$judged" ] && [ $status -le 1 ] || return
	echo "not ok - $(basename "$0" .sh) ran to its verdict, status $status"
	exit 1
}
trap at_exit EXIT
# bash calls the other trap with 0 otherwise. (What runs in the background has
# both until it is another program.)
trap 'exit 143' TERM

pass() { passed=$((passed + 1)); echo "ok - $1"; }
fail() { failed=$((failed + 1)); echo "not ok - $1"; [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/#   /'; }

# check NAME COMMAND...: passes if the command succeeds.
check() {
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then pass "$name"; else fail "$name" "status $?: $* | $output"; fi
}

# check_status NAME STATUS PATTERN COMMAND...: passes if the command ends with
# the status and what it says on stderr matches the pattern ("" for any).
check_status() {
	local name=$1 want=$2 pattern=$3 got=0
	shift 3
	"$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null || got=$?
	if [ "$got" != "$want" ]; then
		fail "$name" "status $got, not $want: $(head -c 2000 "$WORK/stderr")"
	elif [ -n "$pattern" ] && ! grep -Eq -- "$pattern" "$WORK/stderr"; then
		fail "$name" "said: $(head -c 2000 "$WORK/stderr")"
	else
		pass "$name"
	fi
}

# check_equal NAME A B
check_equal() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "$2 is not $3"; fi; }

# check_expr NAME EXPRESSION: an arithmetic condition for awk. What is the same
# for bash needs no process; that costs as much as most of what is tested.
check_expr() { if holds "$2"; then pass "$1"; else fail "$1" "$2"; fi; }
holds() {
	local whole='^[0-9 +*()<>=&|!-]+$' octal='(^|[^0-9])0[0-9]'
	if [[ $1 =~ $whole && ! $1 =~ $octal ]]; then
		(($1))
	else
		awk "BEGIN { exit !($1) }"
	fi
}

load_modules() {
	[ -d /sys/module/tierscope_sim ] || insmod "$MODULES/kmod/sim/tierscope_sim.ko" || return
	[ -d /sys/module/tierscope ] || insmod "$MODULES/kmod/tierscope.ko"
}

unload_modules() {
	[ ! -d /sys/module/tierscope ] || rmmod tierscope || return
	[ ! -d /sys/module/tierscope_sim ] || rmmod tierscope_sim
}

# as_user UID COMMAND...: with that uid and gid and no group or capability.
as_user() {
	local uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups -- "$@"
}

# within SECONDS COMMAND...: until it succeeds, and whether it did.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return
		sleep 0.1
	done
}

verdict() {
	judged=1
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}
