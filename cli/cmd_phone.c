#include <stdio.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field many[] = { { "device", "DEVICE", SHOW_TEXT },
	{ "label", "PHONE", SHOW_TEXT }, { "state", "STATE", SHOW_TEXT },
	{ "owner", "OWNER", SHOW_TEXT },
	{ "confirmed_at", "CONFIRMED", SHOW_TIME },
	{ "last_used", "LAST USED", SHOW_TIME },
	{ "expires_at", "EXPIRES", SHOW_TIME },
	{ "revoked_at", "REVOKED", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field one[] = { { "device", "device", SHOW_TEXT },
	{ "label", "label", SHOW_TEXT }, { "state", "state", SHOW_TEXT },
	{ "owner", "owner", SHOW_TEXT }, { "created_at", "created", SHOW_TIME },
	{ "confirmed_at", "confirmed", SHOW_TIME },
	{ "last_used", "last used", SHOW_TIME },
	{ "revoked_at", "revoked", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

/* Say how a confirmation or resync ended; its exit code. */
static int
tell_result(const struct args *a, const json_t *answer, const char *done)
{
	/* Only the very word accepts; all else refuses. */
	int code = strcmp(json_of_text(answer, "result"), "accept") == 0
	    ? QUESTION_DONE
	    : QUESTION_REFUSED;

	if (a->is_json) {
		show_json(answer);
		return (code);
	}
	if (code == QUESTION_DONE) {
		printf("%s ", done);
		show_safe(stdout, json_of_text(answer, "device"));
		putchar('\n');
		return (code);
	}
	fputs("refused (request id ", stdout);
	show_safe(stdout, json_of_text(answer, "request_id"));
	puts(")");
	return (code);
}

int
cmd_phone_confirm(struct args *a)
{
	json_t *answer;
	int code;

	if (args_take_code(a, 1, 0) != 0)
		return (QUESTION_USAGE);
	if ((code = question_verb(a, &answer)) != QUESTION_DONE)
		return (code);
	code = tell_result(a, answer, "confirmed");
	if (code == QUESTION_DONE && !a->is_json)
		cmd_recovery_print(answer);
	json_decref(answer);
	return (code);
}

int
cmd_phone_resync(struct args *a)
{
	json_t *answer;
	int code;

	if (args_take_code(a, 1, 0) != 0 || args_take_code(a, 2, 1) != 0)
		return (QUESTION_USAGE);
	if ((code = question_verb(a, &answer)) != QUESTION_DONE)
		return (code);
	code = tell_result(a, answer, "adjusted");
	if (code == QUESTION_DONE && !a->is_json)
		printf("its clock is %lld steps of 30 s off\n",
		    (long long)json_of_int(answer, "offset"));
	json_decref(answer);
	return (code);
}

int
cmd_phone_list(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		show_table(json_object_get(answer, "phones"), many);
	json_decref(answer);
	return (QUESTION_DONE);
}

int
cmd_phone_revoke(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		show_object(answer, one);
	json_decref(answer);
	return (QUESTION_DONE);
}
