#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/host.h"
#include "authd/core/journal.h"
#include "authd/core/live.h"
#include "certs/x509_subject.h"

int
host_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    struct host_answer *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	r = live_look(c, act, der, len, CERT_HOST, &out->cert, &out->reason);
	if (r != 0 || out->reason != NULL)
		return (r);
	r = c->store->ops->host_by_id(c->store, &out->cert.holder, &out->host);
	if (r == 0)
		out->verdict = HOST_ACCEPT;
	else if (r == ERR_NOTFOUND)
		out->reason = "no_host";
	return (r == ERR_NOTFOUND ? 0 : r);
}

void
host_seen(struct core *c, const struct act *act, const struct host_answer *a)
{
	live_seen(
	    c, act, &a->cert, "", a->verdict == HOST_ACCEPT ? NULL : a->reason);
}

int
host_name_get(const char *text, char out[HOST_NAME_MAX_BYTES + 1])
{
	size_t i;

	if (text_copy(out, HOST_NAME_MAX_BYTES + 1, text) != 0)
		return (ERR_INVALID);
	for (i = 0; out[i] != '\0'; i++)
		out[i] = (char)tolower((unsigned char)out[i]);
	if (x509_subject_is_host(out))
		return (0);
	out[0] = '\0';
	return (ERR_INVALID);
}

static const struct {
	const char *word;
	unsigned right;
} rights_words[] = { { "verify", HOST_MAY_VERIFY },
	{ "state", HOST_MAY_STATE } };

#define RIGHTS_N (sizeof(rights_words) / sizeof(rights_words[0]))

int
host_rights_get(const char *words, unsigned *out)
{
	unsigned rights = 0;
	size_t i, n;

	*out = 0;
	while (*words != '\0') {
		n = strcspn(words, " ");
		for (i = 0; i < RIGHTS_N; i++)
			if (strlen(rights_words[i].word) == n &&
			    strncmp(words, rights_words[i].word, n) == 0)
				break;
		if (i == RIGHTS_N)
			return (ERR_INVALID);
		rights |= rights_words[i].right;
		words += n + strspn(words + n, " ");
	}
	*out = rights;
	return (0);
}

void
host_rights_put(unsigned rights, char out[16])
{
	snprintf(out, 16, "%s%s%s", rights & HOST_MAY_VERIFY ? "verify" : "",
	    (rights & HOST_MAY_ALL) == HOST_MAY_ALL ? " " : "",
	    rights & HOST_MAY_STATE ? "state" : "");
}

static int
note(struct core *c, const struct act *act, const struct host *row,
    const char *action)
{
	char detail[AUDIT_DETAIL_MAX + 1], words[16];
	const struct journal_entry e = {
		.action = action,
		.result = "done",
		.detail = detail,
	};
	char *blank;

	host_rights_put(row->rights, words);
	if ((blank = strchr(words, ' ')) != NULL)
		*blank = ',';
	snprintf(detail, sizeof(detail), "host=%s rights=%s", row->name,
	    words[0] == '\0' ? "none" : words);
	return (journal_add(c->journal, act, &e));
}

int
host_make(struct core *c, struct act *act, const char *name,
    const unsigned *rights, struct host *out)
{
	const struct store_ops *ops = c->store->ops;
	int r;

	if ((r = ops->host_by_name(c->store, name, out)) == 0) {
		if (rights == NULL || *rights == out->rights)
			return (0);
		out->rights = *rights;
		r = ops->host_set(c->store, out);
		return (r == 0 ? note(c, act, out, "host.set") : r);
	}
	if (r != ERR_NOTFOUND)
		return (r);
	memset(out, 0, sizeof(*out));
	if ((r = text_copy(out->name, sizeof(out->name), name)) != 0 ||
	    (r = id_new(act->now.wall_ms, &out->id)) != 0)
		return (r);
	out->rights = rights == NULL ? HOST_MAY_VERIFY : *rights;
	out->created_ms = act->now.wall_ms;
	if ((r = ops->host_add(c->store, out)) != 0)
		return (r);
	return (note(c, act, out, "host.add"));
}
