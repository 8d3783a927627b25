import type { Place, Word } from './grammar.ts'
import { placeName, rowsByValues, type ValueRow, valueRows } from './tables.ts'

/** A script for fish that completes what `places` know. */
export function fishScript(places: readonly Place[]): string {
  return `# Completion of assize for fish: assize completion fish | source

function __assize_commands
    switch "$argv[1]"
${places.map((place) => wordsArm(place, place.commands)).join('')}    end
end

function __assize_options
    switch "$argv[1]"
${places.map((place) => wordsArm(place, place.options)).join('')}    end
end

function __assize_values
    switch "$argv[1]"
${rowsByValues(valueRows(places))
  .map(({ text, rows }) => `        case ${rows.map(pattern).join(' ')}\n            printf '%s\\n' ${text}\n`)
  .join('')}        case '*'
            return 1
    end
end

${MACHINE}`
}

/**
 * Goes through the words before the cursor: which command, whether an option waits for its value, how many arguments. Fish takes
 * for a match whose description has the letters anywhere, so that options follow no other word that was begun.
 */
const MACHINE = `function __assize
    set -l at ''
    set -l waiting ''
    set -l number 0
    set -l current (commandline -ct)
    set -l prefix ''
    for before in (commandline -opc)[2..-1]
        if test -n "$waiting"
            set waiting ''
        else if string match -q -- '--*=*' $before
            continue
        else if string match -q -- '-*' $before
            __assize_values "$at|$before" >/dev/null; and set waiting $before
        else if test $number -eq 0; and __assize_commands $at | string match -q -- "$before"\\t'*'
            set at (string trim -- "$at $before")
        else
            set number (math $number + 1)
        end
    end
    if test -z "$waiting"; and string match -q -- '--*=*' "$current"
        set waiting (string split -m 1 = -- $current)[1]
        set prefix "$waiting="
        set current (string split -m 1 = -- $current)[2]
    end
    if test -z "$waiting"
        if string match -q -- '-*' "$current"
            __assize_options $at
            return
        else if test $number -eq 0; and test -n "$(__assize_commands $at)"
            __assize_commands $at
            return
        end
        set waiting (math $number + 1)
    end
    set -l values (__assize_values "$at|$waiting")
    or begin
        test -z "$current"; and __assize_options $at
        return
    end
    switch "$values[1]"
        case @file
            printf '%s\\n' $prefix(__fish_complete_path "$current")
        case @folder
            printf '%s\\n' $prefix(__fish_complete_directories "$current" '')
        case @other
        case '*'
            printf '%s\\n' $prefix$values
    end
end

complete -c assize -f -a '(__assize)'`

function wordsArm(place: Place, words: readonly Word[]): string {
  if (words.length === 0) return ''
  const lines = words.map(({ word, description }) => quoted(`${word}\t${description}`)).join(' ')
  return `        case ${quoted(placeName(place))}\n            printf '%s\\n' ${lines}\n`
}

function pattern({ key, isRepeated }: ValueRow): string {
  return quoted(isRepeated ? `${key.slice(0, key.lastIndexOf('|') + 1)}*` : key)
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
