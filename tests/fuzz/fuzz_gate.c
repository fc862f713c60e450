/*
 * Goal of this target: the gate takes no head that an independent reading of
 * the raw bytes refuses, although what it is given was cut up as leniently as
 * libmicrohttpd 0.9.75 does it: bare LF and CR taken, texts cut at a NUL, folded
 * lines lost; and both agree on the length of the body.
 * Links: authd/web/gate.c tests/fuzz/strict.c
 */
#include <stdlib.h>
#include <string.h>

#include "authd/base/limits.h"
#include "authd/web/gate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/strict.h"

#define FIELDS_MAX (GATE_HEADERS_MAX + 8)

struct head {
	struct gate_layout at;
	struct gate_request rq;
	struct gate_header fields[FIELDS_MAX];
};

/* The next line, ended in place; NULL when there is no whole one. */
static char *
next_line(char **p, char *end)
{
	char *line = *p, *at = line;

	while (at < end && *at != '\r' && *at != '\n')
		at++;
	if (at == end)
		return (NULL);
	if (at[0] == '\r' && at + 1 < end && at[1] == '\n')
		*at++ = '\0';
	*at++ = '\0';
	*p = at;
	return (line);
}

static bool
cut_request_line(struct head *h, char *line)
{
	char *target = strchr(line, ' '), *version = strrchr(line, ' ');

	if (target == NULL || version == target)
		return (false);
	*target++ = '\0';
	while (*target == ' ')
		target++;
	*version++ = '\0';
	h->at.method = h->rq.method = line;
	h->at.target = h->rq.target = target;
	h->at.target_len = h->rq.target_len = strlen(target);
	h->at.version = h->rq.version = version;
	return (true);
}

static bool
cut_field(struct head *h, char *line)
{
	struct gate_header *f = &h->fields[h->rq.headers_n];
	char *colon = strchr(line, ':');

	if (line[0] == ' ' || line[0] == '\t')
		return (true); /* lost */
	if (colon == NULL || h->rq.headers_n == FIELDS_MAX)
		return (false);
	*colon++ = '\0';
	while (*colon == ' ' || *colon == '\t')
		colon++;
	f->name = line;
	f->name_len = strlen(line);
	f->value = colon;
	f->value_len = strlen(colon);
	h->rq.headers_n++;
	return (true);
}

static bool
cut(struct head *h, char *p, char *end)
{
	char *line;

	memset(h, 0, sizeof(*h));
	h->rq.headers = h->fields;
	while (p < end && (*p == '\r' || *p == '\n'))
		p++;
	if ((line = next_line(&p, end)) == NULL || !cut_request_line(h, line))
		return (false);
	while ((line = next_line(&p, end)) != NULL) {
		if (line[0] == '\0') {
			h->at.head_len = (size_t)(p - h->at.method);
			return (true);
		}
		if (!cut_field(h, line))
			return (false);
	}
	return (false);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate_refusal no = { 0, NULL, NULL };
	char *text = fuzz_text(data, size);
	struct strict_head strict;
	bool is_strict;
	size_t len = 99;
	struct head h;
	int r;

	is_strict = strict_read(text, size, &strict);
	if (cut(&h, text, text + size)) {
		r = gate_check(&h.rq, &len, &no);
		FUZZ_CHECK(r == 0 || r == ERR_INVALID);
		FUZZ_CHECK((r == 0) == (no.status == 0));
		FUZZ_CHECK(r == 0 || (no.status >= 400 && no.status < 500));
		FUZZ_CHECK(r != 0 || h.rq.headers_n <= GATE_HEADERS_MAX);
		if (r == 0 && gate_layout_ok(&h.at, &h.rq)) {
			FUZZ_CHECK(is_strict);
			FUZZ_CHECK(len == strict.body_len ||
			    (len > BODY_MAX && strict.body_len > BODY_MAX));
			if (gate_body(&h.rq, GATE_JSON,
				BODY_MAX, len, &no) == 0)
				FUZZ_CHECK(len <= BODY_MAX);
		}
	}
	free(text);
	return (0);
}
