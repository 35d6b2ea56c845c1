#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Live counters for who may not count: the daemon makes the sampler, the caller
# reads it, and gets no other right by that.
# kernel: 6.1
# timeout: 300
[ -n "${IN_SESSION:-}" ] ||
	exec env IN_SESSION=1 "$TIERSCOPE_TREE/scripts/guest-session" -- bash "$0"
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
# A bus serves only users that are known: Debian always has bin and daemon.
user=2
gid=990
chmod 755 "$WORK"

# Its pid is the program's own, unlike that of a function in the background.
member=(setpriv --reuid $user --regid $user --groups "$user,$gid" --)
as_member() { "${member[@]}" "$@"; }
samplers() { pgrep -c '^tierscope/'; }
no_sampler() { [ "$(samplers)" = 0 ]; }

sed -i '/^tierscope:/d' /etc/group
check_status "without the group" 1 "CAP_PERFMON.*groupadd --system tierscope" \
	as_user $user tierscope counters --count 1
echo "tierscope:x:$gid:" >>/etc/group
check_status "who is not in it" 1 "user $user is not in the group tierscope" \
	as_user $user tierscope counters --count 1
check_status "who is in it reads counters" 0 "" \
	as_member tierscope counters --count 3 --interval 100ms --group bandwidth --format csv
cp "$WORK/stdout" "$WORK/member"
check_equal "as many samples as were asked for, of two sockets and of both" "$(wc -l <"$WORK/member")" 10
check "the sampler ends with that" within 20 no_sampler

# The same counters by root at the same time, over what a program does.
interval=(--interval 200ms --group bandwidth --per system --format csv)
"${member[@]}" tierscope counters "${interval[@]}" >"$WORK/theirs" &
theirs=$!
tierscope counters "${interval[@]}" >"$WORK/ours" &
ours=$!
until [ "$(wc -l <"$WORK/theirs")" -gt 1 ] && [ "$(wc -l <"$WORK/ours")" -gt 1 ]; do sleep 0.1; done
"$TIERSCOPE_BUILD/release/tests/vm/tools/core-load" loads 16777216 10 >/dev/null
sleep 1
# The sampler is root's, and so it is one.
check_equal "they share a sampler" "$(samplers)" 2

# Its socket, taken from that process by its own user, gives no right.
cat >"$WORK/ask.py" <<'END'
import ctypes, os, re, socket, struct, sys

libc = ctypes.CDLL(None, use_errno=True)
pid = int(sys.argv[1])
pidfd = os.pidfd_open(pid)
header = open(sys.argv[2]).read()
body = re.search(r"enum tierscope_cmd \{(.*?)\};", header, re.S).group(1)
commands = re.findall(r"\bTIERSCOPE_CMD_(\w+)", re.sub(r"/\*.*?\*/", "", body, flags=re.S))

def ask(sock, family, command, flags, payload):
    sock.send(struct.pack("=LHHLL", 20 + len(payload), family, 1 | flags, 7, 0) +
              struct.pack("=BBH", command, 1, 0) + payload)
    while True:
        answer = sock.recv(65536)
        length, kind, _, seq, _ = struct.unpack_from("=LHHLL", answer)
        if seq == 7:
            return kind, answer

tried = 0
for fd in map(int, os.listdir("/proc/%d/fd" % pid)):
    mine = libc.syscall(438, pidfd, fd, 0)		# pidfd_getfd(2)
    if mine < 0:
        continue
    try:
        sock = socket.socket(fileno=mine)
    except OSError:
        continue
    if sock.family != socket.AF_NETLINK:
        continue
    sock.settimeout(20)
    name = b"tierscope\0"
    attribute = struct.pack("=HH", 4 + len(name), 2) + name + b"\0\0"
    kind, answer = ask(sock, 16, 3, 0, attribute)	# CTRL_CMD_GETFAMILY
    family = struct.unpack_from("=H", answer, answer.index(struct.pack("=HH", 6, 1)) + 4)[0]
    kind, answer = ask(sock, family, commands.index("SAMPLER_GET"), 0x300, b"")
    # NLMSG_ERROR, or NLMSG_DONE, of which the refusal is a part
    print("refused %d" % struct.unpack_from("=i", answer, 16)[0] if kind in (2, 3) else "answered")
    tried += 1
print("sockets", tried)
END
# It would read the answers itself. What of its samples is read here instead is in
# the next one.
kill -STOP $theirs
as_member timeout 60 /usr/bin/python3 "$WORK/ask.py" "$theirs" "$TIERSCOPE_TREE/include/uapi/linux/tierscope.h" >"$WORK/asked" 2>&1
kill -CONT $theirs
sed 's/^/# /' "$WORK/asked"
check_equal "the socket does not let its reader ask" "$(cat "$WORK/asked")" "refused -1
sockets 1"

kill -INT $theirs $ours
wait $theirs $ours
# From the later of the first samples on, to the earlier of the last ones.
set -- $(awk -F, 'FNR == 1 { for (i = 1; i <= NF; i++) { if ($i == "mono_ns") time = i; if ($i == "dram_read_lines") at = i } next }
	{ file = FILENAME; n[file]++; t[file, n[file]] = $time; v[file, n[file]] = $at }
	END {
		for (f in n) { if (t[f, 1] > from) from = t[f, 1]; if (!to || t[f, n[f]] < to) to = t[f, n[f]] }
		for (f in n) for (i = 1; i <= n[f]; i++) if (t[f, i] > from && t[f, i] <= to) sum[f] += v[f, i]
		print sum[ARGV[1]], sum[ARGV[2]]
	}' "$WORK/theirs" "$WORK/ours")
theirs=$1
ours=$2
echo "# DRAM reads: $theirs by the daemon, $ours by ourselves"
check_expr "both counted the same" "$ours > 1000000 && ($theirs / $ours - 1) ^ 2 < 0.001 ^ 2"

# ---- limits -----------------------------------------------------------------------
check_status "events are not for others" 1 "no events" \
	as_member tierscope counters --count 1 --event uncore_imc/config=0x0304/
check_status "nor are short intervals" 1 "10 ms and 60 s" as_member tierscope counters --count 1 --interval 1ms
readers=()
for i in 1 2 3 4; do
	"${member[@]}" tierscope counters --interval 1s --format csv >"$WORK/reader$i" &
	readers+=($!)
	until [ "$(wc -l <"$WORK/reader$i")" -gt 1 ]; do sleep 0.1; done
done
check_status "a user has four" 1 "4 times already" as_member tierscope counters --count 1
kill -KILL "${readers[@]}"
wait "${readers[@]}" 2>/dev/null
check "killed, they leave nothing" within 20 no_sampler
check_status "and another one may" 0 "" as_member tierscope counters --count 1
verdict
