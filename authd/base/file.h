/*
 * file.h: bytes and names that are to stay on the disk.
 * Room: base.  Process: parent, front, cli.  Threads: any.
 * Unit test: tests/unit/test_file.c
 */
#ifndef AUTHD_BASE_FILE_H
#define AUTHD_BASE_FILE_H

#include <stddef.h>

#include "authd/base/err.h"

/**
 * file_write(fd, p, n):
 * Write all ${n} bytes at ${p}, however many calls that takes.
 * Return: 0; ERR_FULL (no space, or no quota); ERR_IO. Not logged; errno says
 *         which.
 */
int file_write(int fd, const void *p, size_t n) CHECKED;

/**
 * file_move(from_dir, from, to_dir, to):
 * Give a file or directory another name, and replace nothing that has it. A
 * file system that cannot do that in one step (NFS, older ZFS) gets a second
 * name for a file and loses the first; a directory is moved when the name was
 * free, which only its owner may then take: his alone must be ${to_dir}.
 * Return: 0; ERR_EXISTS; ERR_NOTFOUND (no ${from}); ERR_SYS. Not logged; errno
 *         says which.
 */
int file_move(int from_dir, const char *from, int to_dir, const char *to)
    CHECKED;

/**
 * file_sync_dir(fd):
 * Make the names in a directory durable. One whose file system knows no such
 * thing (some network shares) has done what it can.
 * Return: 0 or ERR_IO. Not logged; errno says which.
 */
int file_sync_dir(int fd) CHECKED;

/**
 * file_sync_above(path):
 * Make the name ${path} durable: sync the directory it stands in.
 * Return: 0, ERR_INVALID (too long), ERR_SYS, ERR_IO. Not logged.
 */
int file_sync_above(const char *path) CHECKED;

#endif /* AUTHD_BASE_FILE_H */
