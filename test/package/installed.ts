import { execFile } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'node_modules', '.bin')
/** What the compiler needs in the folder, beside what the package depends on. */
const TYPES = ['@types/node', 'undici-types']

/** A folder of somebody who has installed the packed package, and nothing but what it depends on. */
export type Installed = {
  readonly folder: string
  /** Where the package is unpacked. */
  readonly unpacked: string
  /** Paths in the tarball. */
  readonly files: readonly string[]
  /** Puts packages beside it that it only wants, as whoever needs them installs them. */
  add(names: readonly string[]): void
  /** Writes `text` to the file `name`. */
  write(name: string, text: string): void
  /** Runs a program of the repository's packages, such as node or tsc, in the folder; never throws for its exit code. */
  run(file: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  remove(): void
}

/** Modules by their names; `main` loads others when it needs them. */
export type Bundle = { readonly main: string; readonly files: ReadonlyMap<string, string> }

/** How a program ended. */
export type Ended = { readonly exitCode: number; readonly out: string; readonly err: string }

/** Builds and packs the package, and unpacks it beside links to the packages that it declares. */
export async function install(): Promise<Installed> {
  const base = mkdtempSync(join(tmpdir(), 'assize-package-'))
  const folder = join(base, 'consumer')
  const unpacked = join(folder, 'node_modules', 'assize')
  mkdirSync(unpacked, { recursive: true })
  const { out: tarball } = await must(ROOT, 'node', ['tools/package.mjs', base])
  await must(base, 'tar', ['-xzf', tarball.trim(), '--strip-components=1', '-C', unpacked])
  link(folder, [...dependencies(unpacked), ...TYPES])
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  await must(folder, 'npm', ['rebuild', '--offline', '--ignore-scripts', 'assize']) // links its executable, as npm install does
  return {
    folder,
    unpacked,
    files: globSync('**', { cwd: unpacked, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(unpacked, join(entry.parentPath, entry.name))),
    add: (names) => link(folder, names),
    write: (name, text) => writeFileSync(join(folder, name), text),
    run: (file, args, env) => run(folder, file, args, env),
    remove: () => rmSync(base, { recursive: true, force: true }),
  }
}

/** The files of the package that can be imported, by what they are imported as; a pattern stands for each of its files. */
export function entriesOf({ unpacked, files }: Installed): Map<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'))
  const { exports } = manifest as { exports: Record<string, string> } // package.json has them
  return new Map(
    Object.entries(exports)
      .filter(([, path]) => path.endsWith('.js'))
      .flatMap(([name, path]) => {
        const [before = '', after = ''] = path.slice(2).split('*')
        if (!path.includes('*')) return [[name, path.slice(2)] as const]
        return files
          .filter((file) => file.startsWith(before) && file.endsWith(after))
          .map((file) => [name.replace('*', file.slice(before.length, -after.length)), file] as const)
      })
      .map(([name, path]) => [`assize${name.slice(1)}`, path]),
  )
}

/** The module `text` of whoever installed the package, bundled for a browser. Throws for what a browser does not have. */
export async function bundleForBrowser(installed: Installed, text: string): Promise<Bundle> {
  installed.write('bundle.mjs', text)
  const folder = mkdtempSync(join(installed.folder, 'bundled-'))
  const args = ['bundle.mjs', '--dir', folder, '--format', 'esm', '--minify', '--platform', 'browser']
  const { exitCode, out, err } = await installed.run('rolldown', args)
  if (exitCode !== 0 || /unresolved|externalized|node:/i.test(`${out}${err}`)) {
    throw new Error(`Expected what a browser has, got: ${err}${out}`)
  }
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  return { main: 'bundle.js', files: new Map(files) }
}

/** The names of the packages that whoever installs the package at `unpacked` gets. */
export function dependencies(unpacked: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'))
  const { dependencies: all } = manifest as { dependencies: Record<string, string> } // package.json has them
  return Object.keys(all)
}

function link(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const at = join(folder, 'node_modules', name)
    mkdirSync(dirname(at), { recursive: true })
    if (!existsSync(at)) symlinkSync(join(ROOT, 'node_modules', name), at)
  }
}

async function must(cwd: string, file: string, args: readonly string[]): Promise<Ended> {
  const ended = await run(cwd, file, args)
  if (ended.exitCode !== 0)
    throw new Error(`Expected ${file} ${args.join(' ')} to succeed, got: ${ended.err}${ended.out}`)
  return ended
}

async function run(
  cwd: string,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const path = `${BIN}:${process.env['PATH'] ?? ''}`
  try {
    const options = { cwd, env: { ...process.env, PATH: path, ...env }, maxBuffer: 2 ** 26 }
    const { stdout, stderr } = await promisify(execFile)(file, args, options)
    return { exitCode: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string } // execFile's error
    if (typeof code !== 'number') throw error
    return { exitCode: code, out: stdout, err: stderr }
  }
}
