# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of placement share; sourced after lib.sh. The oracle is
# numa_maps, for all that both it and the module count: it leaves out the zero
# page, the vdso and DAX.

TOOLS=$TIERSCOPE_BUILD/release/tests/vm/tools
PROBE=$TOOLS/placement-probe
SHAPE=$TOOLS/memory-shape

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
	printf '%s\n' "$1" | tr ' ' '\n' | sed -n 's/^cell=//p' |
		awk -F: -v node="$2" -v shift="$3" -v kind="$4" \
			'(node == "" || $1 == node) && $2 == shift && $3 == kind { sum += $4 } END { print sum + 0 }'
}

# field RECORD NAME
field() { printf '%s\n' "$1" | tr ' ' '\n' | sed -n "s/^$2=//p" | head -1; }

# same_as_numa_maps NAME: the process $pid, in total and mapping by mapping
same_as_numa_maps() {
	record=$("$PROBE" ask placement pid="$pid" | head -1)
	check_equal "$1: nodes as in numa_maps" \
		"$(printf '%s\n' "$record" | nodes_of)" "$(numa_maps_nodes "$pid")"
	"$PROBE" ask mapping-dump pid="$pid" >"$WORK/mappings"
	check_equal "$1: mappings as in numa_maps" \
		"$(mappings_of <"$WORK/mappings" | md5sum)" "$(numa_maps_mappings "$pid" | md5sum)"
	check_equal "$1: the dump is one moment's" "$(tail -1 "$WORK/mappings")" "done"
}
