/*
 * sandbox_landlock.h: which files a taken front could still reach.
 * Process: front.  Threads: before any is started: only the caller and what it
 * starts are held. Unit test: tests/unit/test_sandbox.c
 */
#ifndef AUTHD_SANDBOX_LANDLOCK_H
#define AUTHD_SANDBOX_LANDLOCK_H

#include "authd/sandbox.h"

/**
 * sandbox_landlock_front(paths):
 * Allow files below the data directory to be made, read, written and removed,
 * the readable ones to be read, nothing else; from the kernel's fourth version
 * of Landlock on no TCP either, from the sixth no signals and no abstract
 * sockets to outside. Descriptors already open are not touched. no_new_privs
 * must be set.
 * Return: 0, also (logged) on a kernel without Landlock; else ERR_SYS.
 * Source: the kernel's Documentation/userspace-api/landlock.rst.
 */
int sandbox_landlock_front(const struct sandbox_front_paths *paths) CHECKED;

#endif /* AUTHD_SANDBOX_LANDLOCK_H */
