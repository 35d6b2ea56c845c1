/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/bus.h"

#include <errno.h>
#include <stdlib.h>

#include "tierscope/bus.h"

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

bool cli_bus_is_absent(const sd_bus_error *error)
{
	return sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	       sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER);
}

int cli_bus_ping(const char *address, uint64_t timeout_us)
{
	__attribute__((cleanup(sd_bus_error_free))) sd_bus_error error = SD_BUS_ERROR_NULL;
	scope_bus sd_bus *bus = NULL;
	int r = cli_bus_open(address, timeout_us, &bus);

	if (r < 0)
		return r;
	r = sd_bus_call_method(bus, TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
			       "org.freedesktop.DBus.Peer", "Ping", &error, NULL,
			       NULL);
	if (cli_bus_is_absent(&error))
		return -ESRCH;
	return r < 0 ? r : 0;
}
