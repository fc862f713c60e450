#include "authd/web/pki.h"
#include "authd/web/route_pki.h"

#define PUBLISHED(m, p, s, t, what)                                            \
	.method = m, .path = p, .right = RIGHT_PROXY, .kind = ROUTE_READ,      \
	.size = sizeof(struct s), .take = t, .run = pki_run_##what,            \
	.give = pki_give_##what

/* The paths that stand in certificates: certs/x509_url.h. */
static const struct route routes[] = {
	{ PUBLISHED("GET", "/sekisho.crl", pki_crl, pki_take_none, crl),
	    .clear = pki_clear_crl },
	{ PUBLISHED("GET", "/ca.cer", pki_ca, pki_take_ca, ca) },
	{ PUBLISHED("GET", "/ca.pem", pki_ca, pki_take_ca, ca) },
	{ PUBLISHED("POST", "/ocsp", pki_ocsp, pki_take_post, ocsp),
	    .body_type = "application/ocsp-request",
	    .body_max = OCSP_REQUEST_MAX },
	{ PUBLISHED("GET", "/ocsp/", pki_ocsp, pki_take_get, ocsp),
	    .is_prefix = true },
};

const struct route *
route_pki_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
