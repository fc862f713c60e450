/*
 * fault_lib.c: a preloaded library in which one call fails: the Nth malloc,
 * write, sync and so on of one program. It makes no system call of its own
 * after it was loaded, for the programs under test shut themselves in.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#include "tests/torture/fault.h"

static const char *const programs[FAULT_PROGRAMS] = { "sekisho-authd",
	"sekisho-front", "sekisho-keeper", "sekisho" };

static struct fault_state *state;
static int program;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_STATE");
	void *p;
	int fd, i;

	if (path == NULL || (fd = open(path, O_RDWR | O_CLOEXEC)) == -1)
		return;
	p = mmap(
	    NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return;
	for (i = 0; i < FAULT_PROGRAMS; i++) {
		if (strcmp(program_invocation_short_name, programs[i]) == 0) {
			program = i;
			state = p;
		}
	}
}

static _Unwind_Reason_Code
note_frame(struct _Unwind_Context *context, void *arg)
{
	uintptr_t at = _Unwind_GetIP(context);
	const char *name;
	Dl_info info;
	int n = state->frames_n;

	(void)arg;
	if (n == FAULT_FRAMES || dladdr((void *)at, &info) == 0)
		return (_URC_END_OF_STACK);
	name = strrchr(info.dli_fname, '/');
	(void)snprintf(state->frames[n].file, sizeof(state->frames[n].file),
	    "%s", name != NULL ? name + 1 : info.dli_fname);
	if (info.dli_sname != NULL)
		(void)snprintf(state->frames[n].symbol,
		    sizeof(state->frames[n].symbol), "%s", info.dli_sname);
	state->frames[n].offset = at - (uintptr_t)info.dli_fbase;
	state->frames_n++;
	return (_URC_NO_REASON);
}

/*
 * Between two programs a failed send or recv is a connection that is lost. The
 * keeper may not say so: its end of file comes when it gives up.
 */
static ssize_t
lose(int fd)
{
	int error = errno;

	if (error == ECONNRESET && program != FAULT_KEEPER)
		(void)syscall(SYS_shutdown, fd, SHUT_RDWR);
	errno = error;
	return (-1);
}

static uint64_t
mix(uint64_t hash, uint64_t v)
{
	return ((hash ^ v) * 0x9e3779b97f4a7c15 ^ (hash >> 29));
}

struct way {
	uint64_t hash;
	int frames;
	void *own; /* where this library is: of it nothing counts */
};

/* Wherever a library was loaded: its name and the offset in it. */
static _Unwind_Reason_Code
add_frame(struct _Unwind_Context *context, void *arg)
{
	uintptr_t at = _Unwind_GetIP(context);
	struct dl_find_object object;
	struct way *way = arg;
	const char *name;

	if (_dl_find_object((void *)at, &object) != 0)
		return (_URC_END_OF_STACK);
	if (object.dlfo_map_start == way->own)
		return (_URC_NO_REASON);
	if (state->depth != 0 && way->frames++ == state->depth)
		return (_URC_END_OF_STACK);
	name = strrchr(object.dlfo_link_map->l_name, '/');
	for (name = name != NULL ? name : ""; *name != '\0'; name++)
		way->hash = mix(way->hash, (unsigned char)*name);
	way->hash = mix(way->hash, at - (uintptr_t)object.dlfo_map_start);
	return (_URC_NO_REASON);
}

/* Two calls that came the same way are one place. */
static uint64_t
place_of_call(void)
{
	struct dl_find_object object;
	struct way way = { .hash = 1 };

	if (_dl_find_object((void *)place_of_call, &object) == 0)
		way.own = object.dlfo_map_start;
	(void)_Unwind_Backtrace(add_frame, &way);
	return (way.hash == 0 ? 1 : way.hash);
}

