#include <stdio.h>

#include "authd/core/act.h"

int
act_refuse(struct act *a, int r, const char *code, const char *detail)
{
	snprintf(a->problem.code, sizeof(a->problem.code), "%s", code);
	snprintf(a->problem.detail, sizeof(a->problem.detail), "%s", detail);
	return (r);
}
