/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One figure on its way out. A measured zero, a figure that was not measured
 * and one that this machine cannot give are three different things, and stay
 * so in every format.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum report_state {
	REPORT_NOT_MEASURED,	/* could have been, was not; reason may say why */
	REPORT_NOT_AVAILABLE,	/* cannot be here; reason says why */
	REPORT_VALUE,
};

enum report_type {
	REPORT_STRING,		/* string */
	REPORT_INTEGER,		/* number */
	REPORT_BYTES,		/* number */
	REPORT_CHANGE,		/* change, bytes, with its sign */
	REPORT_RATE,		/* real, bytes a second */
	REPORT_FREQUENCY,	/* real, times a second */
	REPORT_RATIO,		/* real, 1 is all */
	REPORT_FACTOR,		/* real, how many times as much */
	REPORT_DURATION,	/* number, nanoseconds */
	REPORT_ADDRESS,		/* number */
	REPORT_FLAG,		/* flag */
};

/**
 * struct report_value - one cell
 * @state: which of the three
 * @reason: why there is no value, or NULL
 * The union by the type of its column.
 */
struct report_value {
	enum report_state state;
	const char *reason;
	union {
		const char *string;
		uint64_t number;
		int64_t change;
		double real;
		bool flag;
	};
};

static inline struct report_value report_string(const char *string)
{
	return (struct report_value){ .state = REPORT_VALUE, .string = string };
}

static inline struct report_value report_number(uint64_t number)
{
	return (struct report_value){ .state = REPORT_VALUE, .number = number };
}

static inline struct report_value report_change(int64_t change)
{
	return (struct report_value){ .state = REPORT_VALUE, .change = change };
}

static inline struct report_value report_real(double real)
{
	return (struct report_value){ .state = REPORT_VALUE, .real = real };
}

static inline struct report_value report_flag(bool flag)
{
	return (struct report_value){ .state = REPORT_VALUE, .flag = flag };
}

static inline struct report_value report_not_measured(const char *reason)
{
	return (struct report_value){ .state = REPORT_NOT_MEASURED,
				      .reason = reason };
}

static inline struct report_value report_not_available(const char *reason)
{
	return (struct report_value){ .state = REPORT_NOT_AVAILABLE,
				      .reason = reason };
}
