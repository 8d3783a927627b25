import manifest from 'assize/package.json' with { type: 'json' }
import { Command, CommanderError } from 'commander'
import { CATALOGUE, calledBy, type Entry } from './catalogue.ts'
import type { Context } from './context.ts'
import { failureDocument, failureLine, failureOf } from './errors.ts'
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.ts'

const EXIT_CODES = [
  '\nExit codes:',
  ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning.replaceAll('`', '')}`),
].join('\n')

/** Commands that print a document for each thing that they see, one a line. */
const STREAMS = new Set(['watch'])

/** Runs one command line and returns its exit code. Never throws and never ends the process. */
export async function run(args: readonly string[], context: Context): Promise<ExitCode> {
  const { io } = context
  let exitCode: ExitCode = EXIT.ok
  const called = calledBy(args)
  let program: Command | undefined
  try {
    program = await programWith(
      (entry) => entry === called,
      context,
      (code) => {
        exitCode = code
      },
    )
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    const failure = failureOf(error, helpFor(args, program))
    if (args.includes('--json')) io.out(failureDocument(failure, STREAMS.has(args[0] ?? '') ? 'line' : 'document'))
    io.err(failureLine(failure, io))
    return failure.exitCode
  }
}

/** The help of the innermost command that the words call. */
function helpFor(args: readonly string[], program: Command | undefined): string {
  const words = ['assize']
  let at = program
  for (const word of args) {
    at = at?.commands.find((command) => command.name() === word)
    if (at === undefined) break
    words.push(word)
  }
  return [...words, '--help'].join(' ')
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
      writeOut: (text) => context.io.out(text.trimEnd()),
      writeErr: (text) => context.io.err(text.trimEnd()),
      outputError: () => undefined, // reported once, by who runs it
    })
    .showHelpAfterError(false)
    .addHelpText('after', EXIT_CODES)
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

function commandNamed(name: string, program: Command): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name)
}
