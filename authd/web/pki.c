#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "authd/base/base64.h"
#include "authd/base/text.h"
#include "authd/web/pki.h"

/*
 * How long others may keep an answer. Short: what is revoked must be seen, and
 * making an answer costs little.
 */
#define KEEP_SECONDS 60
#define GET_PREFIX   "/ocsp/"

int
pki_take_none(const struct exchange_in *in, struct act *act, void *call)
{
	(void)in;
	(void)act;
	(void)call;
	return (0);
}

int
pki_take_ca(const struct exchange_in *in, struct act *act, void *call)
{
	struct pki_ca *q = call;

	(void)act;
	q->is_pem = strcmp(in->path, "/ca.pem") == 0;
	return (0);
}

int
pki_take_post(const struct exchange_in *in, struct act *act, void *call)
{
	struct pki_ocsp *q = call;

	(void)act;
	if (in->body_len <= sizeof(q->der)) {
		memcpy(q->der, in->body, in->body_len);
		q->len = in->body_len;
	}
	return (0);
}

/* RFC 6960 appendix A.1: base64 of the request, escaped, in the path. */
int
pki_take_get(const struct exchange_in *in, struct act *act, void *call)
{
	char text[BASE64_SIZE(OCSP_REQUEST_MAX)];
	const char *p = in->path + sizeof(GET_PREFIX) - 1;
	struct pki_ocsp *q = call;
	uint8_t byte;
	char hex[3];
	size_t n = 0;

	(void)act;
	q->is_get = true;
	while (*p != '\0' && n + 1 < sizeof(text)) {
		if (*p != '%') {
			text[n++] = *p++;
			continue;
		}
		/* The gate has passed it: two digits follow. */
		snprintf(hex, sizeof(hex), "%.2s", p + 1);
		hex[0] |= hex[0] >= 'A' && hex[0] <= 'F' ? 0x20 : 0;
		hex[1] |= hex[1] >= 'A' && hex[1] <= 'F' ? 0x20 : 0;
		if (text_get_hex(hex, &byte, 1) != 0)
			return (0);
		text[n++] = (char)byte;
		p += 3;
	}
	if (*p != '\0' ||
	    base64_get(text, n, q->der, sizeof(q->der), &q->len) != 0)
		q->len = 0;
	return (0);
}

int
pki_run_crl(struct core *c, struct act *act, void *call)
{
	struct pki_crl *q = call;

	return (crl_get(c, &act->now, &q->list));
}

int
pki_run_ca(struct core *c, struct act *act, void *call)
{
	struct pki_ca *q = call;

	(void)act;
	if (c->trust == NULL)
		return (ERR_WRONG_STATE);
	return (cert_text_chain(c->trust, &q->ca));
}

int
pki_run_ocsp(struct core *c, struct act *act, void *call)
{
	struct pki_ocsp *q = call;

	q->now_ms = act->now.wall_ms;
	return (ocsp_run(c, act, q->der, q->len, &q->answer));
}

/* An error: 404 without a CA, else 503. */
static bool
give_error(int r, struct exchange_out *out)
{
	if (r == 0)
		return (false);
	out->status = r == ERR_WRONG_STATE ? 404 : 503;
	if (out->status == 503)
		exchange_out_header(out, "Retry-After", "5");
	return (true);
}

static void
put_date(struct exchange_out *out, const char *name, int64_t ms)
{
	time_t at = (time_t)(ms / 1000);
	char text[64];
	struct tm tm;

	/* RFC 9110 section 5.6.7; the locale is C. */
	if (gmtime_r(&at, &tm) != NULL &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		exchange_out_header(out, name, text);
}

static void
put_keep(struct exchange_out *out, int64_t seconds)
{
	char text[64];

	snprintf(text, sizeof(text),
	    "public, no-transform, must-revalidate, max-age=%" PRId64,
	    seconds < 0 ? 0 : seconds);
	exchange_out_header(out, "Cache-Control", text);
}

void
pki_give_crl(const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct pki_crl *q = call;
	char tag[32];

	(void)act;
	if (give_error(r, out))
		return;
	out->status = 200;
	snprintf(tag, sizeof(tag), "\"%" PRId64 "\"", q->list->number);
	put_keep(out, KEEP_SECONDS);
	put_date(out, "Last-Modified", q->list->this_ms);
	exchange_out_header(out, "ETag", tag);
	exchange_out_body(
	    out, "application/pkix-crl", q->list->der, q->list->len);
}

void
pki_give_ca(const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct pki_ca *q = call;

	(void)act;
	if (give_error(r, out))
		return;
	out->status = 200;
	put_keep(out, 24 * 3600);
	put_date(out, "Last-Modified", q->ca.not_before_ms);
	if (q->is_pem)
		exchange_out_body(out, "application/x-pem-file", q->ca.chain,
		    strlen(q->ca.chain));
	else
		exchange_out_body(out, "application/pkix-cert", q->ca.issuing,
		    q->ca.issuing_len);
}

/* RFC 5019 section 6.2: only a GET's answer may be kept, and not for long. */
void
pki_give_ocsp(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct pki_ocsp *q = call;

	(void)act;
	if (give_error(r, out))
		return;
	out->status = 200;
	if (q->is_get && q->answer.is_good) {
		put_keep(out, KEEP_SECONDS);
		put_date(out, "Last-Modified", q->answer.this_ms);
	}
	exchange_out_body(
	    out, "application/ocsp-response", q->answer.der, q->answer.len);
}

void
pki_clear_crl(void *call)
{
	struct pki_crl *q = call;

	crl_put(q->list);
}
