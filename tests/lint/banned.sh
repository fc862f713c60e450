#!/usr/bin/env bash
# banned.sh: functions that are never called, outside comments and strings;
# exit only in the mains; no code that knows of tests; SQL is never built.
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck disable=SC2016	# it is Perl
find authd cli certs pam_module -name '*.[ch]' -print0 | xargs -0 perl -e '
	use strict;
	my $rc = 0;
	my $banned = join "|", qw(strcpy strcat sprintf vsprintf gets strtok
	    strtok_r system popen alloca atoi atol strncpy strncat tmpnam mktemp
	    rand srand);
	sub at { my ($file, $text, $pos, $what) = @_;
		my $line = 1 + (substr($text, 0, $pos) =~ tr/\n//);
		print "banned: $file:$line: $what\n"; $rc = 1 }
	for my $file (@ARGV) {
		open my $f, "<", $file or die "$file: $!";
		my $whole = do { local $/; <$f> };
		# comments and the inside of strings made blank
		(my $text = $whole) =~ s{(/\*.*?\*/)|(//[^\n]*)|("(?:[^"\\\n]|\\.)*")|(\x27(?:[^\x27\\\n]|\\.)*\x27)}{
			my $t = $&;
			if (defined $3 || defined $4) {
				my $q = substr($t, 0, 1);
				$t = $q . " " x (length($t) - 2) . $q;
			} else { $t =~ s/[^\n]/ /g }
			$t}gse;
		at($file, $text, $-[0], $1)
		    while $text =~ /(?<![\w.>])($banned)\s*\(/g;
		at($file, $text, $-[0], "shipped code does not know of tests")
		    while $text =~ /^\h*#\h*(?:if|ifdef|ifndef|elif)\b[^\n]*\bTEST(?:ING|S)?\b/mg;
		# a statement with a conversion in it is one put together
		at($file, $whole, $-[0], "SQL is built from strings")
		    while $whole =~ /"[^"\n]*\b(?:select .* from|insert into|update .* set|delete from)\b[^"\n]*%[a-z]/ig;
		next if $file =~ m{(?:/|_)main\.c$};
		at($file, $text, $-[0], "exit outside a main")
		    while $text =~ /(?<![\w.>])(?:exit|abort|quick_exit)\s*\(/g;
		# between fork and exec there is nothing else than _exit
		next if $text =~ /\bv?fork\(\)/;
		at($file, $text, $-[0], "_exit without fork")
		    while $text =~ /(?<![\w.>])_exit\s*\(/g;
	}
	exit $rc' --
