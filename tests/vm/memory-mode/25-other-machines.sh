#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The simulated PMUs refuse a machine that is not simulated, or by a simulator
# of another version: its description is spoilt and mended again.
. "$TIERSCOPE_TREE/tests/vm/lib.sh"
. "$TIERSCOPE_TREE/tests/vm/imc.sh"

sim=$MODULES/kmod/sim/tierscope_sim.ko
device=$(grep -lx 0x1110 /sys/bus/pci/devices/*/device | head -1)
bar=$(awk 'NR == 3 { print $1 }' "${device%/device}/resource")
poke() { busybox devmem $((bar + $1)) 32 "$2"; }
word() { busybox devmem $((bar + $1)) 32; }
said() { dmesg | grep 'tierscope_sim: ' | tail -1; }

unload_modules
magic=$(word 0) version=$(word 8)
check_equal "the description is where it should be" "$magic" 0x53494D31

poke 8 99
check_status "another version is refused" 1 'No such device' insmod "$sim"
check "and the log says which" grep -q 'speaks version 99 of the counts, this module speaks' <(said)
poke 8 "$version"

poke 0 0
check_status "a device that holds something else is refused" 1 'No such device' insmod "$sim"
check "and the log says so" grep -q 'this is not the simulated machine: no PCI device 1af4:1110 holds its counts' <(said)
poke 0 "$magic"

check_equal "no PMU is left of all that" "$(find /sys/bus/event_source/devices -name 'uncore_imc_*' | wc -l)" 0
check "on the machine itself they load" insmod "$sim"
check "modules unload" unload_modules
verdict
