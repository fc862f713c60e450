#include <stdlib.h>
#include <string.h>

#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "authd/base/base64.h"
#include "cli/issued.h"
#include "cli/question.h"
#include "cli/show.h"

int
issued_open(struct issued *i, const json_t *answer)
{
	const char *text = json_of_text(answer, "pkcs12");
	int r;

	memset(i, 0, sizeof(*i));
	i->serial = json_of_text(answer, "serial");
	i->terminal = json_of_text(answer, "terminal");
	i->passphrase = json_of_text(answer, "passphrase");
	i->not_after_ms =
	    show_seconds(json_of_text(answer, "not_after")) * 1000;
	i->size = strlen(text) / 4 * 3;
	if ((i->pkcs12 = malloc(i->size + 1)) == NULL) {
		show_error("out of memory");
		return (ERR_NOMEM);
	}
	r = base64_get(text, strlen(text), i->pkcs12, i->size, &i->len);
	if (r == 0 && i->len > 0 && i->serial[0] != '\0' &&
	    i->passphrase[0] != '\0' && i->not_after_ms > 0)
		return (0);
	show_error("the daemon's answer holds no certificate");
	return (ERR_PROTO);
}

void
issued_close(struct issued *i)
{
	if (i->pkcs12 != NULL)
		mem_wipe(i->pkcs12, i->size);
	free(i->pkcs12);
	memset(i, 0, sizeof(*i));
}

void
issued_undo(const struct args *a, const json_t *answer)
{
	const char *serial = json_of_text(answer, "serial");
	struct question_reply reply;
	json_t *question = json_object();

	if (json_put_text(question, "serial", serial) != 0 ||
	    json_put_text(question, "reason", "unspecified") != 0) {
		json_decref(question);
		show_error("out of memory; revoke %s yourself", serial);
		return;
	}
	question_try(question_socket(a), "/v1/cert/revoke", question, &reply);
	if (reply.exit == QUESTION_DONE)
		show_error("certificate %s was revoked again: its file could "
			   "not be written", serial);
	else
		show_error("certificate %s has no file; revoke it yourself: "
			   "%s (%s)", serial, reply.detail, reply.code);
	question_reply_clear(&reply);
}
