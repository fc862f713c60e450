#!/usr/bin/env bash
# Goal of this test:
# - With 1,000 connections that never finish a request, ten times more passwords
#   than can be judged and codes over 64 connections, each revocation is
#   answered within 2 s, and the daemon is well afterwards (F23). `make torture`
#   does it for 5 minutes with 5,000.
OVERLOAD_SECONDS=${OVERLOAD_SECONDS:-8}
OVERLOAD_SLOW=${OVERLOAD_SLOW:-1000}
export OVERLOAD_SECONDS OVERLOAD_SLOW
exec "$(dirname "$0")/../torture/run_overload.sh"
