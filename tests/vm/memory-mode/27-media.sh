#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Lines of Optane's medium: as the simulator counts them, by perf and by the
# library, socket by socket; a line for four requests in sequence, one for each
# at random.
# kernel: 6.12
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

LIBRARY=$TIERSCOPE_BUILD/release/tests/vm/tools/library-check
PMU=/sys/bus/event_source/devices/sim_media

check "without the module: a sentence that says where they are" "$LIBRARY" no-media
check "modules load" load_modules
check_equal "one PMU, its events, one CPU a socket" \
	"$(cd $PMU && grep . format/* events/media_read events/media_write cpumask | tr '\n' ' ')" \
	"format/event:config:0-7 events/media_read:event=0x01 events/media_write:event=0x02 cpumask:0,2 "
check_equal "it has no other event" \
	"$(perf stat -x, -a -e sim_media/event=0x03/ -- true 2>&1 | cut -d, -f1)" "<not supported>"

# A quarter more than near memory, on socket 1 by one of socket 0's CPUs, so that
# who counts for the wrong socket is found out.
mebibytes=80
stream() { taskset -c 1 numactl --membind=1 tierscope-stream --bytes ${mebibytes}M --read --write "$@"; }

# moved NAME EVENT SOCKET: how much an event has grown on a socket.
moved() { awk -v event="$2" -v socket="$3" 'FNR == NR { if ($1 == event && $2 == socket) n -= $4; next }
	$1 == event && $2 == socket { n += $4 } END { printf "%.0f\n", n }' "$WORK/$1.before" "$WORK/$1.after"; }

# ---- who counts ----
echo Y >"$CONTROL"/freeze
simulator >"$WORK/seen.before"
hold library "$LIBRARY" media
# By their numbers: of events by name perf would print MiB, not counts.
# shellcheck disable=SC2016
check "perf counts" perf stat -x, -a --per-socket -o "$WORK/perf" \
	-e sim_media/event=1,name=media_read/ -e sim_media/event=2,name=media_write/ \
	-e sim_media/media_read/ -- bash -c '
	echo N >"$1"/freeze && '"mebibytes=$mebibytes; $(declare -f stream)"' && stream --passes 1 >/dev/null && echo Y >"$1"/freeze' - "$CONTROL"
let_go library
simulator >"$WORK/seen.after"
echo N >"$CONTROL"/freeze
truth= requests=
for socket in 0 1; do
	truth+="socket $socket $(moved seen media_read $socket) $(moved seen media_write $socket)"$'\n'
	requests+="socket $socket $(for event in cas_read cas_write pmm_read pmm_write; do moved seen $event $socket; done | tr '\n' ' ')"$'\n'
done
check_equal "the library counts what the simulator does" \
	"$(sed -n 's/^\(socket [0-9]* [0-9]* [0-9]*\) .*/\1/p' "$WORK/library.said")"$'\n' "$truth"
check_equal "and the requests of all channels" \
	"$(sed -n 's/^\(socket [0-9]*\) [0-9]* [0-9]* \(.*\)/\1 \2 /p' "$WORK/library.said")"$'\n' "$requests"
check_equal "and so does perf" "$(awk -F, '/,media_read,/ { read[$1] = $3 } /,media_write,/ { write[$1] = $3 }
	END { for (s = 0; s < 2; s++) print "socket", s, read["S" s], write["S" s] }' "$WORK/perf")"$'\n' "$truth"
check_expr "by name in MiB" "$(awk -F, -v lines="$(moved seen media_read 1)" '$1 == "S1" && $4 == "MiB" {
	print ($3 - lines / 4096)^2 < 0.01 }' "$WORK/perf")"
check_expr "what is socket 1's is on socket 1" \
	"$(moved seen media_read 1) > 100000 && $(moved seen media_read 1) > 10 * $(moved seen media_read 0)"

# ---- what is counted ----
# filled PID: whether its buffer is resident.
filled() { awk -v want=$((mebibytes * 256)) '{ exit !($2 >= want) }' "/proc/$1/statm"; }
look() { echo Y >"$CONTROL"/freeze && simulator >"$WORK/$1" && echo N >"$CONTROL"/freeze; }
# watch OPTION...: what a second and a half of it does on socket 1, once it has
# filled its buffer, in PMM_READ and so on.
watch() {
	taskset -c 1 numactl --membind=1 tierscope-stream --bytes ${mebibytes}M --read --write --seconds 60 "$@" >/dev/null &
	local pid=$!
	within 30 filled $pid && sleep 0.5 && look during.before && sleep 1.5 && look during.after
	check_equal "it is watched: $*" $? 0
	kill $pid
	wait $pid 2>/dev/null
	PMM_READ=$(moved during pmm_read 1) PMM_WRITE=$(moved during pmm_write 1)
	MEDIA_READ=$(moved during media_read 1) MEDIA_WRITE=$(moved during media_write 1)
	echo "# of Optane $PMM_READ read, $PMM_WRITE written; of its medium $MEDIA_READ and $MEDIA_WRITE lines"
	check_expr "there were requests" "$PMM_READ > 50000 && $PMM_WRITE > 50000"
}

watch --seed 1
check_expr "in sequence four requests to read are a line" \
	"$MEDIA_READ * 4 > 0.97 * $PMM_READ && $MEDIA_READ * 4 < 1.1 * $PMM_READ"
check_expr "and four to write" "$MEDIA_WRITE * 4 > 0.97 * $PMM_WRITE && $MEDIA_WRITE * 4 < 1.1 * $PMM_WRITE"
watch --random
check_expr "at random each is one to read" \
	"$MEDIA_READ > 0.97 * ($PMM_READ + $PMM_WRITE) && $MEDIA_READ <= 1.01 * ($PMM_READ + $PMM_WRITE)"
check_expr "and to write" "$MEDIA_WRITE > 0.97 * $PMM_WRITE && $MEDIA_WRITE <= 1.01 * $PMM_WRITE"

check "reset: they begin again" sh -c "echo Y >$CONTROL/freeze && echo 1 >$CONTROL/reset"
check_equal "at nothing" "$(simulator | awk '/^media/ { n++; sum += $4 } END { print n, sum }')" "24 0"
echo N >"$CONTROL"/freeze
check "modules unload" unload_modules
verdict
