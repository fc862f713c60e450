#include <string.h>

#include "authd/base/text.h"
#include "authd/web/rest_breakglass.h"

const char *const rest_breakglass_members[] = { "host", "number", "at",
	"service", "source", "user", NULL };

/* One word of harmless characters, which stays one in the log. */
static bool
take_word(char *out, size_t size, const char *in)
{
	return (in != NULL && in[0] != '\0' && text_copy(out, size, in) == 0 &&
	    strspn(in,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._:@%$+-") == strlen(in));
}

int
rest_breakglass_parse(struct json_in *in, struct act *act, void *call)
{
	struct breakglass *b = call;
	const char *host = json_in_need(in, "host", JSON_MEMBER_BYTES);
	const char *at = json_in_need(in, "at", JSON_MEMBER_BYTES);
	const char *service = json_in_need(in, "service", JSON_MEMBER_BYTES);
	const char *source = json_in_need(in, "source", JSON_MEMBER_BYTES);
	const char *user = json_in_need(in, "user", JSON_MEMBER_BYTES);

	b->number = (int)json_in_int(in, "number", 1, BREAKGLASS_NUMBER_MAX, 0);
	if (json_in_end(in) != 0)
		return (json_in_end(in));
	if (b->number == 0 || !take_word(b->host, sizeof(b->host), host) ||
	    !take_word(b->at, sizeof(b->at), at) ||
	    !take_word(b->service, sizeof(b->service), service) ||
	    !take_word(b->user, sizeof(b->user), user) ||
	    !take_word(act->source, sizeof(act->source), source))
		return (act_refuse(act, ERR_INVALID, "bad_request",
		    "Every member is one word of at most 64 bytes; number is "
		    "1 to 20."));
	return (0);
}

int
rest_breakglass_report(struct core *c, struct act *act, void *call)
{
	return (breakglass_note(c, act, call));
}

int
rest_breakglass_render(const struct act *act, void *call, json_t *o)
{
	(void)call;
	if (json_put_bool(o, "noted", true) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "request_id", act->request_id));
}
