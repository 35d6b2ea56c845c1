/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel, the module, and the memory mode.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "lib/scope.h"
#include "report/human.h"

void doctor_kernel(struct doctor *doctor)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;
	bool old;

	if (uname(&name) < 0) {
		doctor_say(doctor, "kernel", DOCTOR_FAILS, "", "uname: %s",
			   strerror(errno));
		return;
	}
	old = sscanf(name.release, "%u.%u", &major, &minor) != 2 ||
	      major < 6 || (major == 6 && minor < 1);
	if (strcmp(name.machine, "x86_64"))
		doctor_say(doctor, "kernel", DOCTOR_FAILS,
			   "Optane is on x86-64 alone", "Linux %s on %s",
			   name.release, name.machine);
	else if (old)
		doctor_say(doctor, "kernel", DOCTOR_PARTLY,
			   "the module is made for Linux 6.1 and later",
			   "Linux %s on %s: what needs no module works",
			   name.release, name.machine);
	else
		doctor_say(doctor, "kernel", DOCTOR_WORKS, "", "Linux %s on %s",
			   name.release, name.machine);
}

void doctor_module(struct doctor *doctor)
{
	int r = tierscope_module_check(doctor->ts);

	if (!r)
		doctor_say(doctor, "module", DOCTOR_WORKS, "",
			   "tierscope is loaded and speaks version %d of its protocol",
			   TIERSCOPE_FAMILY_VERSION);
	else if (r == -ENOENT)
		doctor_say(doctor, "module", DOCTOR_FAILS,
			   "modprobe tierscope, as root",
			   "tierscope is not loaded: topology, events and report work without it; placement and counters do not, and run records no counters");
	else
		doctor_say(doctor, "module", DOCTOR_FAILS,
			   r == -EPROTONOSUPPORT ?
			   "module and tierscope of the same release" : "",
			   "%s", tierscope_error(doctor->ts));
}

static void mode_found(struct doctor *doctor)
{
	const struct tierscope_topology *topology = doctor->topology;
	struct report_value near = report_number(topology->near_bytes);
	char doubts[512], size[REPORT_CELL_MAX], sizes[64] = "";

	if (topology->near_bytes)
		snprintf(sizes, sizeof(sizes), ", %s of near memory",
			 report_human(REPORT_BYTES, &near, size));
	if (tierscope_topology_doubts(doctor->ts, topology, sizeof(doubts),
				      doubts) < 0)
		snprintf(doubts, sizeof(doubts), "%s",
			 tierscope_error(doctor->ts));
	if (topology->mode == TIERSCOPE_MODE_UNKNOWN)
		doctor_say(doctor, "mode", DOCTOR_PARTLY,
			   geteuid() ? "root may read more of firmware's tables; tierscope topology --set and the configuration say what a node is" :
				       "tierscope topology --set and the configuration say what a node is",
			   "not known: %s%s%s", topology->mode_evidence,
			   *doubts ? "; but " : "", doubts);
	else if (*doubts)
		doctor_say(doctor, "mode", DOCTOR_PARTLY,
			   "tierscope topology --set and the configuration say what a node is; ipmctl show -memoryresources says what firmware made of it",
			   "%s: %s%s; but %s",
			   tierscope_mode_name(topology->mode),
			   topology->mode_evidence, sizes, doubts);
	else
		doctor_say(doctor, "mode", DOCTOR_WORKS, "", "%s: %s%s",
			   tierscope_mode_name(topology->mode),
			   topology->mode_evidence, sizes);
}

void doctor_mode(struct doctor *doctor)
{
	int r = tierscope_topology_read(doctor->ts, &doctor->topology);

	if (r < 0)
		doctor_say(doctor, "mode", DOCTOR_FAILS, "", "%s",
			   tierscope_error(doctor->ts));
	else
		mode_found(doctor);
}
