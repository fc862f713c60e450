#include <stdio.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "cli/show.h"

static const struct show_field now[] = { { "clock_ok", "clock ok", SHOW_TEXT },
	{ "time", "time", SHOW_TIME },
	{ "high_water", "latest time", SHOW_TIME },
	{ "behind_ms", "behind (ms)", SHOW_TEXT },
	{ "steady", "steady time", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field set[] = { { "time", "time", SHOW_TIME },
	{ "high_water_before", "latest before", SHOW_TIME },
	{ "phones", "phones set back", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

static int
ask(struct args *a, const struct show_field *fields)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		show_object(answer, fields);
	if (!json_of_bool(answer, "clock_ok"))
		code = QUESTION_REFUSED;
	json_decref(answer);
	return (code);
}

int
cmd_clock_show(struct args *a)
{
	return (ask(a, now));
}

int
cmd_clock_confirm(struct args *a)
{
	return (ask(a, set));
}
