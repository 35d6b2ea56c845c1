/* SPDX-License-Identifier: GPL-2.0-or-later */
int twice_of_another(int number);

__attribute__((noipa)) static int twice(int number)
{
	return number * 5;
}

__attribute__((noipa)) int twice_of_another(int number)
{
	return twice(number) - 1;
}
