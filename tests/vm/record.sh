# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests that record a run and look into its report. Source after lib.sh.

# record FILE COMMAND...: runs the command under a daemon of its own.
record() {
	local file=$1
	shift
	rm -f "$file"
	"$TIERSCOPE_TREE/scripts/guest-session" -- \
		tierscope run --interval 100ms --output "$file" -- "$@"
}

# report_field FILE SECTION NAME [ROW]: one field of the report, as JSON has it;
# empty for null.
report_field() {
	tierscope report --format json "$1" | python3 -c '
import json, sys
section, name, row = sys.argv[1], sys.argv[2], int(sys.argv[3])
part = json.load(sys.stdin)[section]
value = (part[row] if isinstance(part, list) else part)[name]
print("" if value is None else value)' "$2" "$3" "${4:-0}"
}
