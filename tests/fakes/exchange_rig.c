#include <assert.h>
#include <string.h>
#include <strings.h>

#include "tests/fakes/exchange_rig.h"

void
exchange_rig_begin(struct exchange_rig *r, const char *method, const char *path,
    const char *query, const char *body)
{
	memset(r, 0, sizeof(*r));
	r->in.method = method;
	r->in.path = path;
	r->in.query = query;
	r->in.headers = r->headers;
	r->in.body = (const uint8_t *)body;
	r->in.body_len = body == NULL ? 0 : strlen(body);
}

void
exchange_rig_header(struct exchange_rig *r, const char *name, const char *value)
{
	struct gate_header *h = &r->headers[r->in.headers_n++];

	assert(r->in.headers_n <= EXCHANGE_RIG_HEADERS);
	h->name = name;
	h->name_len = strlen(name);
	h->value = value;
	h->value_len = strlen(value);
}

const char *
exchange_rig_find(const struct exchange_out *out, const char *name)
{
	size_t i;

	for (i = 0; i < out->headers_n; i++)
		if (strcasecmp(out->headers[i].name, name) == 0)
			return (out->headers[i].value);
	return (NULL);
}

bool
exchange_rig_cookie(
    const struct exchange_out *out, const char *name, char *value, size_t size)
{
	size_t i, n = strlen(name), len;
	const char *at;

	for (i = 0; i < out->headers_n; i++) {
		at = out->headers[i].value;
		if (strcasecmp(out->headers[i].name, "Set-Cookie") != 0 ||
		    strncmp(at, name, n) != 0 || at[n] != '=')
			continue;
		len = strcspn(at + n + 1, ";");
		if (len >= size)
			return (false);
		memcpy(value, at + n + 1, len);
		value[len] = '\0';
		return (true);
	}
	return (false);
}
