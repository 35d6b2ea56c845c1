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

# report_field FILE SECTION NAME [ROW]: one field of the report, as csv has it
# (a python for each would be the longest part of some tests).
report_field() {
	tierscope report --format csv "$1" | awk -v section="$2" -v row="${4:-0}" -v name="$3" '
		sub("^" section ",(" row ")?," name ",", "") {
			quoted = match($0, /^"([^"]|"")*"/)
			if (!quoted) match($0, /^[^,]*/)
			value = substr($0, RSTART + quoted, RLENGTH - 2 * quoted)
			gsub(/""/, "\"", value)
			print value
		}'
}
