#!/usr/bin/env bash
# run_faults.sh: one call fails, at every point of a scenario from init to audit
# verify (F5). From the environment:
#	FAULT_POINTS	how many points, spread evenly; 0, the default: every one;
#			places:8: one for each way by which a call is come to,
#			by eight frames; places: by all, some 20,000;
#			front:malloc:736: that one, as a bad one is named
#	FAULT_JOBS	runs at a time, one for each core by default
#	FAULT_DONE	where finished points are noted; a run that was ended goes on
#			from there (BUILD/faults.done; empty: nothing is kept)
#	FAULT_KEEP=1	leaves the files of the last bad run in its place
#	SEKISHO_BUILD	the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${SEKISHO_BUILD:-build}
done=${FAULT_DONE-$build/faults.done}
T=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-faults.XXXXXX") || exit 2
trap '[ -n "${FAULT_KEEP:-}" ] || rm -rf "$T"' EXIT
trap 'exit 130' INT TERM
# the service users must reach an instance below it
chmod 711 "$T"
places=
for i in $(seq "${FAULT_JOBS:-$(nproc)}"); do
	bin=$T/$i/bin
	mkdir -p "$bin/shipped" || exit 2
	cp "$build"/sekisho-authd "$build"/sekisho "$bin/"
	cp "$build"/sekisho-front "$build"/sekisho-keeper "$bin/shipped/"
	cp "$build/tests/fault.so" "$bin/"
	cp "$build/tests/fault_exec" "$bin/sekisho-front"
	cp "$build/tests/fault_exec" "$bin/sekisho-keeper"
	# signed by us: making a PKCS#12 file would be a million calls of malloc
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$T/$i/pc.key" -subj /CN=pc -out "$T/$i/pc.csr" \
		2>/dev/null || exit 2
	places="$places $T/$i"
done
# shellcheck disable=SC2086	# a list
"$build/tests/faults" $places -- "${FAULT_POINTS:-0}" $done
rc=$?
# all of them done: the next run begins anew
[ $rc -ne 0 ] || [ -z "$done" ] || rm -f "$done"
exit $rc
