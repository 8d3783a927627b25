import type { Command } from 'commander'
import { programOf } from '../../cli/program.ts'

/** Every command with its options; none of them is run. */
export function wholeProgram(): Command {
  const silent = {
    isTerminal: false,
    out: ignore,
    err: ignore,
    redraw: ignore,
    paint: (_: unknown, text: string) => text,
  }
  const signal = new AbortController().signal
  return programOf({ io: silent, env: {}, signal, now: () => 0n, terminal: undefined }, ignore)
}

function ignore(): void {}
