#!/bin/sh
# Dependencies point one way, and nothing of ours asks for heap memory.
. tests/checks/tap.sh.inc

# Prints each #include that goes sideways or up.
wrong_includes() {
	awk '
	FILENAME ~ /ranks.txt$/ {
		for (i = 2; $1 ~ /^[0-9]+$/ && i <= NF; i++)
			rank[$i] = $1
		next
	}
	FNR == 1 {
		module = FILENAME
		sub(/.*\//, "", module)
		sub(/\.[ch]$/, "", module)
		if (!(module in rank))
			print module " has no rank"
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		name = part[2]
		sub(/\.h$/, "", name)
		if (name !~ /^gen\//)
			sub(/.*\//, "", name)
		if (name == module || name ~ /^gen\//)
			next
		if (!(name in rank))
			print module " includes " name ", which has no rank"
		else if (rank[name] >= rank[module])
			print module " includes " name
	}' tests/checks/ranks.txt src/*.c src/[!g]*/*.[ch] src/github/*.[ch] | sort -u
}

no_wrong_includes() {
	wrong=$(wrong_includes)
	echo "$wrong"
	[ -z "$wrong" ]
}

every_rank_has_its_pair() {
	status=0
	for module in $(grep -v '^#' tests/checks/ranks.txt | tr ' ' '\n' |
	    grep -v '^[0-9]*$'); do
		[ -n "$(find src -name "$module.c")" ] || {
			echo "there is no $module.c"
			status=1
		}
	done
	return $status
}

uses_heap() {
	nm -u build/ours/*.o | grep -wE \
	    'malloc|calloc|realloc|free|strdup|strndup|asprintf|getline|mmap'
}

uses_no_heap() {
	! uses_heap
}

check 'headers of a lower rank only' no_wrong_includes
check 'every module of the table is there' every_rank_has_its_pair
check 'no object of ours uses the heap' uses_no_heap
plan
