#include <arpa/inet.h>
#include <string.h>

#include "authd/web/proxied.h"

int
proxied_source(const struct exchange_in *in, struct act *act)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	const char *value;
	size_t n;

	if (exchange_in_header(in, "X-Forwarded-For", &value, &n) != 1 ||
	    n == 0 || n >= sizeof(text) || memchr(value, '\0', n) != NULL)
		goto bad;
	memcpy(text, value, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, &address) != 1 &&
	    inet_pton(AF_INET6, text, &address) != 1)
		goto bad;
	memcpy(act->source, text, n + 1);
	return (0);
bad:
	return (act_refuse(act, ERR_INVALID, "bad_proxy",
	    "X-Forwarded-For is not one address: see contrib/nginx."));
}
