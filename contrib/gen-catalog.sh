#!/bin/sh
# gen-catalog.sh ids|texts JA.po EN.po: make C out of the catalogs: the enum of
# all messages, or their texts, one array for each language. A message has an
# id such as login.title; both catalogs have the same ids, each translated, with
# the same places %1$s to %4$s and no other conversion than %%. Anything else
# is an error with its file and line.
set -eu
export LC_ALL=C
[ $# -eq 3 ] || {
	echo "usage: gen-catalog.sh ids|texts JA.po EN.po" >&2
	exit 2
}
for po in "$2" "$3"; do
	msgfmt --check-format --check-domain -o /dev/null "$po"
done
awk -v mode="$1" '
function bad(what) {
	print FILENAME ":" at ": " what > "/dev/stderr"
	failed = 1
}
# how many places a text has; its own number of each
function places(s,   n, rest, c, i) {
	n = 0
	rest = s
	while ((i = index(rest, "%")) > 0) {
		c = substr(rest, i, 4)
		if (c ~ /^%[1-4][$]s/) {
			if (substr(c, 2, 1) + 0 > n)
				n = substr(c, 2, 1) + 0
			rest = substr(rest, i + 4)
		} else if (substr(c, 1, 2) == "%%")
			rest = substr(rest, i + 2)
		else {
			bad("only %1$s to %4$s and %% may stand in " id)
			return -1
		}
	}
	return n
}
function finish(   n) {
	if (id == "") {
		id = text = ""
		return
	}
	if (id !~ /^[a-z][a-z0-9_]*([.][a-z0-9_]+)+$/)
		bad("bad id " id)
	if (text == "")
		bad(id " is not translated")
	if (is_fuzzy)
		bad(id " is marked fuzzy")
	n = places(text)
	if (file == 1) {
		ids[++count] = id
		args[id] = n
	} else if (!(id in args))
		bad(id " is not in the other catalog")
	else if (args[id] != n)
		bad(id " has not the same places in both")
	texts[file, id] = text
	id = text = ""
	is_fuzzy = 0
}
function unquoted(s) {
	sub(/^[^"]*"/, "", s)
	sub(/"[ \t]*$/, "", s)
	return s
}
FNR == 1 { finish(); file++; part = "" }
/^#,/ { finish(); if ($0 ~ /fuzzy/) is_fuzzy = 1; next }
/^#/ { next }
/^msgid / { finish(); part = "id"; at = FNR; id = unquoted($0); next }
/^msgstr / { part = "text"; text = unquoted($0); next }
/^"/ {
	if (part == "id")
		id = id unquoted($0)
	else
		text = text unquoted($0)
	next
}
/^[ \t]*$/ { next }
{ at = FNR; bad("not understood: " $0) }
function name(i,   s) {
	s = "CATALOG_" toupper(i)
	gsub(/[.]/, "_", s)
	return s
}
function sort_ids(   i, j, t) {
	for (i = 2; i <= count; i++) {
		t = ids[i]
		for (j = i - 1; j > 0 && ids[j] > t; j--)
			ids[j + 1] = ids[j]
		ids[j + 1] = t
	}
}
function put_texts(lang, n,   i) {
	print "static const char *const " lang "[] = {\n\t\"\","
	for (i = 1; i <= count; i++)
		print "\t\"" texts[n, ids[i]] "\","
	print "};"
}
END {
	finish()
	for (i = 1; i <= count; i++)
		if (!((2, ids[i]) in texts)) {
			at = 0
			bad(ids[i] " is missing here")
		}
	if (failed || count == 0)
		exit 1
	sort_ids()
	print "/* Made by contrib/gen-catalog.sh: do not edit. */"
	if (mode == "ids") {
		print "enum catalog_id {\n\tCATALOG_NONE = 0,"
		for (i = 1; i <= count; i++)
			print "\t" name(ids[i]) ", /* " args[ids[i]] " */"
		print "};\n#define CATALOG_IDS " count + 1
	} else {
		put_texts("texts_ja", 1)
		put_texts("texts_en", 2)
	}
}' "$2" "$3"
