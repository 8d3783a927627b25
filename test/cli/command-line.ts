import { systemTime } from '../../cli/clock.ts'
import type { Context } from '../../cli/context.ts'
import type { Io } from '../../cli/io.ts'
import { run } from '../../cli/program.ts'

/** What a command line wrote and how it ended. */
export type Run = { readonly exitCode: number; readonly out: string; readonly err: string }

/** Runs `assize …args` within this process, with its world replaced: nobody to ask, unless `world` has somebody. */
export async function assize(
  args: readonly string[],
  env: Record<string, string> = {},
  world: Partial<Context> = {},
): Promise<Run> {
  const lines = { out: [] as string[], err: [] as string[] }
  const io: Io = {
    isTerminal: false,
    out: (line) => void lines.out.push(line),
    err: (line) => void lines.err.push(line),
    redraw: (shown) => void lines.out.push(...shown),
    paint: (_, text) => text,
  }
  const signal = new AbortController().signal
  const context = { io, env: { ...process.env, ...env }, signal, now: systemTime, terminal: undefined, ...world }
  const exitCode = await run(args, context)
  return { exitCode, out: lines.out.join('\n'), err: lines.err.join('\n') }
}
