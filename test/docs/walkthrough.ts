import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { freePort } from '../cli/free-port.ts'

/** A command block of the document, and what it says that follows. */
type Block = {
  readonly commands: string
  readonly output: string | undefined
  /** Another terminal than that of the shell, by its name. */
  readonly terminal: string | undefined
}

const FOLDER = '/tmp/assize-devnet'
/** What documents give a node as http_port. */
const PORT = '9464'
/** A block of another terminal that ends what runs there. */
const CTRL_C = '^C'

/** A document whose first command block starts a network, with that network and a shell for the others. */
export type Walkthrough = {
  /** How many blocks follow the first. */
  readonly length: number
  /** Runs them all; each must print what the document says. */
  walk(): Promise<void>
  end(): Promise<void>
}

/** Starts the network of the first block of `document`, in a folder of its own. */
export async function openWalkthrough(document: string): Promise<Walkthrough> {
  const [devnet, ...blocks] = blocksOf(readFileSync(document, 'utf8'))
  const parent = mkdtempSync(join(tmpdir(), 'assize-walkthrough-'))
  const own = { folder: join(parent, 'devnet'), port: String(await freePort()) }
  const here = (text: string): string => text.replaceAll(FOLDER, own.folder).replaceAll(PORT, own.port)
  const network = openTerminal(here(devnet?.commands ?? ''))
  await textUntil(network.child.stderr, 'Ready.')
  const shell = openShell()
  const terminals = new Map<string, Terminal>()
  return {
    length: blocks.length,
    async walk() {
      for (const { commands, output, terminal } of blocks) {
        if (terminal !== undefined) await typeInto(terminals, terminal, here(commands))
        else {
          const printed = await shell.run(here(commands))
          const there = printed.replaceAll(own.folder, FOLDER).replaceAll(own.port, PORT)
          if (output !== undefined) expect(comparable(there), commands).toBe(comparable(output))
        }
      }
    },
    async end() {
      shell.end()
      for (const terminal of [...terminals.values(), network]) await terminal.interrupt()
      rmSync(parent, { recursive: true })
    },
  }
}

/** Starts what runs until Ctrl-C in a terminal of its own, until it has said its first line; or presses Ctrl-C there. */
async function typeInto(terminals: Map<string, Terminal>, name: string, commands: string): Promise<void> {
  if (commands.trim() === CTRL_C) {
    const terminal = terminals.get(name)
    if (terminal === undefined) throw new Error(`Expected something that runs in terminal ${name}, got nothing.`)
    await terminal.interrupt()
    terminals.delete(name)
    return
  }
  const terminal = openTerminal(commands)
  terminals.set(name, terminal)
  await textUntil(terminal.child.stdout, '{')
}

/** Command blocks in their order, each with the text block that follows it; of another terminal also Ctrl-C. */
export function blocksOf(markdown: string): Block[] {
  const fences = [...markdown.matchAll(/^```(sh|text)(?: terminal=(\w+))?\n(.*?)^```$/gms)]
  return fences.flatMap(([, kind, terminal, commands = ''], i) => {
    if (kind !== 'sh' && terminal === undefined) return []
    const [, next, elsewhere, text] = fences[i + 1] ?? []
    return [{ commands, output: next === 'text' && elsewhere === undefined ? text : undefined, terminal }]
  })
}

/** Without what differs from run to run: hashes, instants, what is left until them, blocks, room, and the last digits of gas. */
function comparable(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/0x[0-9a-fA-F]{40,}/g, '0x…')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/\((in )?\d+ (d|h|min|s)( \d+ (h|min|s))?( ago)?\)/g, '(WHEN)')
    .replaceAll(/(about|at most) 0\.00\d+ ETH/g, '$1 GAS')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ENDPOINT')
    .replaceAll(/ENDPOINT: block \d+ of/g, 'ENDPOINT: BLOCK')
    .replaceAll(/[\d.]+ GB free/g, 'ROOM free')
}

type Terminal = { readonly child: ChildProcessWithoutNullStreams; interrupt(): Promise<void> }

/** A terminal of its own, in which one thing runs until Ctrl-C. */
function openTerminal(commands: string): Terminal {
  // Ctrl-C goes to all that runs in a terminal: a group of processes.
  const child = spawn('bash', ['-c', commands], { env: cleanEnvironment(), detached: true })
  const ended = new Promise((resolve) => child.once('close', resolve))
  return {
    child,
    async interrupt() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT')
      await ended
    },
  }
}

type Shell = { run(commands: string): Promise<string>; end(): void }

/** One shell for all blocks, so that what one sets the next one has. Talk, on stderr, counts only if it is an error. */
function openShell(): Shell {
  const bash = spawn('bash', [], { env: cleanEnvironment() })
  let turn = 0
  return {
    async run(commands) {
      turn += 1
      const end = `end of block ${turn}`
      const [out, err] = [textUntil(bash.stdout, end), errorsUntil(bash.stderr, end)]
      bash.stdin.write(`${commands}\necho '${end}'; echo '${end}' >&2\n`)
      return `${await out}${await err}`
    },
    end: () => void bash.kill(),
  }
}

/** Talk that is an error, until the line that begins with `last`. */
async function errorsUntil(stream: NodeJS.ReadableStream, last: string): Promise<string> {
  const lines = (await textUntil(stream, last)).split('\n').filter((line) => line.startsWith('error: '))
  return lines.map((line) => `${line}\n`).join('')
}

/** What is written before the line that begins with `last`; rejects if the stream ends without it. */
function textUntil(stream: NodeJS.ReadableStream, last: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  const read = (chunk: Buffer): void => {
    text += chunk.toString()
    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.startsWith(last))
    if (at !== -1)
      resolve(
        lines
          .slice(0, at)
          .map((line) => `${line}\n`)
          .join(''),
      )
  }
  const end = (): void => reject(new Error(`Expected "${last}", got the end after: ${text}`))
  stream.on('data', read).once('end', end)
  return promise.finally(() => stream.off('data', read).off('end', end))
}

/** Nothing of whoever runs the tests leaks into the document's commands. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(ASSIZE_|FIXING$|npm_|VITEST|NODE_OPTIONS)/.test(name))
  return { ...Object.fromEntries(own), NO_COLOR: '1' }
}
