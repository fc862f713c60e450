#include <string.h>

#include "authd/base/base64.h"
#include "authd/base/mem.h"
#include "authd/web/cert_header.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END   "-----END CERTIFICATE-----"

static int
hex_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c == '\0' ? NULL : strchr(digits, c);
	return (at == NULL ? -1 : (int)(at - digits));
}

/* %XX becomes its byte; a `+' is itself, which base64 needs. */
static int
unescape(const char *in, size_t len, char *out, size_t *n)
{
	size_t i, at = 0;
	int high, low;

	for (i = 0; i < len; i++) {
		if (in[i] != '%') {
			out[at++] = in[i];
			continue;
		}
		if (len - i < 3)
			return (ERR_INVALID);
		high = hex_of(in[i + 1]);
		low = hex_of(in[i + 2]);
		if (high == -1 || low == -1)
			return (ERR_INVALID);
		out[at++] = (char)(high << 4 | low);
		i += 2;
	}
	*n = at;
	return (0);
}

static bool
is_blank(char c)
{
	return (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

/* Blanks away, in place. */
static size_t
squeeze(char *p, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		if (!is_blank(p[i]))
			p[n++] = p[i];
	return (n);
}

/* One PEM element and nothing else; ${p} is used up. */
static int
get_pem(char *p, size_t len, uint8_t *der, size_t *n)
{
	const size_t begin = sizeof(BEGIN) - 1, end = sizeof(END) - 1;

	while (len > 0 && is_blank(p[len - 1]))
		len--;
	while (len > 0 && is_blank(*p)) {
		p++;
		len--;
	}
	if (len < begin + end || memcmp(p, BEGIN, begin) != 0 ||
	    memcmp(p + len - end, END, end) != 0)
		return (ERR_INVALID);
	p += begin;
	len -= begin + end;
	len = squeeze(p, len);
	return (base64_get(p, len, der, CERT_DER_MAX, n));
}

int
cert_header_get(
    const char *value, size_t len, uint8_t der[CERT_DER_MAX], size_t *n)
{
	char text[CERT_HEADER_VALUE_MAX];
	size_t text_len = len;
	int r = ERR_INVALID;

	*n = 0;
	if (len == 0 || len > sizeof(text))
		return (ERR_INVALID);
	if (value[0] == ':') {
		if (len > 2 && value[len - 1] == ':')
			r = base64_get(
			    value + 1, len - 2, der, CERT_DER_MAX, n);
	} else {
		if (memchr(value, '%', len) == NULL) {
			memcpy(text, value, len);
			r = 0;
		} else
			r = unescape(value, len, text, &text_len);
		if (r == 0)
			r = get_pem(text, text_len, der, n);
	}
	if (r == 0 && *n == 0)
		r = ERR_INVALID;
	if (r != 0)
		*n = 0;
	return (r);
}

/* Is it the key? In a time that tells nothing of it. */
static bool
is_key(const char *value, size_t len, const char *key)
{
	char given[EXCHANGE_KEY_MAX + 1] = "",
				      wanted[EXCHANGE_KEY_MAX + 1] = "";
	bool is_same;

	if (len == 0 || len > EXCHANGE_KEY_MAX)
		return (false);
	memcpy(given, value, len);
	memcpy(wanted, key, strlen(key));
	is_same = mem_equal(given, wanted, sizeof(given));
	mem_wipe(given, sizeof(given));
	mem_wipe(wanted, sizeof(wanted));
	return (is_same);
}

const char *
cert_header_take(
    const struct exchange_in *in, uint8_t der[CERT_DER_MAX], size_t *n)
{
	const struct exchange_conf *conf = in->conf;
	const char *value;
	size_t len;
	int found;

	*n = 0;
	if (conf == NULL || conf->cert_header[0] == '\0' ||
	    conf->proxy_key[0] == '\0')
		return ("not_configured");
	if (exchange_in_header(in, CERT_HEADER_KEY, &value, &len) != 1)
		return ("no_proxy_key");
	if (!is_key(value, len, conf->proxy_key))
		return ("wrong_proxy_key");
	found = exchange_in_header(in, conf->cert_header, &value, &len);
	if (found != 1 || len == 0)
		return (found > 1 ? "many_certificates" : "no_certificate");
	return (cert_header_get(value, len, der, n) == 0 ? NULL : "unreadable");
}
