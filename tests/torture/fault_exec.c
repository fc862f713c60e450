/*
 * fault_exec.c: stands where the parent looks for one of its children, and
 * becomes the shipped program of that name with fault_lib preloaded. The
 * parent gives its children no environment, so somebody has to.
 *
 * DIR/sekisho-front and DIR/sekisho-keeper are copies of this program; beside
 * them are DIR/shipped/ with the real ones, DIR/fault.so and DIR/state.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	char dir[PATH_MAX], real[2 * PATH_MAX], preload[2 * PATH_MAX],
	    state[2 * PATH_MAX], *name;
	char *envp[] = { preload, state, NULL };
	ssize_t n;

	(void)argc;
	n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	if (n <= 0)
		return (126);
	dir[n] = '\0';
	if ((name = strrchr(dir, '/')) == NULL)
		return (126);
	*name++ = '\0';
	snprintf(real, sizeof(real), "%s/shipped/%s", dir, name);
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s/fault.so", dir);
	snprintf(state, sizeof(state), "FAULT_STATE=%s/state", dir);
	execve(real, argv, envp);
	return (126);
}
