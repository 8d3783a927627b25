import type { Command, Option } from 'commander'
import { EXIT_MEANINGS } from '../../cli/exit-code.ts'
import { wholeProgram } from '../cli/whole-program.ts'
import { anchor, code, DEFAULT, NOTICE, table, withoutDefault } from './markdown.ts'

/** An option that so many commands have is described once. */
const SHARED_BY = 5

/** docs/reference/commands.md: every command as the parser has it. */
export async function commandsReference(): Promise<string> {
  const commands = leavesOf(await wholeProgram())
  const shared = sharedOptions(commands)
  const lines = [
    '# Commands',
    '',
    NOTICE,
    '',
    'Every help says the same: `assize <command> --help`. Which command is for what is in [the index of the documents](../README.md).',
    '',
    ...table(
      ['command', 'what it does'],
      commands.map((each) => [`[${nameOf(each)}](#${anchor(nameOf(each))})`, each.description()]),
    ),
    '## Options that many commands have',
    '',
    'A flag goes before the environment.',
    '',
    ...optionTable([...shared.values()].map(({ option }) => option)),
    '## Environment',
    '',
    'A node and the commands that have its `--config` read every setting of [the configuration](settings.md) from `ASSIZE_…` too.',
    '',
    ...environmentTable(commands),
    '## Exit codes',
    '',
    ...table(
      ['code', 'meaning'],
      EXIT_MEANINGS.map(([exit, meaning]) => [String(exit), meaning]),
    ),
    ...commands.flatMap((each) => sectionOf(each, shared)),
  ]
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

/** The name of every command that can be run, such as `fixing list`. */
export async function commandNames(): Promise<string[]> {
  return leavesOf(await wholeProgram()).map((each) => nameOf(each).replace('assize ', ''))
}

/** Commands that do something, in the order of the help. */
function leavesOf(command: Command): Command[] {
  const below = command.commands.flatMap(leavesOf)
  const isGroup =
    command.commands.length > 0 && command.options.length === 0 && command.registeredArguments.length === 0
  return isGroup || command.parent === null ? below : [command, ...below]
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

type Shared = ReadonlyMap<string, { readonly option: Option; readonly count: number }>

/** Two commands mean the same by an option if they say the same of it; of --json all mean the same. */
const keyOf = ({ flags, description }: Option): string => (flags === '--json' ? flags : `${flags} ${description}`)

function sharedOptions(commands: readonly Command[]): Shared {
  const counts = new Map<string, { option: Option; count: number }>()
  for (const option of commands.flatMap(({ options }) => options)) {
    counts.set(keyOf(option), { option, count: (counts.get(keyOf(option))?.count ?? 0) + 1 })
  }
  return new Map([...counts].filter(([, { count }]) => count >= SHARED_BY))
}

function sectionOf(command: Command, shared: Shared): string[] {
  const own = command.options.filter((option) => !shared.has(keyOf(option)))
  const common = command.options.filter((option) => shared.has(keyOf(option)))
  const args = command.registeredArguments.map((argument) => {
    const { required, variadic, description, argChoices } = argument
    const shown = `${argument.name()}${variadic ? '…' : ''}`
    const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`
    return [code(required ? `<${shown}>` : `[${shown}]`), `${description}${choices}`]
  })
  return [
    '',
    `## ${nameOf(command)}`,
    '',
    command.description(),
    '',
    '```text',
    `${nameOf(command)} ${command.usage()}`,
    '```',
    '',
    ...(args.length === 0 ? [] : table(['argument', 'meaning'], args)),
    ...(own.length === 0 ? [] : optionTable(own)),
    ...(common.length === 0
      ? []
      : [
          `Also [${common.map(({ long, flags }) => code(long ?? flags)).join(', ')}](#options-that-many-commands-have).`,
          '',
        ]),
    ...afterText(command),
  ]
}

/** What the help says below the options: notes and examples. */
function afterText(command: Command): string[] {
  let text = ''
  command.configureOutput({ writeOut: (part) => void (text += part) })
  command.outputHelp()
  const after = text.slice(text.indexOf(command.helpInformation()) + command.helpInformation().length).trim()
  return after === '' ? [] : ['```text', after, '```', '']
}

function optionTable(options: readonly Option[]): string[] {
  return table(
    ['option', 'meaning', 'default'],
    options.map((option) => [
      code(option.flags),
      `${withoutDefault(option.description)}${option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`}${option.mandatory ? '; **required**' : ''}`,
      defaultOf(option),
    ]),
  )
}

function defaultOf({ defaultValue, defaultValueDescription, description }: Option): string {
  const [, said] = DEFAULT.exec(description) ?? []
  const text = said ?? defaultValueDescription ?? (defaultValue === undefined ? '' : String(defaultValue))
  return text.replaceAll(/\$ASSIZE_\w+/g, code)
}

/** The environment variables that descriptions name, and the options that they stand for. */
function environmentTable(commands: readonly Command[]): string[] {
  const named = new Map<string, Set<string>>()
  for (const { description, long, flags } of commands.flatMap(({ options }) => options)) {
    for (const [name] of description.matchAll(/ASSIZE_\w+/g)) {
      named.set(name, (named.get(name) ?? new Set()).add(code(long ?? flags)))
    }
  }
  const rows = [...named]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, options]) => [code(name), [...options].join(', ')])
  return table(['variable', 'instead of'], rows)
}
