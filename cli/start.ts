import { enableCompileCache } from 'node:module'
import process from 'node:process'
import { sleep, systemTime, uptimeMs } from './clock.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { failureLine } from './failure.ts'
import { COMPILE_CACHE } from './places.ts'
import { streamIo } from './io.ts'
import { terminalOf } from './terminal.ts'

/** Runs the command line of this process, with its streams, environment and signals; returns its exit code. */
export async function start(): Promise<ExitCode> {
  // Parsing viem takes most of a command's start. Only what is imported from here on is remembered.
  enableCompileCache(COMPILE_CACHE)
  const { run } = await import('./program.ts')
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Handlers stay: a second Ctrl-C must not end us before the children are gone.
    process.on(name, () => interruption.abort())
  }
  const io = streamIo(process, process.env)
  const exitCode = await run(process.argv.slice(2), {
    io,
    env: process.env,
    signal: interruption.signal,
    now: systemTime,
    monotonicMs: uptimeMs,
    sleep,
    terminal: terminalOf(process.stdin, process.stderr),
  })
  const lost = await io.lost()
  if (lost === undefined) return exitCode
  const [{ failureOf }, { LostOutputError }] = await Promise.all([import('./errors.ts'), import('./output-file.ts')])
  io.err(failureLine(failureOf(new LostOutputError(lost)), io))
  return exitCode === EXIT.ok ? EXIT.failed : exitCode
}
