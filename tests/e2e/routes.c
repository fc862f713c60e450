/*
 * routes: ask one of the daemon's sockets each question that is read.
 *
 *	routes SOCKET <<< "METHOD PATH
 *	..."
 *
 * Without a body and with the fields that a proxy sends always. Prints METHOD
 * PATH STATUS for each; 000 when the connection is refused or ended without an
 * answer. Exit: 0; 2 usage.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TEXT_MAX   1024
#define ANSWER_MAX 1048576

static int
call(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path))
		exit(2);
	strcpy(a.sun_path, path);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return (fd);
	close(fd);
	return (-1);
}

/* The status of one answer on a connection of its own. */
static int
read_status(int fd)
{
	static char answer[ANSWER_MAX + 1];
	size_t n = 0;
	ssize_t got;

	while (n < ANSWER_MAX &&
	    (got = recv(fd, answer + n, ANSWER_MAX - n, 0)) > 0)
		n += (size_t)got;
	answer[n] = '\0';
	if (strncmp(answer, "HTTP/1.1 ", 9) != 0)
		return (0);
	return (atoi(answer + 9));
}

static int
ask(const char *socket, const char *method, const char *path)
{
	char text[2 * TEXT_MAX];
	int n, status = 0, fd = call(socket);

	if (fd < 0)
		return (0);
	n = snprintf(text, sizeof(text),
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "X-Forwarded-For: 192.0.2.7\r\n%s\r\n",
	    method, path,
	    strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0
		? ""
		: "Content-Length: 0\r\n");
	if (n > 0 && (size_t)n < sizeof(text) &&
	    send(fd, text, (size_t)n, MSG_NOSIGNAL) == n)
		status = read_status(fd);
	close(fd);
	return (status);
}

int
main(int argc, char **argv)
{
	char line[TEXT_MAX], *path;

	if (argc != 2)
		return (2);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((path = strchr(line, ' ')) == NULL)
			return (2);
		*path++ = '\0';
		printf("%s %s %03d\n", line, path, ask(argv[1], line, path));
	}
	return (0);
}
