/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/human.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "report/text.h"

/* Three significant digits and a unit, the next unit from @base on. */
static void scaled(double value, double base, const char *const *units,
		   size_t n_units, char *buffer)
{
	size_t unit = 0;
	int decimals;

	/* 999.5 would be shown as 1000. */
	while (fabs(value) >= (base > 1000 ? base - 0.5 : 999.5) &&
	       unit + 1 < n_units) {
		value /= base;
		unit++;
	}
	if (!unit && value == floor(value))
		decimals = 0;
	else
		decimals = fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
	snprintf(buffer, REPORT_CELL_MAX, "%.*f %s", decimals, value, units[unit]);
}

static void human_bytes(uint64_t bytes, char *buffer)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
					     "PiB" };

	scaled((double)bytes, 1024, units, 6, buffer);
}

/* A zero has no sign: nothing changed. */
static void human_change(int64_t bytes, char *buffer)
{
	char text[REPORT_CELL_MAX];

	human_bytes(bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes, text);
	snprintf(buffer, REPORT_CELL_MAX, "%s%.60s",
		 bytes < 0 ? "-" : bytes > 0 ? "+" : "", text);
}

static void human_rate(double rate, char *buffer)
{
	static const char *const units[] = { "B/s", "kB/s", "MB/s", "GB/s",
					     "TB/s" };

	scaled(rate, 1000, units, 5, buffer);
}

static void human_frequency(double frequency, char *buffer)
{
	static const char *const units[] = { "/s", "k/s", "M/s", "G/s" };

	scaled(frequency, 1000, units, 4, buffer);
}

/* Three digits after the point up to ten times as much, so that a difference of
 * a thousandth shows; as many that count below it. */
static void human_factor(double factor, char *buffer)
{
	if (factor && factor < 0.0995)
		snprintf(buffer, REPORT_CELL_MAX, "%.3g", factor);
	else
		snprintf(buffer, REPORT_CELL_MAX, "%.*f",
			 factor < 9.9995 ? 3 : factor < 99.95 ? 1 : 0, factor);
}

static void human_duration(uint64_t ns, char *buffer)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	uint64_t seconds = ns / 1000000000;

	if (seconds >= 3600)
		snprintf(buffer, REPORT_CELL_MAX, "%" PRIu64 " h %02" PRIu64 " min",
			 seconds / 3600, seconds / 60 % 60);
	else if (seconds >= 60)
		snprintf(buffer, REPORT_CELL_MAX, "%" PRIu64 " min %02" PRIu64 " s",
			 seconds / 60, seconds % 60);
	else
		scaled((double)ns, 1000, units, 4, buffer);
}

const char *report_human(enum report_type type,
			 const struct report_value *value, char *buffer)
{
	if (value->state == REPORT_NOT_MEASURED)
		return "-";
	if (value->state == REPORT_NOT_AVAILABLE)
		return "n/a";
	switch (type) {
	case REPORT_BYTES:
		human_bytes(value->number, buffer);
		return buffer;
	case REPORT_CHANGE:
		human_change(value->change, buffer);
		return buffer;
	case REPORT_RATE:
		human_rate(value->real, buffer);
		return buffer;
	case REPORT_FREQUENCY:
		human_frequency(value->real, buffer);
		return buffer;
	case REPORT_RATIO:
		snprintf(buffer, REPORT_CELL_MAX, "%.2f %%", 100 * value->real);
		return buffer;
	case REPORT_FACTOR:
		human_factor(value->real, buffer);
		return buffer;
	case REPORT_DURATION:
		human_duration(value->number, buffer);
		return buffer;
	case REPORT_FLAG:
		return value->flag ? "yes" : "no";
	case REPORT_STRING:
	case REPORT_INTEGER:
	case REPORT_ADDRESS:
		break;
	}
	return report_raw(type, value, buffer);
}

const char *report_raw(enum report_type type, const struct report_value *value,
		       char *buffer)
{
	if (value->state != REPORT_VALUE)
		return NULL;
	switch (type) {
	case REPORT_STRING:
		return value->string;
	case REPORT_INTEGER:
	case REPORT_BYTES:
	case REPORT_DURATION:
		snprintf(buffer, REPORT_CELL_MAX, "%" PRIu64, value->number);
		break;
	case REPORT_CHANGE:
		snprintf(buffer, REPORT_CELL_MAX, "%" PRId64, value->change);
		break;
	case REPORT_RATE:
	case REPORT_FREQUENCY:
	case REPORT_RATIO:
	case REPORT_FACTOR:
		/* JSON has no infinity; nothing here should ever be one. */
		if (!isfinite(value->real))
			return NULL;
		snprintf(buffer, REPORT_CELL_MAX, "%.9g", value->real);
		break;
	case REPORT_ADDRESS:
		snprintf(buffer, REPORT_CELL_MAX, "0x%012" PRIx64, value->number);
		break;
	case REPORT_FLAG:
		return value->flag ? "true" : "false";
	}
	return buffer;
}

const char *report_reason(const struct report_value *value, char *buffer,
			  size_t size)
{
	const char *state = value->state == REPORT_NOT_MEASURED ?
				    "not measured" : "not available";

	if (snprintf(buffer, size, "%s%s%s", state, value->reason ? ": " : "",
		     value->reason ? value->reason : "") >= (int)size)
		report_text_trim(buffer);
	return buffer;
}
