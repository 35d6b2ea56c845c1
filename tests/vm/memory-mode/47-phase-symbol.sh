#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions are phases: what is counted in them is what the program did there,
# with one thread and with four; nobody else is touched; what is lost is said.
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

LOAD=$TIERSCOPE_BUILD/release/tests/vm/tools/symbol-load
LIBC=$(ldd "$LOAD" | awk '$1 == "libc.so.6" { print $3 }')
run=$WORK/run.tsrun
near() { echo "($1 / $2 - 1) ^ 2 < $3 ^ 2"; }

# profile FIELD PHASE: of the recorded run, from lines of csv.
profile() {
	tierscope report --profile --format csv "$run" >"$WORK/profile"
	awk -F, -v field="$1" -v phase="$2" '
		$1 == "functions" && $3 == "function" && $4 == phase { row = $2 }
		$1 == "functions" && $2 == row && row != "" && $3 == field { print $4 }' "$WORK/profile"
}
loads_of() { echo $(($(profile dram_loads "$1") + $(profile pmm_loads "$1"))); }

for threads in 1 4; do
	check_status "$threads threads whose functions are phases are recorded" 0 "" \
		tierscope run -q --output "$run" --phase-symbol "$LOAD:loads" \
		--phase-symbol "$LOAD:later" --phase-symbol "$LOAD:loop" \
		--phase-symbol "$LOAD:nest" --phase-symbol "$LIBC:qsort" -- \
		"$LOAD" $threads $((32 << 20 >> (threads / 2))) 8
	read -r loads instructions <"$WORK/stdout"
	outer=$(loads_of loads) inner=$(loads_of later)
	echo "# loads: known $loads, outer $outer, inner $inner," \
		"instructions $(profile instructions loop) of $instructions"
	check_expr "$threads threads: loads of a function without what it calls" \
		"$(near "$outer" $((loads / 2)) 0.01)"
	check_expr "$threads threads: loads of the function that it calls" \
		"$(near "$inner" $((loads / 2)) 0.01)"
	check_expr "$threads threads: instructions" "$(near "$(profile instructions loop)" "$instructions" 0.01)"
	check_expr "$threads threads: a loop loads next to nothing" "$(loads_of loop) < $((loads / 100))"
	check_equal "$threads threads: a function that calls itself" "$(profile calls nest)" 3
	check_equal "$threads threads: a function of a library" "$(profile calls qsort)" 1
done
check_equal "nothing is lacking in the record" "$(report_field "$run" run note)" ""

# A child, too, and nobody else, whether he was there before or not.
"$LOAD" peek 3 >"$WORK/before" &
before=$!
tierscope run -q --output "$run" --phase-symbol "$LOAD:loads" -- \
	sh -c '"$0" peek 0; sleep 4' "$LOAD" >"$WORK/inside" &
inside=$!
sleep 2
"$LOAD" peek 0 >"$WORK/during"
check "the module is in use" sh -c '! rmmod tierscope 2>/dev/null'
wait $before $inside
"$LOAD" peek 0 >"$WORK/after"
check_equal "a child of the run is probed" "$(cat "$WORK/inside")" cc
check_equal "nobody else is" "$(cat "$WORK/before" "$WORK/during")" "$(cat "$WORK/after" "$WORK/after")"
check_expr "nor afterwards" "$((0x$(cat "$WORK/after") != 0xcc)) == 1"
check_equal "what is never entered is said" "$(report_field "$run" run note)" \
	"function 'loads' was never entered"

check_status "a function that is left by longjmp" 0 "" \
	tierscope run -q --output "$run" --phase-symbol "$LOAD:leaves" -- "$LOAD" leap 3
check_equal "has one end" "$(profile calls leaves)" 1
check_equal "and three that did not come" "$(report_field "$run" run note)" \
	"3 phases did not end of themselves"

# Below the daemon.
LIBRARY=$TIERSCOPE_BUILD/release/tests/vm/tools/library-check
export SYMBOL_LOAD=$LOAD
check "edges of a process and its child, and every one that is lost" "$LIBRARY" prober
check "refusals, with the kernel's sentences" "$LIBRARY" prober-refusals
# A program with rights of its own is nobody's to change, even where it keeps
# its counters.
mkdir -p -m 755 /run/symbol && cp "$LOAD" /run/symbol/load && cp /usr/bin/id /run/symbol/id
mount -o remount,suid /run 2>/dev/null
echo 1 >/proc/sys/fs/suid_dumpable
check "a user's program is probed" env SYMBOL_LOAD=/run/symbol/load CALLS=10 "$LIBRARY" prober-user
chmod 4755 /run/symbol/load /run/symbol/id
check_equal "programs can be set-user-ID here" "$(as_user 65534 /run/symbol/id -u)" 0
check "a set-user-ID program is not" env SYMBOL_LOAD=/run/symbol/load CALLS=0 "$LIBRARY" prober-user
echo 0 >/proc/sys/fs/suid_dumpable
rm -r /run/symbol

# Where he may count his own processes; Debian has 3.
echo 2 >/proc/sys/kernel/perf_event_paranoid
check "an ordinary user has no probes" as_user 65534 "$LIBRARY" prober-unprivileged

# What is asked for and cannot be.
cp "$LOAD" "$WORK/stripped" && python3 - "$WORK/stripped" <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as file:  # an ELF file without sections
    file.seek(0x28); file.write(struct.pack("<Q", 0))
    file.seek(0x3c); file.write(struct.pack("<HH", 0, 0))
END
refused() { check_status "$1" 125 "$2" tierscope run --phase-symbol "$3" -- true; }
refused "a program that is not there" "does not exist" "$WORK/none:main"
refused "a program that is nowhere" "in none of the directories of PATH" "there-is-none:main"
refused "what is no program" "no ELF file" "/etc/passwd:main"
refused "a directory" "no ELF file" "/etc:main"
refused "a program without symbols" "stripped" "$WORK/stripped:main"
refused "a function that is not there" "has no function 'none'" "$LOAD:none"
refused "no function" "is not BINARY:FUNCTION" "$LOAD"
check_status "a function twice" 125 "is given twice" tierscope run \
	--phase-symbol "$LOAD:loads" --phase-symbol "$LOAD:loads" -- true
verdict
