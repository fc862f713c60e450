/*
 * people_codes: `LOGIN CODE` of the first N people of a key, for this step.
 *
 *	people_codes KEY N
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/bench/bench_people.h"

int
main(int argc, char **argv)
{
	char login[PEOPLE_LOGIN_LEN + 1], code[PEOPLE_CODE_LEN + 1];
	struct people p;
	uint32_t i, n;

	if (argc != 3)
		return (2);
	n = (uint32_t)strtoul(argv[2], NULL, 10);
	people_open(&p, argv[1], n);
	for (i = 0; i < n; i++) {
		people_login(i, login);
		people_code(&p, i, time(NULL) / 30, code);
		printf("%s %s\n", login, code);
	}
	people_close(&p);
	return (0);
}
