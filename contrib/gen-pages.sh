#!/bin/sh
# gen-pages.sh names|code CATALOG_IDS.h FILE.html...: make C out of the page
# templates: the names they use, or a function for each.
#
#	{{x}}			the value x, escaped for where it stands
#	{{t a.b x y}}		the message a.b, with x and y for %1$s and %2$s
#	{{if x}} {{if !x}} {{else}} {{end}}	is there a value, a row?
#	{{each x}} {{end}}	once for each row of x
#	{{include f}}		the template f.html
#
# There is no way to put a value out as it is. A value may stand in text and in
# an attribute between double quotes; in href, action and src a value at the
# beginning is a whole address, one further on a part of it. Script, style and
# event attributes are refused, as are branches that end elsewhere than they
# began; but for this very line, a file of ours that the page asks for:
#	<script src="{{script}}" defer></script>
# An error names its file and line.
set -eu
export LC_ALL=C
[ $# -ge 3 ] || {
	echo "usage: gen-pages.sh names|code CATALOG_IDS.h FILE.html..." >&2
	exit 2
}
mode=$1
shift
awk -v mode="$mode" '
function bad(what) {
	print file ":" line ": " what > "/dev/stderr"
	failed = 1
	exit 1
}
# --- messages: CATALOG_LOGIN_TITLE, /* 0 */ ---
FNR == 1 && NR != FNR { end_file(); begin_file() }
NR == FNR {
	if ($1 ~ /^CATALOG_[A-Z0-9_]+,$/)
		places[substr($1, 1, length($1) - 1)] = $3
	next
}
{
	line = FNR
	s = $0
	sub(/^[ \t]+/, "", s) # the indentation is for us
	if (s == "<script src=\"{{script}}\" defer></script>") {
		put_script()
		next
	}
	# so is a line that only directs
	if (s !~ /^[{][{](if|else|end|each|include)[^}]*[}][}]$/)
		s = s "\n"
	scan(s)
}
END {
	if (failed)
		exit 1
	end_file()
	if (mode == "names")
		put_names()
	else
		put_code()
}
function begin_file(   n) {
	file = FILENAME
	line = 1
	n = file
	sub(/.*\//, "", n)
	sub(/[.]html$/, "", n)
	if (n !~ /^[a-z][a-z0-9_]*$/)
		bad("a template is called [a-z0-9_]*.html")
	template = n
	templates[++templates_n] = n
	body[n] = raw = ""
	state = "text"
	depth = 0
	is_loop = 0
}
function end_file() {
	if (template == "")
		return
	flush_raw()
	if (depth > 0)
		bad("an {{if}} or {{each}} has no {{end}}")
	if (state != "text")
		bad("the template ends inside of a tag")
	template = ""
}
function emit(c) { body[template] = body[template] "\t" c "\n" }
function flush_raw(   n, q, i, c) {
	if (raw == "")
		return
	q = raw
	gsub(/\\/, "\\\\", q)
	gsub(/"/, "\\\"", q)
	gsub(/\n/, "\\n\"\n\t    \"", q)
	emit("put_raw(w, \"" q "\",\n\t    " length(raw) ");")
	raw = ""
}
# Follow the markup one character on.
function follow(c) {
	if (state == "text") {
		if (c == "<") {
			state = "tag"
			attr_word = ""
			is_tag_named = 0
		} else if (c == "}")
			bad("} must be written as an entity")
	} else if (state == "tag") {
		if (c == ">")
			state = "text"
		else if (c == "\"") {
			if (attr_word !~ /=$/)
				bad("a quote outside of an attribute")
			attr = attr_word
			sub(/=$/, "", attr)
			check_attr(attr)
			state = "value"
			value = ""
		} else if (c == "\047" || c == "`" || c == "<")
			bad("a character that may not stand in a tag: " c)
		else if (c ~ /[ \n\t\/]/) {
			if (attr_word ~ /=/)
				bad("an attribute without double quotes")
			end_tag_name()
			attr_word = ""
		} else {
			if (attr_word ~ /=$/)
				bad("an attribute without double quotes")
			attr_word = attr_word c
		}
		if (state == "text") {
			if (attr_word ~ /=/)
				bad("an attribute without double quotes")
			end_tag_name()
			attr_word = ""
		}
	} else if (state == "value") {
		if (c == "\"") {
			state = "tag"
			attr_word = ""
		} else {
			if (c == "<")
				bad("< in an attribute")
			value = value c
		}
	}
}
function end_tag_name(   t) {
	if (is_tag_named || attr_word == "")
		return
	t = tolower(attr_word)
	is_tag_named = 1
	if (t ~ /^(script|style|iframe|object|embed|base|textarea|pre)$/)
		bad("<" t "> is not taken")
	if (t ~ /^!/ && t != "!doctype")
		bad("comments are not taken")
}
function check_attr(a) {
	a = tolower(a)
	if (a ~ /^on/ || a == "style" || a ~ /^(srcdoc|srcset|ping|formaction)$/)
		bad("the attribute " a " is not taken")
	if (a !~ /^[a-z][a-z:-]*$/ && a !~ /^(x1|x2|y1|y2)$/)
		bad("what is the attribute " a "?")
}
function put_script() {
	if (state != "text")
		bad("a script stands in text only")
	raw = raw "<script src=\""
	flush_raw()
	emit("put_url(w, " var("script") ");")
	raw = "\" defer></script>\n"
}
function is_url() { return attr ~ /^(href|action|src)$/ }
function scan(s,   i, j, c) {
	while (s != "") {
		if (substr(s, 1, 2) == "{{") {
			if ((j = index(s, "}}")) == 0)
				bad("{{ without }}")
			c = substr(s, 3, j - 3)
			s = substr(s, j + 2)
			flush_raw()
			directive(c)
			continue
		}
		c = substr(s, 1, 1)
		if (c == "{")
			bad("{ must be written as an entity")
		s = substr(s, 2)
		follow(c)
		raw = raw c
	}
}
function var(x) {
	if (x !~ /^[a-z][a-z0-9_]*$/)
		bad("what is the value " x "?")
	if (!(x in vars)) {
		vars[x] = 1
		var_names[++vars_n] = x
	}
	return "PAGE_VAR_" toupper(x)
}
# how a value is put where we are
function putter() {
	if (state == "text")
		return "put_text"
	if (state != "value")
		bad("a value may not stand in a tag outside of quotes")
	if (is_url())
		return value == "" ? "put_url" : "put_url_part"
	# <meta http-equiv="refresh" content="0; url=...">
	if (attr == "content" && value ~ /url=$/)
		return "put_url"
	return "put_attr"
}
function message(n, f,   id, i, c) {
	id = f[2]
	if (id !~ /^[a-z][a-z0-9_]*([.][a-z0-9_]+)+$/)
		bad("what is the message " id "?")
	id = "CATALOG_" toupper(id)
	gsub(/[.]/, "_", id)
	if (!(id in places))
		bad("there is no message " f[2])
	if (places[id] != n - 2)
		bad(f[2] " takes " places[id] " values")
	if (state == "value" && is_url())
		bad("a message is no address")
	c = putter() == "put_text" ? "ESCAPE_TEXT" : "ESCAPE_ATTRIBUTE"
	c = "put_message(w, " c ", " id
	for (i = 3; i <= 6; i++)
		c = c ", " (i <= n ? var(f[i]) : "PAGE_VAR_NONE")
	emit(c ");")
	value = value "x"
}
function same_place() {
	return state SUBSEP (state == "value" ? attr SUBSEP (value == "") : "")
}
function directive(c,   n, f, x) {
	n = split(c, f, " ")
	if (n == 0)
		bad("{{}} says nothing")
	if (f[1] == "t" && n >= 2)
		message(n, f)
	else if (f[1] == "if" && n == 2) {
		x = f[2]
		opened[++depth] = same_place()
		kind[depth] = "if"
		if (substr(x, 1, 1) == "!")
			emit("if (!has(w, " var(substr(x, 2)) ")) {")
		else
			emit("if (has(w, " var(x) ")) {")
	} else if (f[1] == "else" && n == 1) {
		if (depth == 0 || kind[depth] != "if")
			bad("{{else}} without {{if}}")
		if (same_place() != opened[depth])
			bad("the branch ends elsewhere than it began")
		kind[depth] = "else"
		emit("} else {")
	} else if (f[1] == "each" && n == 2) {
		if (is_loop)
			bad("an {{each}} in another")
		is_loop = 1
		opened[++depth] = same_place()
		kind[depth] = "each"
		if (state != "text")
			bad("{{each}} may stand in text only")
		emit("for (each(w, " var(f[2]) "); w->row != NULL;")
		emit("    w->row = w->row->next) {")
	} else if (f[1] == "end" && n == 1) {
		if (depth == 0)
			bad("{{end}} ends nothing")
		if (same_place() != opened[depth])
			bad("the branch ends elsewhere than it began")
		if (kind[depth] == "each")
			is_loop = 0
		depth--
		emit("}")
	} else if (f[1] == "include" && n == 2) {
		if (state != "text" || depth > 0)
			bad("{{include}} stands in text, outside of branches")
		if (f[2] !~ /^[a-z][a-z0-9_]*$/)
			bad("what is the template " f[2] "?")
		included[f[2]] = file ":" line
		includes[template] = file ":" line
		emit("template_" f[2] "(w);")
	} else if (n == 1) {
		x = putter()
		emit(x "(w, " var(f[1]) ");")
		value = value "x"
	} else
		bad("not understood: {{" c "}}")
}
function sort_vars(   i, j, t) {
	for (i = 2; i <= vars_n; i++) {
		t = var_names[i]
		for (j = i - 1; j > 0 && var_names[j] > t; j--)
			var_names[j + 1] = var_names[j]
		var_names[j + 1] = t
	}
}
function put_names(   i) {
	sort_vars()
	print "/* Made by contrib/gen-pages.sh: do not edit. */"
	print "enum page_template {\n\tPAGE_NONE = 0,"
	for (i = 1; i <= templates_n; i++)
		print "\tPAGE_" toupper(templates[i]) ","
	print "};\n#define PAGE_TEMPLATES " templates_n + 1
	print "enum page_var {\n\tPAGE_VAR_NONE = 0,"
	for (i = 1; i <= vars_n; i++)
		print "\tPAGE_VAR_" toupper(var_names[i]) ","
	print "};\n#define PAGE_VARS " vars_n + 1
}
function put_code(   i, t) {
	print "/* Made by contrib/gen-pages.sh: do not edit. */"
	for (t in included) {
		if (t in includes) {
			split(includes[t], where, ":")
			file = where[1]
			line = where[2]
			bad("an included template includes another")
		}
		for (i = 1; i <= templates_n; i++)
			if (templates[i] == t)
				break
		if (i > templates_n) {
			split(included[t], where, ":")
			file = where[1]
			line = where[2]
			bad("there is no template " t)
		}
	}
	for (i = 1; i <= templates_n; i++)
		print "static void template_" templates[i] \
		    "(struct writer *w);"
	for (i = 1; i <= templates_n; i++) {
		print "static void\ntemplate_" templates[i] \
		    "(struct writer *w)\n{\n\t(void)w;"
		printf "%s", body[templates[i]]
		print "}"
	}
	print "static void (*const templates[])(struct writer *w) = {\n\tNULL,"
	for (i = 1; i <= templates_n; i++)
		print "\ttemplate_" templates[i] ","
	print "};"
}' "$@"
