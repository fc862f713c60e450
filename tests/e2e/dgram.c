/*
 * dgram.c: stands in for the service manager. Prints every datagram that
 * arrives on the unix socket named by its argument (a path, or @NAME for an
 * abstract one), until it is killed.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char text[4096];
	size_t n;
	ssize_t got;
	int fd;

	if (argc != 2 || (n = strlen(argv[1])) >= sizeof(at.sun_path))
		return (2);
	memcpy(at.sun_path, argv[1], n);
	if (argv[1][0] == '@')
		at.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 ||
	    bind(fd, (struct sockaddr *)&at,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) != 0)
		return (1);
	while ((got = recv(fd, text, sizeof(text) - 1, 0)) >= 0) {
		text[got] = '\0';
		puts(text);
		fflush(stdout);
	}
	return (1);
}
