#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who may do what: every command of the family, by everybody, about everybody's
# processes; and the same inside a container. That a dump keeps the rights which
# it started with is in 12-dumps.
# kernel: 6.1
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"
ACCESS=$TOOLS/access-probe
header=$TIERSCOPE_TREE/include/uapi/linux/tierscope.h

# ---- the table ----------------------------------------------------------------
# Askers:
#   owner	user 1000
#   other	user 1001
#   nsroot	root of a user namespace, with all capabilities there and none here
#   ptrace	a user with CAP_SYS_PTRACE alone
#   perfmon	a user with CAP_PERFMON alone
#   admin	uid 0 with CAP_SYS_ADMIN alone
#   root	with all
# Processes: owner's, other's; of the owner's uid with another gid; the owner's,
# but undumpable, of a program that he may not read, of one that is set-uid;
# undumpable in the namespace of nsroot; a zombie; a kernel thread; none.
# Samplers and watches: of another socket (root's; the asker's own), one's own.

cat >"$WORK/table" <<'END'
			owner	other	nsroot	ptrace	perfmon	admin	root
NODE_GET do, NODE_GET dump:
	-		ok	ok	ok	ok	ok	ok	ok
NODE_SET do:
	-		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	ok	ok
PLACEMENT_GET do, MAPPING_GET dump, WATCH_NEW do:
	self		ok	ok	ok	ok	ok	ok	ok
	owner's		ok	PTRACE	PTRACE	ok	PTRACE	PTRACE	ok
	other's		PTRACE	ok	PTRACE	ok	PTRACE	PTRACE	ok
	other-gid	PTRACE	PTRACE	PTRACE	ok	PTRACE	PTRACE	ok
	undumpable	UNDUMP	PTRACE	PTRACE	ok	PTRACE	PTRACE	ok
	unreadable	UNDUMP	PTRACE	PTRACE	ok	PTRACE	PTRACE	ok
	set-uid		PTRACE	PTRACE	PTRACE	ok	PTRACE	PTRACE	ok
	contained	PTRACE	PTRACE	ok	ok	PTRACE	PTRACE	ok
	zombie		zombie	zombie	zombie	zombie	zombie	zombie	zombie
	kthread		kthread	kthread	kthread	kthread	kthread	kthread	kthread
	nobody		nobody	nobody	nobody	nobody	nobody	nobody	nobody
PLACEMENT_GET dump:
	self		seen	seen	seen	seen	seen	seen	seen
	owner's		seen	unseen	unseen	seen	unseen	unseen	seen
	other's		unseen	seen	unseen	seen	unseen	unseen	seen
	other-gid	unseen	unseen	unseen	seen	unseen	unseen	seen
	undumpable	unseen	unseen	unseen	seen	unseen	unseen	seen
	unreadable	unseen	unseen	unseen	seen	unseen	unseen	seen
	set-uid		unseen	unseen	unseen	seen	unseen	unseen	seen
	contained	unseen	unseen	seen	seen	unseen	unseen	seen
	zombie		unseen	unseen	unseen	unseen	unseen	unseen	unseen
	kthread		unseen	unseen	unseen	unseen	unseen	unseen	unseen
	nobody		unseen	unseen	unseen	unseen	unseen	unseen	unseen
	strangers	none	none	some	some	none	none	some
PAGE_GET dump, NEARMEM_GET do:
	self		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	ok	ok
	owner's		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	other's		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	other-gid	ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	undumpable	ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	unreadable	ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	set-uid		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	contained	ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	PTRACE	ok
	zombie		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	zombie	zombie
	kthread		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	kthread	kthread
	nobody		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	nobody	nobody
NEARMEM_GET do:
	-		ADMIN	ADMIN	ADMIN	ADMIN	ADMIN	ok	ok
MAPPING_GET do, PAGE_GET do:
	-		dump	dump	dump	dump	dump	dump	dump
SAMPLER_NEW do, SAMPLER_GET do, SAMPLER_GET dump, SAMPLER_SUBSCRIBE do:
	-		PERFMON	PERFMON	PERFMON	PERFMON	ok	ok	ok
