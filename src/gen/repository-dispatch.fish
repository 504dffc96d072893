# repository-dispatch.fish - completion for fish 3 and later. It stands in a
# folder of $fish_complete_path, such as
# /usr/share/fish/vendor_completions.d.

# Prints what the value of the word at the cursor has before a name that is to be
# completed, then the names: PATTERN is what stands before, COMMAND prints names
# that begin as its argument does.
function __repository_dispatch_offer -a pattern command
    set -l word (commandline -ct)
    set -l value (string replace -r -- '^(--[a-z-]+=|-[a-zA-Z])' '' $word)
    set -l before (string match -r -- $pattern $value)
    or return
    set -l typed (string sub -s (math (string length -- $before) + 1) -- $value)
    for name in ($command $typed)
        printf '%s%s\n' $before $name
    end
end

function __repository_dispatch_variables
    set -xn
end

# @FILE
function __repository_dispatch_at_file
    __repository_dispatch_offer '^@' __fish_complete_path
end

# KEY=@FILE
function __repository_dispatch_field_file
    __repository_dispatch_offer '^[^=]*=@' __fish_complete_path
end

# KEY=VARIABLE
function __repository_dispatch_field_variable
    __repository_dispatch_offer '^[^=]*=' __repository_dispatch_variables
end

# Only the values of some options are names of files.
complete -c repository-dispatch -f
# generated from src/cli/option_table.c: fish
# end of generated text
