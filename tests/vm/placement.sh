# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of placement share; sourced after lib.sh. The oracle is
# numa_maps, for all that both it and the module count. What it leaves out must
# be in another file of the kernel: tests/vm/tools/numa_maps_oracle.c.

TOOLS=$TIERSCOPE_BUILD/release/tests/vm/tools
PROBE=$TOOLS/placement-probe
SHAPE=$TOOLS/memory-shape
ORACLE=$TOOLS/numa-maps-oracle

load_tierscope() { [ -d /sys/module/tierscope ] || insmod "$MODULES/kmod/tierscope.ko"; }

# shape WORD...: starts one; its pid is in $pid, what more it says comes from
# $shape_output. end_shape lets it go. (bash warns of two coprocesses at once,
# but keeps them apart.) SHAPE_AS is what is put before it, to make it somebody's.
SHAPE_AS=()
shape() {
	local said=
	{ coproc SHAPE_PROCESS { exec "${SHAPE_AS[@]}" "$SHAPE" "$@" 2>&9; }; } 9>&2 2>/dev/null
	# bash unsets these as soon as the process has ended.
	shape_job=${SHAPE_PROCESS_PID:-} shape_output=${SHAPE_PROCESS[0]:-} shape_input=${SHAPE_PROCESS[1]:-}
	[ -z "$shape_output" ] || read -r -t 60 said pid <&"$shape_output"
	[ "$said" = ready ] || { fail "shape $* is made"; pid=0; return 1; }
}

end_shape() {
	[ -z "$shape_input" ] || eval "exec $shape_input>&-"
	[ -z "$shape_job" ] || wait "$shape_job" 2>/dev/null
}

# hold hold|leave WORD...: a dump that waits after its first record, which is in
# $WORK/held. release lets it go on.
hold() {
	{ coproc HOLD { exec "$PROBE" "$@" >"$WORK/held" 2>&9; }; } 9>&2 2>/dev/null
	holder=${HOLD_PID:-} holder_input=${HOLD[1]:-}
	for _ in $(seq 600); do
		! grep -q '^ready' "$WORK/held" 2>/dev/null || return 0
		sleep 0.1
	done
	fail "a dump is begun: $*" "$(cat "$WORK/held")"
}

release() {
	[ -z "$holder_input" ] || eval "exec $holder_input>&-"
	[ -z "$holder" ] || wait "$holder"
}

# numa_maps_nodes PID: "NODE BASE-PAGES" a line. A huge page of the pool is 1.
numa_maps_nodes() {
	awk '{
		kb = 4
		for (i = 1; i <= NF; i++)
			if ($i ~ /^kernelpagesize_kB=/) { split($i, v, "="); kb = v[2] }
		for (i = 1; i <= NF; i++)
			if ($i ~ /^N[0-9]+=/) { split(substr($i, 2), v, "="); pages[v[1]] += v[2] * kb / 4 }
	}
	END { for (node in pages) print node, pages[node] }' "/proc/$1/numa_maps" | sort -n
}

# numa_maps_mappings PID: "START NODE BASE-PAGES" a line
numa_maps_mappings() {
	awk '{
		kb = 4
		for (i = 1; i <= NF; i++)
			if ($i ~ /^kernelpagesize_kB=/) { split($i, v, "="); kb = v[2] }
		for (i = 1; i <= NF; i++)
			if ($i ~ /^N[0-9]+=/) { split(substr($i, 2), v, "="); print $1, v[1], v[2] * kb / 4 }
	}' "/proc/$1/numa_maps" | sort
}

# Kinds are anon 0, file 1, shmem 2, dax 3.
# nodes_of: "NODE BASE-PAGES" a line, from a record on standard input, less DAX
nodes_of() {
	tr ' ' '\n' | sed -n 's/^cell=//p' |
		awk -F: '$3 != 3 { pages[$1] += $4 * 2 ^ ($2 - 12) }
			END { for (node in pages) print node, pages[node] }' | sort -n
}

# mappings_of: "START NODE BASE-PAGES" a line, from a dump on standard input
mappings_of() {
	awk '/^mapping / {
		delete pages
		start = $3
		sub(/^start=/, "", start)
		for (i = 4; i <= NF; i++)
			if ($i ~ /^cell=/) {
				split(substr($i, 6), v, ":")
				if (v[3] != 3) pages[v[1]] += v[4] * 2 ^ (v[2] - 12)
			}
		for (node in pages) print start, node, pages[node]
	}' | sort
}

# pages_of RECORD [NODE] SHIFT KIND: leaves in cells of that size and kind
pages_of() {
	local - word sum=0
	set -f
	for word in $1; do
		[[ $word =~ ^cell=([0-9]+):([0-9]+):([0-9]+):([0-9]+) ]] || continue
		[ "${2:-${BASH_REMATCH[1]}} $3 $4" != "${BASH_REMATCH[*]:1:3}" ] || sum=$((sum + BASH_REMATCH[4]))
	done
	echo $sum
}

# field RECORD NAME
field() {
	local - word
	set -f
	for word in $1; do
		[ "${word%%=*}" != "$2" ] || { echo "${word#*=}"; return; }
	done
}

# same_as_the_kernel NAME WORD...: the process $pid, in total and mapping by
# mapping, as numa_maps has it; the rest is explained. The words are for the
# module. What was asked is in $record and $WORK/mappings.
same_as_the_kernel() {
	local name=$1 line
	shift
	"$PROBE" ask placement pid="$pid" "$@" >"$WORK/placement"
	"$PROBE" ask mapping-dump pid="$pid" "$@" >"$WORK/mappings"
	IFS= read -r record <"$WORK/placement"
	if "$ORACLE" "$pid" "$WORK/placement" "$WORK/mappings" >"$WORK/explained" 2>&1; then
		pass "$name: every mapping is as in numa_maps, or explained"
	else
		fail "$name: every mapping is as in numa_maps, or explained" "$(<"$WORK/explained")"
	fi
	while IFS= read -r line; do
		[[ $line != explained* ]] || echo "# $name: $line"
	done <"$WORK/explained"
}

same_as_numa_maps() { same_as_the_kernel "$1"; }