SAMPLER_DEL do:
	another's	maker	maker	maker	maker	maker	maker	maker
	one's-own	-	-	-	-	ok	ok	ok
WATCH_DEL do:
	another's	watch	watch	watch	watch	watch	watch	watch
	one's-own	ok	ok	ok	ok	ok	ok	ok
PROBE_NEW do:
	-		PERFMON	PERFMON	PERFMON	PERFMON	nothing	nothing	nothing
PROBE_DEL do:
	-		probes	probes	probes	probes	probes	probes	probes
SAMPLE do, WATCH_EVENT do, PROBE_EDGE do:
	-		event	event	event	event	event	event	event
END

# The same from inside a container: its root, a user of it, about their own
# processes and, by its number outside, one that is not in it.
cat >"$WORK/contained-table" <<'END'
			inroot	inuser
NODE_GET do, NODE_GET dump:
	-		ok	ok
NODE_SET do, NEARMEM_GET do:
	-		ADMIN	ADMIN
PLACEMENT_GET do, MAPPING_GET dump, WATCH_NEW do:
	self		ok	ok
	root's		ok	PTRACE
	user's		ok	ok
	outside		nobody	nobody
PLACEMENT_GET dump:
	self		seen	seen
	root's		seen	unseen
	user's		seen	seen
	outside		unseen	unseen
	strangers	some	none
PAGE_GET dump, NEARMEM_GET do:
	self		ADMIN	ADMIN
	root's		ADMIN	ADMIN
	user's		ADMIN	ADMIN
	outside		ADMIN	ADMIN
MAPPING_GET do, PAGE_GET do:
	-		dump	dump
SAMPLER_NEW do, SAMPLER_GET do, SAMPLER_GET dump, SAMPLER_SUBSCRIBE do:
	-		PERFMON	PERFMON
SAMPLER_DEL do:
	another's	maker	maker
	one's-own	-	-
WATCH_DEL do:
	another's	watch	watch
	one's-own	ok	ok
PROBE_NEW do:
	-		PERFMON	PERFMON
PROBE_DEL do:
	-		probes	probes
SAMPLE do, WATCH_EVENT do, PROBE_EDGE do:
	-		event	event
END

# What is said. Capitals: what is missing; the others miss nothing that there is.
cat >"$WORK/words" <<'END'
PTRACE	EPERM: PID is somebody else's process, which needs CAP_SYS_PTRACE .+
UNDUMP	EPERM: PID runs a program that is .*undumpable, which needs CAP_SYS_PTRACE
ADMIN	EPERM: .* needs? CAP_SYS_ADMIN in the initial user namespace
PERFMON	EPERM: counters .* need CAP_PERFMON or CAP_SYS_ADMIN .+
zombie	ESRCH: PID has no memory any more: a zombie, or exiting
kthread	EINVAL: PID is a kernel thread, .+
nobody	ESRCH: PID is no process in this pid namespace
dump	EOPNOTSUPP: .* NLM_F_DUMP is missing
maker	EPERM: only a socket that asked for a sampler may delete it
watch	ENOENT: this socket has no watch with this ID: .+
event	EOPNOTSUPP: .*
nothing	ERANGE: there is no FUNCTION, so nothing to probe
probes	ENOENT: this socket has no probes.*
END

# judged NAME: whether the kernel draws the line for this asker where we do
judged() {
	diff <(sed -n 's/^PLACEMENT_GET do \([^ ]*\) \(ok\|EPERM\).*/\1 \2/p' "$WORK/as.$1") \
		<(sed -n 's/^maps proc \([^ ]*\) \(ok\|EACCES\)$/\1 \2/p' "$WORK/as.$1" |
			sed 's/EACCES/EPERM/; /^\(zombie\|kthread\|nobody\|outside\) /d')
}

