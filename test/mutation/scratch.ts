import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A copy of the repository whose sources can be broken, compiled and tested without touching the original. */
export class Scratch {
  readonly root: string
  readonly #changed = new Map<string, string>()

  private constructor(root: string) {
    this.root = root
  }

  /**
   * Copies every file that git knows or would add to `folder`. What an earlier copy there has built is kept, so that
   * only what changed since is compiled again; sources that are gone are removed.
   */
  static open(folder: string): Scratch {
    for (const path of ['contracts/src', 'test']) rmSync(join(folder, path), { recursive: true, force: true })
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const paths = listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)))
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      cpSync(join(ROOT, path), join(folder, path), { preserveTimestamps: true })
    }
    const modules = join(folder, 'node_modules')
    // A folder that was used from another clone links to that one's.
    rmSync(modules, { force: true })
    symlinkSync(join(ROOT, 'node_modules'), modules)
    quickenVersion(folder)
    return new Scratch(folder)
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  /** Replaces a source until {@link restore}. */
  write(path: string, text: string): void {
    if (!this.#changed.has(path)) this.#changed.set(path, this.read(path))
    writeFileSync(join(this.root, path), text)
  }

  /** Puts back every source that was replaced. */
  restore(): void {
    for (const [path, text] of this.#changed) writeFileSync(join(this.root, path), text)
    this.#changed.clear()
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** Forge asks its compiler for the version at every start, and loading ours takes half a second: a copy knows it. */
function quickenVersion(folder: string): void {
  const [path, compiler] = ['solc', 'solc-itself'].map((name) => join(folder, 'tools', name)) as [string, string] // two names
  const version = execFileSync(join(ROOT, 'tools', 'solc'), ['--version'], { encoding: 'utf8' }).trim()
  cpSync(join(ROOT, 'tools', 'solc'), compiler)
  rmSync(path)
  writeFileSync(path, `#!/bin/sh\ncase "$1" in --version) echo '${version}' ;; *) exec "${compiler}" "$@" ;; esac\n`)
  chmodSync(path, 0o755)
}
