#!/bin/sh
# gen-words.sh LIST > HEADER: make the C array of the password estimator's own
# words out of authd/core/password_words.txt, with the spellings that one
# romaji word has: Kunrei, long vowels dropped, jya, m before b and p, and for
# names the long vowel with h. The order is kept, for it is the rank of a
# word; the spellings made here follow their word.
set -eu
export LC_ALL=C
[ $# -eq 1 ] || {
	echo "usage: gen-words.sh LIST" >&2
	exit 2
}
awk '
function add(w) {
	if (length(w) < 2 || (w in seen))
		return
	seen[w] = 1
	out[++n] = w
}
function kunrei(w) {
	gsub(/sha/, "sya", w); gsub(/shu/, "syu", w); gsub(/sho/, "syo", w)
	gsub(/tch/, "cch", w); gsub(/ssh/, "ss", w); gsub(/shi/, "si", w)
	gsub(/she/, "sye", w)
	gsub(/ccha/, "ttya", w); gsub(/cchu/, "ttyu", w)
	gsub(/ccho/, "ttyo", w); gsub(/cchi/, "tti", w)
	gsub(/cha/, "tya", w); gsub(/chu/, "tyu", w); gsub(/cho/, "tyo", w)
	gsub(/chi/, "ti", w); gsub(/che/, "tye", w)
	gsub(/tsu/, "tu", w); gsub(/fu/, "hu", w)
	gsub(/ja/, "zya", w); gsub(/ju/, "zyu", w); gsub(/jo/, "zyo", w)
	gsub(/ji/, "zi", w)
	return w
}
function dropped(w) {
	gsub(/ou/, "o", w); gsub(/oo/, "o", w); gsub(/uu/, "u", w)
	gsub(/aa/, "a", w); gsub(/ee/, "e", w)
	return w
}
function jya(w) {
	gsub(/ja/, "jya", w); gsub(/ju/, "jyu", w); gsub(/jo/, "jyo", w)
	return w
}
function nasal(w) {
	gsub(/nb/, "mb", w); gsub(/np/, "mp", w); gsub(/nm/, "mm", w)
	return w
}
function aitch(w) {
	gsub(/ou/, "oh", w); gsub(/oo/, "oh", w)
	return w
}
# awks differ in how gsub reads a backslash
function quoted(w,   i, c, to) {
	for (i = 1; i <= length(w); i++) {
		c = substr(w, i, 1)
		to = to (c == "\\" || c == "\"" ? "\\" : "") c
	}
	return to
}
/^#/ { next }
/^@/ {
	kind = $1
	if (kind !~ /^@(plain|romaji|names)$/) {
		print "gen-words: " FNR ": " kind > "/dev/stderr"
		bad = 1
		exit 1
	}
	next
}
{
	for (i = 1; i <= NF; i++) {
		if ($i ~ /[A-Z]/) {
			print "gen-words: " FNR ": " $i > "/dev/stderr"
			bad = 1
			exit 1
		}
		add($i)
		if (kind == "@plain")
			continue
		add(kunrei($i)); add(dropped($i)); add(kunrei(dropped($i)))
		add(jya($i)); add(nasal($i)); add(nasal(dropped($i)))
		if (kind == "@names")
			add(aitch($i))
	}
}
END {
	if (bad || n == 0)
		exit 1
	print "/* Made by contrib/gen-words.sh: do not edit. */"
	printf "#define PASSWORD_WORDS_COUNT %d\n", n
	print "static const char *const password_words[] = {"
	for (i = 1; i <= n; i++)
		print "\t\"" quoted(out[i]) "\","
	print "\tNULL\n};"
}' "$1"
