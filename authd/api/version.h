/*
 * version.h: the one version of all programs, told by status and --version.
 * Room: api.  Process: all.
 */
#ifndef AUTHD_API_VERSION_H
#define AUTHD_API_VERSION_H

#define VERSION_TEXT "0.1.0"

#endif /* AUTHD_API_VERSION_H */
