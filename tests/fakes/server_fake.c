#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/fakes/server_fake.h"

void
server_fake_listen(struct server_fake *s, int backlog)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	snprintf(s->path, sizeof(s->path), "/tmp/test_client.%d.sock",
	    (int)getpid());
	unlink(s->path);
	memcpy(sun.sun_path, s->path, strlen(s->path));
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(s->fd, -1);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(s->fd, backlog), 0);
}

/* Read until the announced body is there. */
static void
read_question(struct server_fake *s, int fd)
{
	size_t len = 0, need = 0;
	const char *end, *cl;
	ssize_t n;

	while (len + 1 < sizeof(s->asked)) {
		n = recv(fd, s->asked + len, sizeof(s->asked) - 1 - len, 0);
		if (n <= 0)
			return;
		len += (size_t)n;
		s->asked[len] = '\0';
		if ((end = strstr(s->asked, "\r\n\r\n")) == NULL)
			continue;
		need = (size_t)(end - s->asked) + 4;
		if ((cl = strstr(s->asked, "Content-Length: ")) != NULL)
			need += strtoul(cl + 16, NULL, 10);
		if (len >= need)
			return;
	}
}

static void *
serve(void *arg)
{
	struct server_fake *s = arg;
	int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
	size_t at = 0, n;
	char c;

	if (fd == -1)
		return (NULL);
	if (!s->is_deaf)
		read_question(s, fd);
	while (at < s->n) {
		n = s->step == 0 || s->step > s->n - at ? s->n - at : s->step;
		if (send(fd, s->say + at, n, MSG_NOSIGNAL) != (ssize_t)n)
			break;
		at += n;
		if (s->pause_ms > 0)
			usleep((useconds_t)s->pause_ms * 1000);
		if (at == s->n && s->is_endless)
			at = 0;
	}
	if (s->is_hanging)
		(void)!read(s->stop[0], &c, 1);
	close(fd);
	return (NULL);
}

void
server_fake_start(struct server_fake *s)
{
	server_fake_listen(s, 16);
	assert_int_equal(pipe(s->stop), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

void
server_fake_stop(struct server_fake *s)
{
	close(s->stop[1]);
	pthread_join(s->thread, NULL);
	close(s->stop[0]);
	close(s->fd);
	unlink(s->path);
}
