#include <stdio.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

#define SERVICE "cli" /* who checked the first factor, unless told */

/* The answer's text for a person, and the exit code of its result. */
static int
tell(const struct args *a, const json_t *answer)
{
	const char *id = json_of_text(answer, "request_id");
	/* Only the very word accepts; all else refuses. */
	int code = strcmp(json_of_text(answer, "result"), "accept") == 0
	    ? QUESTION_DONE
	    : QUESTION_REFUSED;

	if (a->is_json)
		show_json(answer);
	else if (code == QUESTION_DONE &&
	    json_object_get(answer, "recovery_left") != NULL)
		printf("accepted by a recovery code; %lld are left\n",
		    (long long)json_of_int(answer, "recovery_left"));
	else if (code == QUESTION_DONE)
		puts("accepted");
	else {
		if (strcmp(json_of_text(answer, "hint"), "code_used") == 0)
			printf("refused: this code was already used; wait %lld"
			       " s",
			    (long long)json_of_int(answer, "retry_after"));
		else
			fputs("refused", stdout);
		fputs(" (request id ", stdout);
		show_safe(stdout, id);
		puts(")");
	}
	return (code);
}

int
cmd_verify_run(struct args *a)
{
	json_t *question, *answer;
	int code;

	if (args_take_code(a, 1, 0) != 0)
		return (QUESTION_USAGE);
	question = question_new(a);
	if (question != NULL && !args_has(a, "service") &&
	    json_put_text(question, "service", SERVICE) != 0)
		return (question_lost(question));
	code = question_daemon(a, "/v1/verify", question, &answer);
	/* Who is unknown is refused like everybody else. */
	if (code == QUESTION_NOT_FOUND)
		code = QUESTION_REFUSED;
	if (code != QUESTION_DONE)
		return (code);
	code = tell(a, answer);
	json_decref(answer);
	return (code);
}
