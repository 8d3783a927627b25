import type { Command } from 'commander'
import { sleep } from '../../cli/clock.ts'
import type { Context } from '../../cli/context.ts'
import { programWith } from '../../cli/program.ts'

/** Every command with its options; none of them is run. */
export function wholeProgram(): Promise<Command> {
  return programWith(() => true, silentWorld(), ignore)
}

/** A world that writes nowhere and has nobody to ask. */
export function silentWorld(): Context {
  const silent = {
    isTerminal: false,
    out: ignore,
    err: ignore,
    redraw: ignore,
    paint: (_: unknown, text: string) => text,
  }
  const signal = new AbortController().signal
  return { io: silent, env: {}, signal, now: () => 0n, monotonicMs: () => 0, sleep, terminal: undefined }
}

function ignore(): void {}
