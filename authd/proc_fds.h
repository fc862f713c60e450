/*
 * proc_fds.h: which descriptor is what in a child, by fixed number.
 * Process: all: the parent places them, each child closes everything else.
 * A child must not be started with any of its numbers closed.
 */
#ifndef AUTHD_PROC_FDS_H
#define AUTHD_PROC_FDS_H

/* sekisho-keeper. The three key files are read once, wiped and closed. */
#define KEEPER_FD_SOCKET     3 /* SOCK_SEQPACKET to the front */
#define KEEPER_FD_STATE	     4 /* keeper.state, O_RDWR */
#define KEEPER_FD_SEED_KEY   5 /* 32 raw bytes, AES-256 */
#define KEEPER_FD_AUDIT_KEY  6 /* 32 raw bytes, Ed25519 private seed */
#define KEEPER_FD_CA_KEY     7 /* 32 raw bytes, P-256 private key */
#define KEEPER_FD_CA_CHAIN   8 /* ca.pem */
#define KEEPER_FD_SETTINGS   9 /* sealed memfd with its own settings */
#define KEEPER_FD_FIRST_FREE 10

/* sekisho-front. */
#define FRONT_FD_SOCKET	    3 /* SOCK_SEQPACKET to the keeper */
#define FRONT_FD_SETTINGS   4 /* sealed memfd with the settings */
#define FRONT_FD_DATA	    5 /* the data directory, O_PATH | O_DIRECTORY */
#define FRONT_FD_AUTHD_SOCK 6 /* authd.sock, listening */
#define FRONT_FD_READY	    7 /* pipe: one byte is written when ready */
#define FRONT_FD_BREACH	    8 /* the breach file, or /dev/null: see settings */
#define FRONT_FD_HOOK_SOCK  9 /* the other listening sockets */
#define FRONT_FD_PORTAL_SOCK 10
#define FRONT_FD_HOSTS_SOCK 11
#define FRONT_FD_PKI_SOCK   12
#define FRONT_FD_FIRST_FREE 13

/* Both: 0 is /dev/null, 1 and 2 are the log. */

#endif /* AUTHD_PROC_FDS_H */
