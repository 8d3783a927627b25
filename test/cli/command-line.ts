import { sleep, systemTime, uptimeMs } from '../../cli/clock.ts'
import type { Context } from '../../cli/context.ts'
import type { Io } from '../../cli/io.ts'
import { run } from '../../cli/program.ts'

/** What a command line wrote and how it ended. */
export type Run = { readonly exitCode: number; readonly out: string; readonly err: string }

/** Runs `assize …args` within this process, with its world replaced: nobody to ask, unless `replaced` has somebody. */
export async function assize(
  args: readonly string[],
  env: Record<string, string> = {},
  replaced: Partial<Context> = {},
): Promise<Run> {
  const lines = { out: [] as string[], err: [] as string[] }
  const context = { ...world(lines), env: { ...process.env, ...env }, ...replaced }
  const exitCode = await run(args, context)
  return { exitCode, out: lines.out.join('\n'), err: lines.err.join('\n') }
}

function world(lines: { readonly out: string[]; readonly err: string[] }): Context {
  const io: Io = {
    isTerminal: false,
    out: (line) => void lines.out.push(line),
    err: (line) => void lines.err.push(line),
    redraw: (shown) => void lines.out.push(...shown),
    paint: (_, text) => text,
  }
  const signal = new AbortController().signal
  return { io, env: process.env, signal, now: systemTime, monotonicMs: uptimeMs, sleep, terminal: undefined }
}
