import manifest from 'assize/package.json' with { type: 'json' }
import { Command, CommanderError } from 'commander'
import { CATALOGUE, calledBy, type Entry } from './catalogue.ts'
import type { Context } from './context.ts'
import { filledIn } from './environment.ts'
import { failureOf } from './errors.ts'
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.ts'
import { failureDocument, failureLine } from './failure.ts'
import { requireNoSecrets } from './misplaced.ts'
import { wrapped } from './wrapped.ts'

const EXIT_CODES = [
  '\nExit codes:',
  ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning.replaceAll('`', '')}`),
].join('\n')

/** Runs one command line and returns its exit code. Never throws and never ends the process. */
export async function run(args: readonly string[], world: Context): Promise<ExitCode> {
  const context = { ...world, env: filledIn(world.env) }
  const { io } = context
  let exitCode: ExitCode = EXIT.ok
  const called = calledBy(args)
  let line = args
  let program: Command | undefined
  try {
    program = await programWith(
      (entry) => entry === called,
      context,
      (code) => {
        exitCode = code
      },
    )
    line = withoutHelp(args, program)
    await program.parseAsync(line, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    const failure = failureOf(error, helpFor(line, program, error))
    const document = failureDocument(failure, args)
    if (document !== undefined) io.out(document)
    io.err(failureLine(failure, io))
    return failure.exitCode
  }
}

/**
 * `help contribute` as `contribute --help`, and `help nothing` as `nothing`: the parser names an unknown command, and those that are near, for what
 * is called, not for what is asked about.
 */
function withoutHelp(args: readonly string[], program: Command): readonly string[] {
  const at = args.indexOf('help')
  const [before, named] = [args.slice(0, Math.max(at, 0)), args.slice(at + 1).filter((word) => !word.startsWith('-'))]
  if (at < 0 || named.length === 0) return args
  const words: string[] = []
  let command = program
  for (const word of [...before, ...named]) {
    const inner = command.commands.find((one) => one.name() === word)
    // An argument of a command that has none below it, or one that is no help.
    if (inner === undefined && (command.commands.length === 0 || words.length < before.length)) return args
    words.push(word)
    if (inner === undefined) return [...words, ...args.filter((one) => one.startsWith('-'))]
    command = inner
  }
  return [...words, '--help']
}

/** An id of a fixing; hashes of transactions look the same. */
const ID = /^0x[0-9a-fA-F]{64}$/

/** The help of the innermost command that the words call; for an id where it takes none, the command with its option for ids. */
function helpFor(args: readonly string[], program: Command | undefined, error: unknown): string {
  const words = ['assize']
  let at = program
  let called: Command | undefined
  for (const word of args) {
    at = at?.commands.find((command) => command.name() === word)
    if (at === undefined) break
    words.push(word)
    called = at
  }
  const isExcess = error instanceof CommanderError && error.code === 'commander.excessArguments'
  const instead = isExcess && args.some((word) => ID.test(word)) ? optionFor(called) : undefined
  return [...words, ...(instead ?? ['--help'])].join(' ')
}

/** The command's option for ids, undefined if it has none. The id is left out: a private key looks the same. */
function optionFor(called: Command | undefined): readonly string[] | undefined {
  const has = (wanted: string): boolean => called?.options.some(({ flags }) => flags === wanted) === true
  if (has('--fixings <ids>')) return ['--fixings', 'IDS']
  return has('--fixing <id>') ? ['--fixing', 'ID'] : undefined
}

/** The program with the code of the commands that are `wanted`; of the others it knows name and description. */
export async function programWith(
  wanted: (entry: Entry) => boolean,
  context: Context,
  done: (code: ExitCode) => void,
): Promise<Command> {
  const program = new Command('assize')
    .description('A slow, contestable oracle network for index values at maturity.')
    .version(manifest.version, '-V, --version', 'print the version of assize')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.io.out(fitted(text.trimEnd(), context.io)),
      writeErr: (text) => context.io.err(text.trimEnd()),
      outputError: () => undefined, // reported once, by who runs it
    })
    .showHelpAfterError(false)
    .addHelpText('after', EXIT_CODES)
    .hook('preAction', (_, called) => requireNoSecrets(called))
  for (const { heading, entries } of CATALOGUE) {
    for (const entry of entries) {
      if (wanted(entry)) (await entry.load())(program, context, done)
      for (const [name, summary] of Object.entries(entry.summaries)) {
        commandNamed(name, program).description(summary).helpGroup(heading)
      }
    }
  }
  return program
}

/** A help's text as the terminal has room for; the parser fits its own part alone. */
function fitted(text: string, io: Context['io']): string {
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, io))
    .join('\n')
}

function commandNamed(name: string, program: Command): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name)
}
