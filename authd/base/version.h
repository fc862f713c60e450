/*
 * version.h: which release this is; told by --version, status and the manual.
 * Room: base.  Process: all.
 */
#ifndef AUTHD_BASE_VERSION_H
#define AUTHD_BASE_VERSION_H

#define VERSION_TEXT "0.1.0"

#endif /* AUTHD_BASE_VERSION_H */
