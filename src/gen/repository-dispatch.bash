# repository-dispatch.bash - completion for bash 4.4 and later.
# In use it is called repository-dispatch and stands in a folder of
# bash-completion, such as /usr/share/bash-completion/completions. To try it:
# . repository-dispatch.bash
# shellcheck shell=bash

# Options, one a line: all of them, those that take a value, and those for whose
# values something is offered.
# generated from src/cli/option_table.c: bash
# end of generated text

# _repository_dispatch_is WORD LIST: whether the list has the word.
_repository_dispatch_is() {
	[[ -n $1 && $'\n\t'$2$'\n\t' == *$'\n\t'"$1"$'\n\t'* ]]
}

# Sets option to the one that takes its value from the next word, or to "".
_repository_dispatch_after() {
	local word=$1 i
	option=
	if [[ $word == --* ]]; then
		! _repository_dispatch_is "$word" "$_repository_dispatch_valued" ||
			option=$word
		return
	fi
	[[ $word == -* ]] || return
	# Of -qeTYPE, -e takes the rest of the word.
	for ((i = 1; i < ${#word}; i++)); do
		_repository_dispatch_is "-${word:i:1}" \
			"$_repository_dispatch_valued" || continue
		((i + 1 < ${#word})) || option=-${word:i:1}
		return
	done
}

# Sets words to the shell's words up to the cursor. Those of bash are also cut at
# characters such as = and @.
_repository_dispatch_words() {
	local rest=${COMP_LINE:0:COMP_POINT} blank word
	words=()
	for word in "${COMP_WORDS[@]}"; do
		blank=${rest%%[![:space:]]*}
		rest=${rest#"$blank"}
		word=${rest:0:${#word}}
		rest=${rest:${#word}}
		if [[ -z $blank && ${#words[@]} -gt 0 ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		[[ -n $rest ]] || break
	done
}

# _repository_dispatch_paths TYPED READLINE: offers names of files that begin as
# typed. They replace what readline takes for the word.
_repository_dispatch_paths() {
	local typed=$1 before path
	before=${2%"$typed"}
	while IFS= read -r path; do
		if [[ -d $path ]]; then
			path+=/
			compopt -o nospace
		fi
		printf -v path '%q' "$path"
		COMPREPLY+=("$before$path")
	done < <(compgen -f -- "$typed")
}

# _repository_dispatch_value OPTION VALUE READLINE: offers what the option takes.
_repository_dispatch_value() {
	local option=$1 value=$2 readline=$3 name
	if _repository_dispatch_is "$option" "$_repository_dispatch_files"; then
		if [[ $readline == -* ]]; then
			_repository_dispatch_paths "$value" "$readline"
		else
			# readline's own offers know quotes and ~.
			compopt -o default
		fi
	elif _repository_dispatch_is "$option" "$_repository_dispatch_at_files"; then
		[[ $value != @* ]] ||
			_repository_dispatch_paths "${value#@}" "$readline"
	elif _repository_dispatch_is "$option" \
		"$_repository_dispatch_field_files"; then
		[[ ${value#*=} != @* || $value != *=* ]] ||
			_repository_dispatch_paths "${value#*=@}" "$readline"
	elif _repository_dispatch_is "$option" \
		"$_repository_dispatch_field_variables"; then
		[[ $value == *=* ]] || return
		value=${value#*=}
		while IFS= read -r name; do
			COMPREPLY+=("${readline%"$value"}$name")
		done < <(compgen -e -- "$value")
	fi
}

# bash calls it with the command, the word as readline sees it, and the one
# before.
_repository_dispatch() {
	local words option='' word i last
	COMPREPLY=()
	_repository_dispatch_words
	last=$((${#words[@]} - 1))
	for ((i = 1; i < last; i++)); do
		if [[ -n $option ]]; then
			option=
		else
			_repository_dispatch_after "${words[i]}"
		fi
	done
	word=${words[last]}
	if [[ -n $option ]]; then
		_repository_dispatch_value "$option" "$word" "$2"
	elif [[ $word == --*=* ]]; then
		_repository_dispatch_value "${word%%=*}" "${word#*=}" "$2"
	elif [[ -z $word || $word == -* ]]; then
		while IFS= read -r option; do
			COMPREPLY+=("$option")
		done < <(compgen -W "$_repository_dispatch_all" -- "$word")
	fi
}

complete -F _repository_dispatch repository-dispatch
