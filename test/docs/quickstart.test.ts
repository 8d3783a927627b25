import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A command block of the document, and what it says that follows. */
type Block = { readonly commands: string; readonly output: string | undefined }

const FOLDER = '/tmp/assize-devnet'
/** npm starts each command; a busy machine takes its time. */
const PATIENCE_MS = 240_000

const [devnet, ...blocks] = blocksOf(readFileSync('docs/quickstart.md', 'utf8'))
let parent: string
let folder: string
let network: ChildProcessWithoutNullStreams
let shell: Shell

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'assize-quickstart-'))
  folder = join(parent, 'devnet')
  network = spawn('bash', ['-c', `exec ${devnet?.commands.replaceAll(FOLDER, folder)}`], { env: cleanEnvironment() })
  await textUntil(network.stderr, 'Ready.')
  shell = openShell()
}, PATIENCE_MS)
afterAll(async () => {
  shell.end()
  const ended = new Promise((resolve) => network.once('close', resolve))
  network.kill('SIGINT')
  await ended
  rmSync(parent, { recursive: true })
})

test(
  'every command block of docs/quickstart.md prints what the document says, on a network of its own',
  async () => {
    expect(blocks.length).toBeGreaterThan(8)
    for (const { commands, output } of blocks) {
      const printed = await shell.run(commands.replaceAll(FOLDER, folder))
      if (output !== undefined) expect(comparable(printed), commands).toBe(comparable(output))
    }
  },
  PATIENCE_MS,
)

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
