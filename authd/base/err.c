#include "authd/base/err.h"

const char *
err_text(int r)
{
	static const char *const text[] = {
	    "no error",
	    "out of memory",
	    "system call failed",
	    "input or output failed",
	    "no space left",
	    "store failed",
	    "keeper failed",
	    "malformed message",
	    "deadline passed",
	    "queue is full",
	    "invalid input",
	    "not found",
	    "already exists",
	    "not possible in this state",
	    "not permitted",
	    "limit reached",
	    "data is corrupt",
	    "must stop",
	};
	const int n = (int)(sizeof(text) / sizeof(text[0]));

	if (r > 0 || -r >= n)
		return ("unknown error");
	return (text[-r]);
}
