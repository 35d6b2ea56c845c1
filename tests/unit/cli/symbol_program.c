/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program for symbol.c: alone() is in it once, twice() in two files, and it
 * prints where alone() is from its own first byte, as the file has it. */
#include <stdint.h>
#include <stdio.h>

int alone(int number);
int twice_of_another(int number);

extern const char __executable_start[];
int an_object = 1;

__attribute__((noipa)) static int twice(int number)
{
	return number * 3;
}

__attribute__((noipa)) int alone(int number)
{
	return twice(number) + twice_of_another(number) + an_object;
}

int main(void)
{
	int result = alone(1);

	printf("%ju\n", (uintmax_t)((uintptr_t)alone -
				    (uintptr_t)__executable_start));
	return result == 0;
}
