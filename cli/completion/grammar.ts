import type { Argument, Command, Option } from 'commander'

/** What a value is completed with; `other`: with nothing, only the person knows it. */
export type Values = 'file' | 'folder' | 'other' | readonly string[]

/** A word that may be typed, and what it does. */
export type Word = { readonly word: string; readonly description: string }

/** A command, by the words that name it (none: the program itself), and what may follow them. */
export type Place = {
  readonly words: readonly string[]
  readonly commands: readonly Word[]
  readonly options: readonly (Word & { readonly values: Values | undefined })[]
  readonly arguments: readonly { readonly values: Values; readonly isRepeated: boolean }[]
}

/** What the placeholders of options and arguments say of their values. */
const PLACEHOLDERS: Readonly<Record<string, Values>> = {
  file: 'file',
  files: 'file',
  'file or id': 'file',
  csv: 'file',
  keystore: 'file',
  consent: 'file',
  path: 'file',
  dir: 'folder',
  folder: 'folder',
}

/** All that can be typed, command by command, the program first. What its help hides is left out. */
export function grammarOf(program: Command): Place[] {
  return placesOf(program, [])
}

function placesOf(command: Command, words: readonly string[]): Place[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command).filter((child) => child.name() !== 'help')
  const place: Place = {
    words,
    commands: commands.map((child) => ({ word: child.name(), description: firstSentence(child.description()) })),
    options: help.visibleOptions(command).flatMap(optionWords),
    arguments: command.registeredArguments.map((argument) => ({
      values: valuesOfArgument(argument),
      isRepeated: argument.variadic,
    })),
  }
  return [place, ...commands.flatMap((child) => placesOf(child, [...words, child.name()]))]
}

function optionWords(option: Option): Place['options'] {
  const { long, description, required, optional, argChoices } = option
  if (long === undefined || long === null) return []
  const placeholder = /<(.+)>$/.exec(option.flags)?.[1] ?? ''
  const values = argChoices ?? PLACEHOLDERS[placeholder] ?? 'other'
  return [{ word: long, description: firstSentence(description), values: required || optional ? values : undefined }]
}

function valuesOfArgument(argument: Argument): Values {
  return argument.argChoices ?? PLACEHOLDERS[argument.name()] ?? 'other'
}

/** What it says before its defaults and details: one line beside a word. */
function firstSentence(text: string): string {
  return text.split(/[.:;]? \(|[.:;] |\.$/, 1)[0] ?? text
}