# hold_against TABLE: what $WORK/as.ASKER has, for each asker of the table
hold_against() {
	local verdict name detail
	while IFS=$'\t' read -r verdict name detail; do
		"$verdict" "$name" "$detail"
	done < <(awk -v work="$WORK" -F '\t+' -f "$TIERSCOPE_TREE/tests/vm/access_agrees.awk" "$WORK/words" "$1")
	for name in $(head -1 "$1"); do
		check "/proc/PID/maps has the same rule for $name" judged "$name"
	done
}

# ---- every command is in it -----------------------------------------------------

check "module loads" load_tierscope

# "NUMBER NAME" of all commands that there are
awk '/^enum tierscope_cmd / { inside = 1; next }
	/^}/ { inside = 0 }
	inside && /^\tTIERSCOPE_CMD_/ && !/_CMD_MAX / { gsub(/^\tTIERSCOPE_CMD_|,.*/, ""); print n++, $0 }' \
	"$header" | grep -v ' UNSPEC$' >"$WORK/commands"
sed -n 's/:$//p' "$WORK/table" | sed 's/, /\n/g' | sort -u >"$WORK/rows"
check_equal "every command of the header is in the table" \
	"$(cut -d ' ' -f 2 "$WORK/commands" | sort)" "$(cut -d ' ' -f 1 "$WORK/rows" | sort -u)"
"$ACCESS" operations >"$WORK/operations"
check_expr "the family has operations" "$(wc -l <"$WORK/operations") >= 12"
check_equal "and all that the family does with them" \
	"$(awk 'NR == FNR { name[$1] = $2; next } { print name[$1], $2 }' "$WORK/commands" "$WORK/operations" |
		sort | comm -23 - "$WORK/rows")" ""

# ---- the cast -------------------------------------------------------------------

owner=(setpriv --reuid 1000 --regid 1000 --clear-groups)
is_named() { local name; read -r name 2>/dev/null <"/proc/$1/comm" && [ "$name" = "$2" ]; }
start() {	# start NAME COMMAND...: its pid is in $pid once it has that name
	"${@:2}" 300 &
	pid=$!
	cast+=("$pid")
	within 20 is_named "$pid" "$1" || fail "$* is there"
}
cast=()
cast_shape() {	# cast_shape WORD...: as shape; leaves with the others
	shape "$@"
	shape_jobs+=("$shape_job") shape_inputs+=("$shape_input")
}
shape_jobs=() shape_inputs=()

chmod 755 "$WORK"
cp /usr/bin/sleep "$WORK/set-uid"
cp /usr/bin/sleep "$WORK/unreadable"
chmod 4755 "$WORK/set-uid"
chmod 711 "$WORK/unreadable"

start sleep "${owner[@]}" sleep; owners=$pid
start sleep setpriv --reuid 1001 --regid 1001 --clear-groups sleep; others=$pid
start sleep setpriv --reuid 1000 --regid 1001 --clear-groups sleep; other_gid=$pid
# setpriv still has the capability to read it; env has not.
start unreadable "${owner[@]}" env "$WORK/unreadable"; unreadable=$pid
start set-uid "${owner[@]}" "$WORK/set-uid"; set_uid=$pid
SHAPE_AS=("${owner[@]}")
cast_shape undumpable; undumpable=$pid
SHAPE_AS=()
cast_shape zombie; zombie=$pid

# A container: its first process, then its maps, then whoever enters. It is a
# user's: whoever has the uid of its maker has all capabilities in it.
setpriv --reuid 1002 --regid 1002 --clear-groups unshare --user --pid --net --mount --mount-proc --fork --kill-child sleep 300 2>/dev/null &
engine=$!
find_init() { init=$(pgrep -x -P "$engine" sleep); }
within 20 find_init || fail "a container is there"
echo "0 100000 10" >"/proc/$init/uid_map"
echo "0 100000 10" >"/proc/$init/gid_map"
enter=(nsenter -t "$init" --user --pid --net --mount)
SHAPE_AS=("${enter[@]}" -S 0 -G 0 --)
cast_shape undumpable; inroots=$pid
contained=$(pgrep -x -P "$shape_job" memory-shape)
SHAPE_AS=("${enter[@]}" -S 5 -G 5 --)
cast_shape; inusers=$pid
SHAPE_AS=()

