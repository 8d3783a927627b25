import type { Io } from '../../cli/io.ts'
import { run } from '../../cli/program.ts'

/** What a command line wrote and how it ended. */
export type Run = { readonly exitCode: number; readonly out: string; readonly err: string }

/** Runs `assize …args` within this process, with its world replaced. */
export async function assize(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const lines = { out: [] as string[], err: [] as string[] }
  const io: Io = {
    out: (line) => void lines.out.push(line),
    err: (line) => void lines.err.push(line),
    paint: (_, text) => text,
  }
  const signal = new AbortController().signal
  const exitCode = await run(args, { io, env: { ...process.env, ...env }, signal })
  return { exitCode, out: lines.out.join('\n'), err: lines.err.join('\n') }
}
