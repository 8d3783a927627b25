import { shellQuoted } from '../command-line.ts'
import type { Place } from './grammar.ts'
import { placeName, rowsByValues, type ValueRow, valueRows } from './tables.ts'

/** A script for bash that completes what `places` know. */
export function bashScript(places: readonly Place[]): string {
  return `# Completion of assize for bash: source <(assize completion bash)

_assize_place() {
  case "$1" in
${places.map(placeArm).join('\n')}
  esac
}

_assize_values() {
  case "$1" in
${rowsByValues(valueRows(places))
  .map(({ text, rows }) => `  ${rows.map(pattern).join('|')}) values=${shellQuoted(text)} ;;`)
  .join('\n')}
  *) values=; return 1 ;;
  esac
}

${MACHINE}`
}

/** Goes through the words before the cursor: which command, whether an option waits for its value, how many arguments. */
const MACHINE = `_assize() {
  local at= waiting= number=0 commands= options= values= i word=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  _assize_place ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    local before=\${COMP_WORDS[i]}
    # bash takes --phase=open for three words.
    if [[ $before == = ]]; then continue; fi
    if [[ $waiting ]]; then
      waiting=
    elif [[ $before == -* ]]; then
      _assize_values "$at|$before" && waiting=$before
    elif ((number == 0)) && [[ " $commands " == *" $before "* ]]; then
      at=\${at:+$at }$before
      _assize_place "$at"
    else
      number=$((number + 1))
    fi
  done
  if [[ $word == = ]]; then word=; fi
  if [[ $waiting ]]; then
    _assize_values "$at|$waiting"
  elif [[ $word == -* ]]; then
    values=$options
  elif ((number == 0)) && [[ $commands ]]; then
    values=$commands
  else
    _assize_values "$at|$((number + 1))" || values=$options
  fi
  case "$values" in
  @file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  @folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
  @other) ;;
  *) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word") ;;
  esac
}

complete -F _assize assize`

function placeArm(place: Place): string {
  const commands = place.commands.map(({ word }) => word).join(' ')
  const options = place.options.map(({ word }) => word).join(' ')
  return `  ${shellQuoted(placeName(place))}) commands=${shellQuoted(commands)} options=${shellQuoted(options)} ;;`
}

function pattern({ key, isRepeated }: ValueRow): string {
  return isRepeated ? `${shellQuoted(key.slice(0, key.lastIndexOf('|') + 1))}[1-9]*` : shellQuoted(key)
}