mkfifo "$WORK/sampler.in"
"$TOOLS/sampler-probe" hold 60000 1:0:0 <"$WORK/sampler.in" >"$WORK/sampler" &
exec {sampler_input}>"$WORK/sampler.in"
within 20 grep -q '^ready' "$WORK/sampler" || fail "a sampler is there" "$(cat "$WORK/sampler")"
sampler=$(sed -n 's/^ready sampler //p' "$WORK/sampler")

# ---- everybody asks everything ----------------------------------------------------

processes=("owner's=$owners" "other's=$others" "other-gid=$other_gid" "undumpable=$undumpable"
	"unreadable=$unreadable" "set-uid=$set_uid" "contained=$contained" "zombie=$zombie" kthread=2
	nobody=4000000)
asks() {	# asks NAME COMMAND...: whoever the command makes of the probe
	"${@:2}" "$ACCESS" ask "$sampler" "${processes[@]}" >"$WORK/as.$1" || fail "$1 asks"
}
only() { echo "--reuid $1 --regid $1 --clear-groups --inh-caps +$2 --ambient-caps +$2"; }
asks owner "${owner[@]}"
asks other setpriv --reuid 1001 --regid 1001 --clear-groups
asks nsroot nsenter -t "$init" --user -S 0 -G 0
# shellcheck disable=SC2046
asks ptrace setpriv $(only 1003 sys_ptrace)
# shellcheck disable=SC2046
asks perfmon setpriv $(only 1004 perfmon)
asks admin setpriv --bounding-set -all,+sys_admin
asks root
hold_against "$WORK/table"

# A socket may be handed to somebody with more rights, or with less.
as_owner() { diff <(grep -Ev ' self |^maps ' "$WORK/as.owner") <(grep -Ev ' self |^maps ' "$WORK/as.$1"); }
for word in opener sender; do
	"$ACCESS" ask "$sampler" $word=1000 "${processes[@]}" >"$WORK/as.$word"
done
check "opened by the owner, sent by root: all is as the owner's" as_owner opener
check "opened by root, sent by the owner: all is as the owner's" as_owner sender

# ---- in a container ------------------------------------------------------------------

processes=("root's=$inroots" "user's=$inusers" "outside=$owners")
asks inroot "${enter[@]}" -S 0 -G 0 --
asks inuser "${enter[@]}" -S 5 -G 5 --
hold_against "$WORK/contained-table"

"${enter[@]}" -S 0 -G 0 -- "$PROBE" ask placement-dump >"$WORK/seen"
check_equal "users are those of the container" \
	"$(sed -n "s/^placement pid=\($inroots\|$inusers\) uid=\([0-9]*\) .*/\1 \2/p" "$WORK/seen" | sort -n)" \
	"$(printf '%s\n' "$inroots 0" "$inusers 5" | sort -n)"
check_equal "processes are those of the container" \
	"$(sed -n 's/^placement pid=\([0-9]*\) .*/\1/p' "$WORK/seen" | awk '$1 > 20')" ""
check_status "the command line, in a container" 0 "" \
	"${enter[@]}" -S 0 -G 0 -- "$(command -v tierscope)" placement "$inusers"

# Not even real root names what is outside of his pid namespace.
processes=("outside=$owners")
asks outsider unshare --pid --fork
check_equal "outside of the pid namespace there is nobody" \
	"$(sed -n 's/.* outside ESRCH: PID is no process.*/nobody/p' "$WORK/as.outsider" | uniq -c | xargs) $(
		grep -c 'PLACEMENT_GET dump outside unseen' "$WORK/as.outsider")" "5 nobody 1"

for input in "${shape_inputs[@]}" "$sampler_input"; do eval "exec $input>&-"; done
kill "${cast[@]}"
wait "${cast[@]}" "${shape_jobs[@]}" 2>/dev/null
kill -KILL "$init"
wait 2>/dev/null

check "module unloads" rmmod tierscope
verdict
