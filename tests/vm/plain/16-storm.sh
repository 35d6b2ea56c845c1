#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Threads that change their memory in every way, at random, while ten readers
# walk it. Whenever all of them keep still for a moment, what the module says is
# what numa_maps says; in the end nothing is left of them. STORM_SEED=N draws the
# operations of another time again, STORM_SECONDS=N goes on for that long.
# kernel: 6.12
# timeout: 600
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/placement.sh"
THREADS=8
MM=/sys/kernel/mm
[ "${TIERSCOPE_LONG:-0}" = 1 ] && seconds=300 || seconds=30
seconds=${STORM_SECONDS:-$seconds}
seed=${STORM_SEED:-$((RANDOM << 15 | RANDOM))}

# ---- what the kernel does by itself ------------------------------------------

# Threads of the kernel that move memory: as busy as can be in the storm, and
# none while it is quiet. (Both wait until the thread keeps still.)
kernel_works() {
	echo always >$MM/transparent_hugepage/enabled
	echo 1 >$MM/ksm/run
}
kernel_rests() {
	echo never >$MM/transparent_hugepage/enabled
	echo 0 >$MM/ksm/run
}

# objects NAME: how many there are. A slab that a CPU works with counts as full:
# they are given back first, and nobody is started in between.
objects() {
	local n
	echo 1 >"/sys/kernel/slab/$1/shrink"
	read -r n _ <"/sys/kernel/slab/$1/objects"
	echo "$n"
}
# What is freed is freed after a grace period, and each CPU may keep the memory of
# the last process that ran there.
# shellcheck disable=SC2317
few_left() { [ "$(objects "$1")" -le $((${before[$1]} + $(nproc) + 4)) ]; }

# ---- a quiet moment -----------------------------------------------------------

quiet=0 equal=0 again=0 took=0
: >"$WORK/equal"
quiet_moment() {
	local verdict=changed began=${EPOCHREALTIME/./}
	kernel_rests
	quiet=$((quiet + 1))
	for _ in $(seq 20); do
		echo >&6
		read -r -t 60 -u 7 verdict || verdict="the oracle is gone"
		[ "$verdict" = changed ] || break
		again=$((again + 1))
	done
	if [[ $verdict == equal* ]]; then
		equal=$((equal + 1))
		echo "$verdict" >>"$WORK/equal"
	else
		fail "quiet moment $quiet of seed $seed: as in numa_maps" "$verdict"
		[ $((quiet - equal)) -gt 1 ] || sed 's/^/# /' "/proc/$pid/numa_maps"
	fi
	kernel_works
	took=$((took + ${EPOCHREALTIME/./} - began))
}

# ---- the storm ------------------------------------------------------------------

check "module loads" load_tierscope
echo 12 >$MM/hugepages/hugepages-2048kB/nr_hugepages
echo advise >$MM/transparent_hugepage/shmem_enabled
for name in scan_sleep_millisecs alloc_sleep_millisecs; do
	echo 20 >$MM/transparent_hugepage/khugepaged/$name
done
echo 1000 >$MM/ksm/pages_to_scan
echo 1 >/proc/sys/kernel/numa_balancing
mkfs.ext4 -q "$TIERSCOPE_DISK" && mkdir "$WORK/disk" && mount "$TIERSCOPE_DISK" "$WORK/disk"
check "there is a disk" mountpoint -q "$WORK/disk"
modprobe zram && zram=zram$(cat /sys/class/zram-control/hot_add) &&
	echo 64M >"/sys/block/$zram/disksize" && mkswap -q "/dev/$zram" && swapon "/dev/$zram"
check "there is swap" grep -q "^/dev/$zram " /proc/swaps

"$PROBE" ask placement-dump >/dev/null
sleep 1
declare -A before
for name in mm_struct task_struct; do before[$name]=$(objects $name); done

echo "# seed $seed, $seconds s"
# Who judges comes before those who keep all CPUs busy, and the storm before
# those who look at it.
renice -n -10 -p $$ >/dev/null
SHAPE_AS=(nice -n 5)
SHAPE=$TOOLS/placement-storm shape "$seed" $THREADS "$WORK/disk/file"
mkfifo "$WORK/reading" "$WORK/asked" "$WORK/judged"
nice -n 15 "$TOOLS/placement-readers" "$pid" <"$WORK/reading" >"$WORK/readers" 2>"$WORK/readers-said" &
readers=$!
"$TOOLS/placement-oracle" "$pid" <"$WORK/asked" >"$WORK/judged" &
oracle=$!
exec 5>"$WORK/reading" 6>"$WORK/asked" 7<"$WORK/judged"
kernel_works
said=quiet
until=$((SECONDS + seconds))
# A busy host gives it little of that: then it goes on for a while.
while [ $SECONDS -lt $until ] || { [ $quiet -lt 4 ] && [ $SECONDS -lt $((until + 120)) ]; }; do
	read -r -t 240 said counts <&"$shape_output" || said=
	[ "$said" = quiet ] || break
	quiet_moment
	echo >&"$shape_input"
done
check_equal "the storm went on to its end" "$said" quiet
exec 5>&-
wait $readers
check_equal "readers were refused nothing, and told nothing that cannot be" "$? $(head -c 1000 "$WORK/readers-said")" "0 "
exec 6>&- 7<&-
wait $oracle
# The oracle of all other tests says so, too.
read -r -t 240 said counts <&"$shape_output"
kernel_rests
same_as_numa_maps "the last quiet moment"
end_shape

# ---- what it was, and what is left ---------------------------------------------

sed 's/^/# /' "$WORK/readers" "$WORK/equal"
echo "# $quiet quiet moments of $((took / (quiet + !quiet) / 1000)) ms, $again looks once more; $counts"
check_equal "every quiet moment is as in numa_maps" "$equal of $quiet" "$quiet of $quiet"
check_expr "there were some" "$quiet >= 2"
check_expr "and they were not alike" "$(sort -u "$WORK/equal" | wc -l) * 2 > $equal"
check_equal "every reader has walked" "$(grep -c ' walks=[1-9]' "$WORK/readers")" 10
# What comes at random may not have come within a few of them.
if [ $quiet -ge 8 ]; then
	for what in huge swap; do
		check "some had $what pages" grep -q " $what=[1-9]" "$WORK/equal"
	done
	check_equal "everything was done" "$(printf '%s\n' "$counts" | tr ' ' '\n' | grep -c '=[1-9]')" 13
fi
swapoff "/dev/$zram"
# ksmd keeps what it knows of those that have ended until it comes by.
echo 2 >$MM/ksm/run
for name in mm_struct task_struct; do
	check "no $name is left over" within 20 few_left $name
	echo "# $name: ${before[$name]} before, $(objects $name) after"
done

echo 0 >$MM/hugepages/hugepages-2048kB/nr_hugepages
echo 0 >/proc/sys/kernel/numa_balancing
echo 0 >$MM/ksm/run
umount "$WORK/disk"
check "module unloads" rmmod tierscope
verdict
