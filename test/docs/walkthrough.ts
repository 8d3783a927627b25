import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

/** A command block of the document, and what it says that follows. */
type Block = { readonly commands: string; readonly output: string | undefined }

const FOLDER = '/tmp/assize-devnet'

/** npm starts each command; a busy machine takes its time. */
export const PATIENCE_MS = 240_000

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
  const folder = join(parent, 'devnet')
  const network: ChildProcessWithoutNullStreams = spawn(
    'bash',
    ['-c', `exec ${devnet?.commands.replaceAll(FOLDER, folder)}`],
    { env: cleanEnvironment() },
  )
  await textUntil(network.stderr, 'Ready.')
  const shell = openShell()
  return {
    length: blocks.length,
    async walk() {
      for (const { commands, output } of blocks) {
        const printed = await shell.run(commands.replaceAll(FOLDER, folder))
        if (output !== undefined) expect(comparable(printed), commands).toBe(comparable(output))
      }
    },
    async end() {
      shell.end()
      const ended = new Promise((resolve) => network.once('close', resolve))
      network.kill('SIGINT')
      await ended
      rmSync(parent, { recursive: true })
    },
  }
}

/** Command blocks in their order, each with the text block that follows it. */
function blocksOf(markdown: string): Block[] {
  const fences = [...markdown.matchAll(/^```(sh|text)\n(.*?)^```$/gms)]
  return fences.flatMap(([, kind, commands = ''], i) => {
    if (kind !== 'sh') return []
    const [, next, text] = fences[i + 1] ?? []
    return [{ commands, output: next === 'text' ? text : undefined }]
  })
}

/** Without what differs from run to run: hashes, instants, what is left until them, and the last digits of gas. */
function comparable(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/0x[0-9a-fA-F]{40,64}/g, '0x…')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/\((in )?\d+ (d|h|min|s)( \d+ (h|min|s))?( ago)?\)/g, '(WHEN)')
    .replaceAll(/(about|at most) 0\.000\d+ ETH/g, '$1 GAS')
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
