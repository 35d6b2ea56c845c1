#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Phases: what is counted in them is what the program did there, with one thread
# and with four; scripts have them, too; and what goes wrong is said.
# kernel: 6.12
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/record.sh"

LOAD=$TIERSCOPE_BUILD/release/tests/vm/tools/phase-load
run=$WORK/run.tsrun
near() { echo "($1 / $2 - 1) ^ 2 < $3 ^ 2"; }

# profile FIELD PHASE: of the recorded run, from lines of csv.
profile() {
	tierscope report --profile --format csv "$run" | awk -F, -v field="$1" -v phase="$2" '
		$1 == "functions" && $3 == "function" && $4 == phase { row = $2 }
		$1 == "functions" && $2 == row && row != "" && $3 == field { print $4 }'
}
loads_of() { echo $(($(profile dram_loads "$1") + $(profile pmm_loads "$1"))); }
# What the simulator's own page says, which no driver is between.
truth() {
	tierscope-sim-calibrate --print |
		awk '/^vcpu [0-9]+ load_(local|remote)_/ { sum += $4 } END { print sum }'
}

for threads in 1 4; do
	before=$(truth)
	check_status "$threads threads with phases are recorded" 0 "" \
		tierscope run -q --output "$run" -- "$LOAD" $threads $((32 << 20 >> (threads / 2))) 8
	after=$(truth)
	read -r loads instructions <"$WORK/stdout"
	echo "# loads: known $loads, simulator $((after - before)) with all others," \
		"outer $(loads_of loads), inner $(loads_of later), instructions $(profile instructions loop) of $instructions"
	check_expr "$threads threads: loads of a phase without what is in it" \
		"$(near "$(loads_of loads)" $((loads / 2)) 0.01)"
	check_expr "$threads threads: loads of the phase within" \
		"$(near "$(loads_of later)" $((loads / 2)) 0.01)"
	check_expr "$threads threads: instructions" "$(near "$(profile instructions loop)" "$instructions" 0.01)"
	check_expr "$threads threads: a loop loads next to nothing" "$(loads_of loop) < $((loads / 100))"
	check_expr "$threads threads: the simulator had no fewer" "$((after - before)) > 0.99 * $loads"
done
check_equal "nothing is lacking in the record" "$(report_field "$run" run note)" ""

cat >"$WORK/script" <<'END'
tierscope phase begin outer
"$1" 1 8388608 2 >&2
tierscope phase begin inner && tierscope phase end inner
tierscope phase end outer
tierscope phase end never
tierscope phase begin open
END
tierscope run -q --output "$run" -- sh "$WORK/script" "$LOAD" 2>/dev/null
check_equal "a script has phases, a program's within" \
	"$(tierscope report --profile --sort name --format csv "$run" | sed -n 's/^functions,[0-9]*,function,\([^,]*\),.*/\1/p' | tr '\n' ' ')" \
	"inner later loads loop outer "
check "what does not fit is said" sh -c 'tierscope report "$0" | grep -q "1 phases did not end of themselves; 1 ends of phases"' "$run"
check_expr "a table for people has the total" \
	"$(tierscope report --profile "$run" | awk '/^Total / && $2 == 5' | wc -l) == 1"
check_status "a phase outside of a run" 1 "nothing records phases here" tierscope phase begin name
check_status "a phase of a run that has ended" 1 "cannot mark a phase" \
	env TIERSCOPE_PHASES=@nobody tierscope phase begin name
check_status "a phase without a name" 2 "a name has 1 to 63 bytes" tierscope phase begin ''
check_status "neither begin nor end" 2 "neither begin nor end" tierscope phase middle name
check_status "an order that there is not" 2 "it is time, dram" tierscope report --profile --sort size "$run"
check_status "an order of what is not sorted" 2 "--sort is for --profile" tierscope report --sort time "$run"

# Another user's program does not get at the phases of a run.
check_status "another user is turned away" 0 "" tierscope run -q --output "$run" -- \
	sh -c 'setpriv --reuid 1 --regid 1 --clear-groups -- tierscope phase begin mine; [ $? = 1 ]'
check "which the report says" sh -c 'tierscope report "$0" | grep -q "1 programs could not record phases"' "$run"
verdict
