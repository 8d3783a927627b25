import { shellQuoted } from '../command-line.ts'
import type { Place, Word } from './grammar.ts'
import { placeName, rowsByValues, type ValueRow, valueRows } from './tables.ts'

/** A script for zsh, to be sourced or kept as `_assize` in a folder of fpath. */
export function zshScript(places: readonly Place[]): string {
  return `#compdef assize
# Completion of assize for zsh: source <(assize completion zsh)

_assize_place() {
  case "$1" in
${places.map(placeArm).join('\n')}
  esac
}

_assize_values() {
  case "$1" in
${rowsByValues(valueRows(places))
  .map(({ text, rows }) => `  ${rows.map(pattern).join('|')}) values=(${text}) ;;`)
  .join('\n')}
  *) values=(); return 1 ;;
  esac
}

${MACHINE}`
}

/** Goes through the words before the cursor: which command, whether an option waits for its value, how many arguments. */
const MACHINE = `_assize() {
  local at= waiting= before i
  local -i number=0
  local -a commands options values
  _assize_place ''
  for ((i = 2; i < CURRENT; i++)); do
    before=\${words[i]}
    if [[ -n $waiting ]]; then
      waiting=
    elif [[ $before == --*=* ]]; then
      continue
    elif [[ $before == -* ]]; then
      _assize_values "$at|$before" && waiting=$before
    elif ((number == 0 && \${commands[(I)$before:*]})); then
      at=\${at:+$at }$before
      _assize_place "$at"
    else
      number+=1
    fi
  done
  if [[ -z $waiting && \${words[CURRENT]} == --*=* ]]; then
    waiting=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  if [[ -n $waiting ]]; then
    _assize_values "$at|$waiting"
  elif [[ \${words[CURRENT]} == -* ]]; then
    _describe -o -t options option options
    return
  elif ((number == 0 && \${#commands})); then
    _describe -t commands command commands
    return
  elif ! _assize_values "$at|$((number + 1))"; then
    _describe -o -t options option options
    return
  fi
  case "\${values[1]}" in
  @file) _files ;;
  @folder) _files -/ ;;
  @other) _message 'a value' ;;
  *) compadd -- $values ;;
  esac
}

if [[ \${funcstack[1]} == _assize ]]; then
  _assize
else
  compdef _assize assize
fi`

function placeArm(place: Place): string {
  return `  ${shellQuoted(placeName(place))}) commands=(${described(place.commands)}) options=(${described(place.options)}) ;;`
}

function described(words: readonly Word[]): string {
  return words.map(({ word, description }) => shellQuoted(`${word}:${description}`)).join(' ')
}

function pattern({ key, isRepeated }: ValueRow): string {
  return isRepeated ? `${shellQuoted(key.slice(0, key.lastIndexOf('|') + 1))}[1-9]*` : shellQuoted(key)
}
