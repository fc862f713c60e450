#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "authd/base/mem.h"
#include "authd/web/exchange.h"

int
exchange_in_header(const struct exchange_in *in, const char *name,
    const char **value, size_t *len)
{
	const size_t name_len = strlen(name);
	const struct gate_header *h;
	const char *p;
	size_t i, n;
	int found = 0;

	*value = "";
	*len = 0;
	for (i = 0; i < in->headers_n; i++) {
		h = &in->headers[i];
		if (h->name_len != name_len ||
		    strncasecmp(h->name, name, name_len) != 0)
			continue;
		p = h->value;
		n = h->value_len;
		while (n > 0 && (*p == ' ' || *p == '\t')) {
			p++;
			n--;
		}
		while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
			n--;
		*value = p;
		*len = n;
		found++;
	}
	return (found);
}

/* RFC 9110 section 5.5: what would end or split a field's line. */
static bool
is_value(const char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
			return (false);
	return (true);
}

/* A copy in ${out}, or by itself; NULL: no memory. */
static const char *
keep_text(struct exchange_out *out, const char *text)
{
	size_t n = strlen(text) + 1;
	char *at = out->texts + out->texts_n;

	if (n > sizeof(out->texts) - out->texts_n)
		return (strdup(text));
	memcpy(at, text, n);
	out->texts_n += n;
	return (at);
}

static void
free_text(const struct exchange_out *out, const char *text)
{
	char *at = (char *)(uintptr_t)text;

	if (at == NULL ||
	    (at >= out->texts && at < out->texts + sizeof(out->texts)))
		return;
	mem_wipe(at, strlen(at));
	free(at);
}

void
exchange_out_header(
    struct exchange_out *out, const char *name, const char *value)
{
	struct exchange_header *h;

	if (out->is_broken || value[0] == '\0')
		return;
	if (out->headers_n == EXCHANGE_HEADERS_MAX || !is_value(value)) {
		out->is_broken = true;
		return;
	}
	h = &out->headers[out->headers_n++];
	h->name = keep_text(out, name);
	h->value = keep_text(out, value);
	out->is_broken = h->name == NULL || h->value == NULL;
}

void
exchange_out_body(
    struct exchange_out *out, const char *type, const void *p, size_t n)
{
	exchange_out_header(out, "Content-Type", type);
	if (out->is_broken)
		return;
	mem_wipe(out->body, out->body_len);
	free(out->body);
	out->body_len = 0;
	if ((out->body = malloc(n == 0 ? 1 : n)) == NULL) {
		out->is_broken = true;
		return;
	}
	memcpy(out->body, p, n);
	out->body_len = n;
}

bool
exchange_out_has(const struct exchange_out *out, const char *name)
{
	size_t i;

	for (i = 0; i < out->headers_n; i++)
		if (out->headers[i].name != NULL &&
		    strcasecmp(out->headers[i].name, name) == 0)
			return (true);
	return (false);
}

void
exchange_out_clear(struct exchange_out *out)
{
	size_t i;

	for (i = 0; i < out->headers_n; i++) {
		free_text(out, out->headers[i].name);
		free_text(out, out->headers[i].value);
	}
	mem_wipe(out->body, out->body_len);
	free(out->body);
	mem_wipe(out, sizeof(*out));
}
