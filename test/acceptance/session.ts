import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What somebody types, with what is said of it before. */
export type Entry = {
  /** Lines of `#`: what is done, or which mistake is made. */
  readonly remarks: readonly string[]
  readonly command: string
}

/** What came of a command. */
export type Answer = { readonly out: string; readonly err: string; readonly exitCode: number }

const MISTAKE = '# Mistake: '

/** The entries of a session: remarks, `$ command`, and what was recorded of the answer, which is left out here. */
export function entriesOf(text: string): Entry[] {
  const entries: Entry[] = []
  let remarks: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) remarks.push(line)
    if (line.startsWith('$ ')) {
      entries.push({ remarks, command: line.slice(2) })
      remarks = []
    }
  }
  return entries
}

/** Which mistake an entry makes, in words; undefined for one that makes none. */
export function mistakeOf({ remarks }: Entry): string | undefined {
  return remarks.find((line) => line.startsWith(MISTAKE))?.slice(MISTAKE.length)
}

/** An entry with its answer as a session file has it: results as they are, talk and errors after `! `, then the exit code. */
export function recordOf({ remarks, command }: Entry, { out, err, exitCode }: Answer): string {
  const said = linesOf(err).map((line) => `! ${line}`.trimEnd())
  const lines = [...remarks, `$ ${command}`, ...linesOf(out), ...said, `= ${exitCode}`]
  return lines.map((line) => `${line}\n`).join('')
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** One shell for a session: what one command sets, the next one has. Nobody is there to be asked. */
export type Shell = { run(command: string): Promise<Answer>; end(): Promise<void> }

/** Opens a shell in `folder` whose `setUp` has run. */
export async function openShell(folder: string, setUp: string, env: NodeJS.ProcessEnv): Promise<Shell> {
  const files = mkdtempSync(join(tmpdir(), 'assize-session-'))
  const bash = spawn('bash', ['--norc'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ends = createInterface({ input: bash.stdout })[Symbol.asyncIterator]()
  const shell: Shell = {
    async run(command) {
      bash.stdin.write(`{ ${command}\n} >${files}/out 2>${files}/err </dev/null; echo "$?"\n`)
      const { value } = await ends.next()
      if (value === undefined) throw new Error(`Expected the shell to go on after ${command}, got its end.`)
      const [out, err] = ['out', 'err'].map((name) => readFileSync(join(files, name), 'utf8'))
      return { out: out ?? '', err: err ?? '', exitCode: Number(value) }
    },
    async end() {
      bash.stdin.end()
      await new Promise((resolve) => bash.once('close', resolve))
      rmSync(files, { recursive: true })
    },
  }
  const { exitCode, err } = await shell.run(setUp)
  if (exitCode !== 0) throw new Error(`Expected the session to be set up, got: ${err}`)
  return shell
}
