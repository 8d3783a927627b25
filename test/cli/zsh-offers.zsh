# What zsh offers for LINE: zsh -f zsh-offers.zsh SETUP LINE
#
# An interactive zsh on a terminal of its own runs SETUP, sources this file, is given LINE and Tab, and writes each match as a
# line `<match>`.
if [[ ! -o interactive ]]; then
  zmodload zsh/zpty
  zpty shell zsh -f -i
  zpty -w shell "${1}; source ${(q)0:a}; say ready"
  zpty -r shell said '*:ready:*' || exit 1
  zpty -n -w shell "${2}"$'\t'
  zpty -r shell said '*:end:*' || exit 1
  print -r -- "$said"
  exit
fi

say() { print -r -- ":$1:" }

compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a matches
    builtin compadd -A matches "$@"
    local match
    for match in $matches; do print -r -- "<${(Q)match}>"; done
  fi
  builtin compadd "$@"
}

say-end() { say end }
comppostfuncs=(say-end)
bindkey '^I' complete-word
