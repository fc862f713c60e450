/*
 * notify.h: tell the service manager how far we are.
 * Process: parent.  Threads: one.
 * Tested end to end: tests/e2e/02-parent.sh
 */
#ifndef AUTHD_NOTIFY_H
#define AUTHD_NOTIFY_H

/**
 * notify_send(text):
 * Send ${text} (lines such as READY=1) to the socket named by the environment
 * variable NOTIFY_SOCKET, a path or, with a leading @, an abstract name.
 * Without that variable nothing happens; a failure is only logged.
 * Source: sd_notify(3), "Notes".
 */
void notify_send(const char *text);

#endif /* AUTHD_NOTIFY_H */
