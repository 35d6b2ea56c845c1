#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every page of a process, as pagemap has it.
# kernel: 6.1
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"

pool=/sys/kernel/mm/hugepages/hugepages-2048kB

# agree NAME [RANGE]: of the process $pid
agree() {
	local range=${2:+--range $2} bounds=${2:+${2/-/ }}
	# shellcheck disable=SC2086
	tierscope placement --pages "$pid" $range --format csv |
		"$TIERSCOPE_TREE/tests/vm/pages_agree.py" "$pid" $bounds >"$WORK/agreed"
	if [ "${PIPESTATUS[*]}" = "0 0" ]; then pass "$1"; else fail "$1" "$(cat "$WORK/agreed")"; fi
}

# told NAME PATTERN WORD...: what the last line of the module's answer is
told() {
	local name=$1 pattern=$2 line
	shift 2
	line=$("$PROBE" ask page-dump "$@" </dev/null 2>&1 | tail -1)
	if [[ $line =~ $pattern ]]; then pass "$name"; else fail "$name" "$line"; fi
}

check "module loads" load_tierscope
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
echo 4 >$pool/nr_hugepages

# ---- all that a process may have ----------------------------------------------

shape anon=2M thp=4M hugetlb=4M shmem=1M zero=256K protected=512K bind=1 anon=512K bind=none \
	copy=/usr/lib/x86_64-linux-gnu/libc.so.6 many=50
agree "every page and frame is pagemap's"
check_expr "4 KiB pages" "$(sed -n 's/ pages of 4096 bytes//p' "$WORK/agreed") >= 1100"
check_expr "huge pages, transparent and of the pool" "$(sed -n 's/ pages of 2097152 bytes//p' "$WORK/agreed") >= 4"

read -r thp < <(tierscope placement --pages "$pid" -f csv | awk -F, '$4 == 2097152 { print $1; exit }')
agree "a range" "$(printf '%x-0x%x' $((thp - 4096)) $((thp + 2097152)))"
printf -v inside '%x-%x' $((thp + 4096)) $((thp + 8192))
check_equal "a huge page that is cut by the range is told whole" \
	"$(tierscope placement --pages "$pid" --range "$inside" -f csv | tail -n +2 | cut -d, -f1,4)" \
	"$thp,2097152"
check_status "nothing there is a clean end" 0 "no page present" \
	tierscope placement --pages "$pid" --range 1000-2000 -f csv
check_equal "with a header alone" "$(tr -d '\r' <"$WORK/stdout")" "address,frame,node,page_bytes,flags,reason"
libc=$(awk '/libc.so/ { print $1; exit }' "/proc/$pid/maps")
rows=$(tierscope placement --pages "$pid" --range "$libc" | tail -n +2 | wc -l)
check_expr "json has as many rows as the table" \
	"$rows > 0 && $(tierscope placement --pages "$pid" --range "$libc" -f json | wc -l) == $rows"
check_equal "a reader that has enough is no failure to talk about" \
	"$( (tierscope placement --pages "$pid" -f csv | head -1) 2>&1 >/dev/null)" ""

# ---- which of them --------------------------------------------------------------

for start in 0x1000:0x1000 0x2000:0x1000 0xfffffffffffff000:0x1000; do
	told "not ascending: $start" '^refused EINVAL: START must be below END' pid="$pid" "start=${start%:*}" "end=${start#*:}"
done
told "START within a page" '^refused EINVAL: START must be a multiple' pid="$pid" start=1 end=0x2000
told "END within a page" '^refused EINVAL: END must be a multiple' pid="$pid" end=0x2001
told "END beyond all" '^refused ERANGE: .*beyond the address space' pid="$pid" start=0x1000 end=0xfffffffffffff000
told "START beyond all" '^refused ERANGE: .*beyond the address space' pid="$pid" start=0xffff800000000000
told "just the last page" '^(pages|done)' pid="$pid" start=0x7fffffffe000 end=0x7ffffffff000
told "a page more" '^refused ERANGE' pid="$pid" start=0x7fffffffe000 end=0x800000000000
told "no pid" '^refused EINVAL: PID, of the process, is missing' start=0x1000
told "an unknown attribute" '^refused EINVAL: Unknown attribute' pid="$pid" unknown
check_status "root without CAP_SYS_ADMIN" 1 "CAP_SYS_ADMIN" \
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin -- tierscope placement --pages "$pid"
check_equal "a refusal leaves no heading" "$(cat "$WORK/stdout")" ""
check_status "CAP_SYS_ADMIN without the right to see" 1 "CAP_SYS_PTRACE" \
	setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps +sys_admin --ambient-caps +sys_admin -- \
	"$(command -v tierscope)" placement --pages "$pid"
check_status "the command: beyond all" 1 "beyond the address space" \
	tierscope placement --pages "$pid" --range 1000-fffffffffffff000
check_status "the command: wrapped" 2 "ends before it begins" tierscope placement --pages "$pid" --range 2000-1000
check_status "a range of nothing" 2 "for --pages" tierscope placement --range 1000-2000 "$pid"
check_status "two processes" 2 "one process" tierscope placement --pages "$pid" $$

# ---- a reader that stops in the middle -------------------------------------------

hold hold page-dump pid="$pid"
check_status "an open dump keeps the module" 1 "in use" rmmod tierscope
end_shape
check_equal "a stalled dump keeps no process" "$([ -d "/proc/$pid" ] && echo there)" ""
check_equal "and no page" "$(cat $pool/free_hugepages)" "$(cat $pool/nr_hugepages)"
release
check_equal "it is told that there is no rest" "$(tail -1 "$WORK/held")" "interrupted"
check_expr "a message has many pages" "$(sed -n '/^pages/{p;q}' "$WORK/held" | grep -o page= | wc -l) >= 60"

# mmap wants the lock for writing.
shape many=1000 churn
hold leave page-dump pid="$pid"
before=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
sleep 0.5
check_expr "a stalled dump holds no lock" "$(awk '{ print $14 + $15 }' "/proc/$pid/stat") > $before"
release
kill -KILL "$pid"
end_shape

echo 0 >$pool/nr_hugepages
check "module unloads" rmmod tierscope
verdict
