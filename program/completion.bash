# bash completion of jpegdeblock and jpegdeblock-train: what their --help says.                     -*- shell-script -*-

_jpegdeblock() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" help
    local program="${COMP_WORDS[0]}" subcommand="${COMP_WORDS[1]}"
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        help="$("$program" --help 2>/dev/null)"
        COMPREPLY=($(compgen -W "$(sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p' <<<"$help") --help --version" \
            -- "$current"))
        return
    fi
    help="$("$program" "$subcommand" --help 2>/dev/null)"
    if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "$(grep -o -E '^ {2,4}(-[a-z],)?--[a-z0-9-]+' <<<"$help" | grep -o -E '\-\-[a-z0-9-]+')" \
            -- "$current"))
        return
    fi
    # The words that an option takes stand in braces.
    if [[ "$previous" == --* ]]; then
        local words
        words="$(sed -n "s/^ \{2,4\}\(-[a-z],\)\?$previous [^{]*{\([^}]*\)}.*/\2/p" <<<"$help" | tr ',' ' ')"
        if [[ -n "$words" ]]; then
            COMPREPLY=($(compgen -W "$words" -- "$current"))
            return
        fi
    fi
    COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _jpegdeblock jpegdeblock jpegdeblock-train
