/**
 * Scripts that teach a shell to complete `leveret`. They hold no command and no flag: each Tab asks the program itself
 * (`leveret completion --complete`), so they cannot go stale. A line of its answer is a candidate, a tab and a note.
 */
export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/** Where nothing is found they offer names of files. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `_leveret() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")")
  done < <(leveret completion --complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _leveret leveret
`,
  zsh: `#compdef leveret
_leveret() {
  local line
  local -a found
  for line in "\${(@f)$(leveret completion --complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#found} )); then _describe leveret found; else _files; fi
}
# Read by compinit at the first Tab, this file is the function; sourced, it only defines it.
if [[ "\${funcstack[1]}" == _leveret ]]; then _leveret "$@"; else compdef _leveret leveret; fi
`,
  fish: `function __leveret_complete
  set -l found (leveret completion --complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c leveret -f -a '(__leveret_complete)'
`,
}
