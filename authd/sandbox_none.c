#include "authd/base/log.h"
#include "authd/sandbox.h"

int
sandbox_keeper(void)
{
	log_warn("this build has no sandbox: for tests only");
	return (0);
}

int
sandbox_front(const struct sandbox_front_paths *paths)
{
	(void)paths;
	log_warn("this build has no sandbox: for tests only");
	return (0);
}
