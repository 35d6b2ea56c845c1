/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/bus.h"

#include <stdbool.h>
#include <stdlib.h>

/* As sd_bus_open_system(3) has it, which has no time-out of its own. */
static const char *system_bus(void)
{
	const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");

	return address && *address ? address :
				     "unix:path=/run/dbus/system_bus_socket";
}

int cli_bus_open(const char *address, uint64_t timeout_us, sd_bus **ret)
{
	scope_bus sd_bus *bus = NULL;
	const char *name;
	int r;

	r = sd_bus_new(&bus);
	if (r >= 0)
		r = sd_bus_set_address(bus, address ? address : system_bus());
	if (r >= 0)
		r = sd_bus_set_bus_client(bus, true);
	if (r >= 0 && timeout_us)
		r = sd_bus_set_method_call_timeout(bus, timeout_us);
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r >= 0)
		r = sd_bus_get_unique_name(bus, &name);
	if (r < 0)
		return r;
	*ret = bus;
	bus = NULL;
	return 0;
}
