/*
 * crl_fake.c: nothing is published, for tests of the engine and of the web
 * room. Links instead of authd/core/crl.c and ocsp.c.
 */
#include "authd/core/crl.h"
#include "authd/core/ocsp.h"

int
crl_new(int dir, struct crl **out)
{
	(void)dir;
	*out = NULL;
	return (0);
}

void
crl_free(struct crl *l)
{
	(void)l;
}

void
crl_changed(struct crl *l)
{
	(void)l;
}

bool
crl_is_due(struct crl *l, const struct moment *now)
{
	(void)l;
	(void)now;
	return (false);
}

int
crl_get(struct core *c, const struct moment *now, struct crl_list **out)
{
	(void)c;
	(void)now;
	*out = NULL;
	return (ERR_WRONG_STATE);
}

void
crl_put(struct crl_list *list)
{
	(void)list;
}

int
ocsp_new(struct ocsp **out)
{
	*out = NULL;
	return (0);
}

void
ocsp_free(struct ocsp *o)
{
	(void)o;
}
