import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT, type Sources } from './sources.ts'

/** One remark of the compiler or of its model checker. Offsets are bytes of `file`. */
export type Remark = {
  readonly severity: string
  readonly code: string
  readonly message: string
  readonly file: string
  readonly start: number
}

/** What is asked of the compiler: sources and the settings of its standard JSON. */
export type Request = { readonly sources: Sources; readonly settings: Readonly<Record<string, unknown>> }

/** What the compiler answered. */
export type Answer = { readonly remarks: readonly Remark[]; readonly asts: Readonly<Record<string, unknown>> }

/** The compiler did not answer at all: nothing can be concluded from it. */
export class CompilerError extends Error {
  override name = 'Prove.CompilerError'
}

type RawOutput = {
  readonly errors?: readonly {
    readonly severity: string
    readonly errorCode?: string
    readonly message: string
    readonly sourceLocation?: { readonly file: string; readonly start: number }
  }[]
  readonly sources?: Readonly<Record<string, { readonly ast?: unknown }>>
}

/** Asks the compiler that builds the contracts (`tools/solc`) in a process of its own, so that no run depends on another. */
export async function ask({ sources, settings }: Request): Promise<Answer> {
  const inputs = Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }]))
  const output = await runCompiler(
    ['--standard-json'],
    JSON.stringify({ language: 'Solidity', sources: inputs, settings }),
  )
  // Only tools/solc writes this.
  const raw = JSON.parse(output) as RawOutput
  const remarks = (raw.errors ?? []).map(({ severity, errorCode = '', message, sourceLocation }) => ({
    severity,
    code: errorCode,
    message,
    file: sourceLocation?.file ?? '',
    start: sourceLocation?.start ?? -1,
  }))
  const asts = Object.fromEntries(Object.entries(raw.sources ?? {}).map(([name, { ast }]) => [name, ast]))
  return { remarks, asts }
}

/** The compiler's own words for its version. */
export async function compilerVersion(): Promise<string> {
  return /Version: (\S+)/.exec(await runCompiler(['--version'], ''))?.[1] ?? 'unknown'
}

/** Runs `tools/solc` with `input` on its stdin; what it wrote. Throws {@link CompilerError}. */
export function runCompiler(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(ROOT, 'tools', 'solc'), args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
    const stop = (): void => void child.kill()
    process.once('exit', stop)
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => out.push(part))
    child.stderr.on('data', (part: Buffer) => err.push(part))
    child.stdin.on('error', () => undefined)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('exit', stop)
      if (code === 0) resolve(Buffer.concat(out).toString())
      else
        reject(
          new CompilerError(
            `Expected an answer of tools/solc, got ${signal ?? `exit code ${code}`}. ${Buffer.concat(err).toString()}`,
          ),
        )
    })
    child.stdin.end(input)
  })
}