static void
list_call(enum fault_kind kind, int64_t number)
{
	static __thread bool is_inside;
	struct fault_call *call;
	int32_t i;

	if (is_inside)
		return;
	is_inside = true;
	if ((i = atomic_fetch_add(&state->calls_n, 1)) < FAULT_CALLS_MAX) {
		call = &state->list[i];
		call->number = (int32_t)number;
		call->program = (int16_t)program;
		call->kind = (int16_t)kind;
		call->place = place_of_call();
	}
	is_inside = false;
}

static bool
must_fail(enum fault_kind kind)
{
	int64_t n;

	if (state == NULL)
		return (false);
	n = atomic_fetch_add(&state->calls[program][kind], 1) + 1;
	if (state->is_listing != 0)
		list_call(kind, n);
	if (state->number != n || state->program != program ||
	    state->kind != (int32_t)kind)
		return (false);
	(void)_Unwind_Backtrace(note_frame, NULL);
	state->place = place_of_call();
	atomic_store(&state->has_fired, 1);
	errno = state->error;
	return (true);
}

void *
malloc(size_t size)
{
	return (must_fail(FAULT_MALLOC) ? NULL : __libc_malloc(size));
}

void *
calloc(size_t n, size_t size)
{
	return (must_fail(FAULT_MALLOC) ? NULL : __libc_calloc(n, size));
}

void *
realloc(void *p, size_t size)
{
	return (must_fail(FAULT_MALLOC) ? NULL : __libc_realloc(p, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return (
	    must_fail(FAULT_MALLOC) ? NULL : __libc_memalign(alignment, size));
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
	void *p;

	if (must_fail(FAULT_MALLOC))
		return (ENOMEM);
	if ((p = __libc_memalign(alignment, size)) == NULL)
		return (ENOMEM);
	*out = p;
	return (0);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	/*
	 * Eight bytes are an eventfd's: such a write fails only when a wake-up
	 * is waiting already, which the HTTP library knows.
	 */
	return (n != sizeof(uint64_t) && must_fail(FAULT_WRITE)
		? -1
		: syscall(SYS_write, fd, p, n));
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	return (must_fail(FAULT_WRITE) ? -1 : syscall(SYS_writev, fd, v, n));
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	return (
	    must_fail(FAULT_PWRITE) ? -1 : syscall(SYS_pwrite64, fd, p, n, at));
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return (
	    must_fail(FAULT_PWRITE) ? -1 : syscall(SYS_pwrite64, fd, p, n, at));
}

int
fsync(int fd)
{
	return (must_fail(FAULT_SYNC) ? -1 : (int)syscall(SYS_fsync, fd));
}

int
fdatasync(int fd)
{
	return (must_fail(FAULT_SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd));
}

int
rename(const char *from, const char *to)
{
	return (
	    must_fail(FAULT_RENAME) ? -1 : (int)syscall(SYS_rename, from, to));
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return (must_fail(FAULT_RENAME)
		? -1
		: (int)syscall(SYS_renameat, from_dir, from, to_dir, to));
}

int
renameat2(
    int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return (must_fail(FAULT_RENAME) ? -1
					: (int)syscall(SYS_renameat2, from_dir,
					      from, to_dir, to, flags));
}

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	return (
	    must_fail(FAULT_RANDOM) ? -1 : syscall(SYS_getrandom, p, n, flags));
}

int
getentropy(void *p, size_t n)
{
	if (must_fail(FAULT_RANDOM))
		return (-1);
	return (syscall(SYS_getrandom, p, n, 0) == (ssize_t)n ? 0 : -1);
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	return (must_fail(FAULT_SEND)
		? lose(fd)
		: syscall(SYS_sendto, fd, p, n, flags, NULL, 0));
}

ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	return (must_fail(FAULT_SEND) ? lose(fd)
				      : syscall(SYS_sendmsg, fd, m, flags));
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	return (must_fail(FAULT_RECV)
		? lose(fd)
		: syscall(SYS_recvfrom, fd, p, n, flags, NULL, NULL));
}

ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	return (must_fail(FAULT_RECV) ? lose(fd)
				      : syscall(SYS_recvmsg, fd, m, flags));
}
