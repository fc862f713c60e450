#include <stdio.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "cli/show.h"

void
cmd_recovery_print(const json_t *answer)
{
	const json_t *codes = json_object_get(answer, "recovery_codes");
	json_t *code;
	size_t i;

	if (json_array_size(codes) == 0)
		return;
	puts(
	    "\n予備コード / Recovery codes: each opens one login in the place of "
	    "the\nphone's code. Print them, keep them apart from the PC; they "
	    "are not shown\nagain.\n");
	json_array_foreach(codes, i, code)
	{
		fputs("    ", stdout);
		show_safe(stdout, json_string_value(code));
		putchar('\n');
	}
}

int
cmd_recovery_create(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		cmd_recovery_print(answer);
	json_decref(answer);
	return (QUESTION_DONE);
}

int
cmd_recovery_count(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		printf("%lld recovery codes are left\n",
		    (long long)json_of_int(answer, "recovery_left"));
	json_decref(answer);
	return (QUESTION_DONE);
}
