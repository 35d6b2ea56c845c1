# SPDX-License-Identifier: GPL-2.0-or-later
# Holds what access-probe says against a table of who may do what (its form is
# in plain/17-access.sh):
#
#	awk -v work=DIRECTORY -F '\t+' -f access_agrees.awk WORDS TABLE
#
# WORDS has "WORD PATTERN" a line: what is said where the table has that word.
# What ASKER was told is in DIRECTORY/as.ASKER. Prints, with tabs between,
# "pass|fail COMMAND, WHOSE DETAIL" for each command of each row, and a failure
# for what was asked and has no row.

NR == FNR { said[$1] = $2; next }
FNR == 1 {
	for (i = 2; i <= NF; i++) {
		asker[i + 1] = $i
		while ((getline line < (work "/as." $i)) > 0) {
			split(line, word, " ")
			what = word[1] " " word[2] " " word[3]
			got[$i, what] = substr(line, length(what) + 2)
			if (word[1] != "maps") asked[what] = 1
		}
	}
	next
}
sub(/:$/, "") { n = split($0, command, ", "); next }
{
	for (c = 1; c <= n; c++) {
		wrong = ""
		for (i = 3; i in asker; i++) {
			have = got[asker[i], command[c] " " $2]
			if (have !~ ("^(" ($i in said ? said[$i] : $i) ")$"))
				wrong = wrong " " asker[i] ": " $i ", but was told: " have "."
		}
		delete asked[command[c] " " $2]
		print (wrong ? "fail" : "pass") "\t" command[c] ", " $2 "\t" wrong
	}
}
END { for (what in asked) print "fail\t" what " is in the table\t " }
