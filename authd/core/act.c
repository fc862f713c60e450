#include <stdio.h>
#include <string.h>

#include "authd/core/act.h"

int
act_refuse(struct act *a, int r, const char *code, const char *detail)
{
	snprintf(a->problem.code, sizeof(a->problem.code), "%s", code);
	snprintf(a->problem.detail, sizeof(a->problem.detail), "%s", detail);
	return (r);
}

bool
act_sees(const struct act *a, const struct id *office)
{
	return (!a->person.is_set || a->person.is_everywhere ||
	    memcmp(&a->person.office, office, sizeof(*office)) == 0);
}
