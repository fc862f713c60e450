#include "authd/web/secure.h"

/* Everything from ourselves, nothing inline; the one script is a file of ours
 * that few pages ask for, and may ask nobody but us. Where a form
 * may send to covers redirects as well in some browsers: whatever leads to
 * another host is a page with a link, not a redirect after a form. */
static const struct secure_field portal[] = {
	{ "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; img-src 'self'; "
	    "script-src 'self'; connect-src 'self'; "
	    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	    NULL },
	{ "X-Content-Type-Options", "nosniff", NULL },
	{ "X-Frame-Options", "DENY", NULL }, /* browsers without the above */
	{ "Referrer-Policy", "same-origin", NULL },
	{ "Cross-Origin-Opener-Policy", "same-origin", NULL },
	{ "Cross-Origin-Resource-Policy", "same-origin", NULL },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=()",
	    NULL },
	{ "Strict-Transport-Security", "max-age=31536000", "/.sekisho/" },
};

const struct secure_field *
secure_portal(size_t *n)
{
	*n = sizeof(portal) / sizeof(portal[0]);
	return (portal);
}
