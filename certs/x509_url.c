#include <string.h>

#include "certs/x509_url.h"

#define SCHEME "http://"

bool
x509_url_is_good(const char *url)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~:/[]";
	size_t n = strlen(url), scheme = strlen(SCHEME);

	return (n > scheme && n <= X509_URL_MAX &&
	    strncmp(url, SCHEME, scheme) == 0 && url[scheme] != '/' &&
	    strspn(url, allowed) == n);
}
