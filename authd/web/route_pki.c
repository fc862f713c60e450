#include "authd/web/route_pki.h"

const struct route *
route_pki_table(size_t *n)
{
	*n = 0;
	return (NULL);
}
