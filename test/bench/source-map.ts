import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { ROOT } from '../model/artifacts.ts'

/** Where compiled code comes from. */
export type Origin = {
  /** From the root of the repository. */
  readonly path: string
  /** The function or modifier around it; undefined for what the compiler adds: dispatch, decoding, encoding. */
  readonly routine: string | undefined
}

const OUT = join(ROOT, 'contracts', 'out')
const PUSH1 = 0x60
const PUSH32 = 0x7f

/** Which source each program counter of a deployed contract comes from. Throws {@link StaleBuildError}. */
export function originsOf(contract: string, bytecode: Hex): (pc: number) => Origin | undefined {
  const artifact = readJson(join(OUT, `${contract}.sol`, `${contract}.json`)) as Artifact // forge's own format
  if (artifact.bytecode.object !== bytecode) throw new StaleBuildError(contract)
  const paths = sourcePaths(artifact)
  const instructions = instructionsOf(artifact.deployedBytecode.object)
  const entries = entriesOf(artifact.deployedBytecode.sourceMap)
  const sources = new Map<string, Buffer>()
  return (pc) => {
    const entry = entries[instructions.get(pc) ?? -1]
    const path = entry === undefined ? undefined : paths[entry.file]
    if (entry === undefined || path === undefined) return undefined
    const source = sources.get(path) ?? readFileSync(join(ROOT, path))
    sources.set(path, source)
    return { path, routine: routineAround(source, entry) }
  }
}

/** What forge built is not what was deployed. */
export class StaleBuildError extends Error {
  override readonly name = 'Bench.StaleBuildError'
  constructor(contract: string) {
    super(`Expected the committed bytecode of ${contract} to be what forge built. Run npm run build:abi.`)
  }
}

type Artifact = {
  readonly bytecode: { readonly object: Hex }
  readonly deployedBytecode: { readonly object: Hex; readonly sourceMap: string }
  readonly metadata: { readonly settings: { readonly compilationTarget: Readonly<Record<string, string>> } }
}

/** By the compiler's version, then by the profile, of which each source of the product has one. */
type Builds = Readonly<Record<string, Readonly<Record<string, { readonly build_id: string }>>>>
type Cache = { readonly files: Readonly<Record<string, { readonly artifacts: Readonly<Record<string, Builds>> }>> }
type BuildInfo = { readonly source_id_to_path: Readonly<Record<string, string>> }

/** The compiler's numbers of the sources, from the very build: builds number them each in their own way. */
function sourcePaths({ metadata }: Artifact): Readonly<Record<string, string>> {
  const [[path, contract] = ['', '']] = Object.entries(metadata.settings.compilationTarget)
  const cache = readJson(join(ROOT, 'contracts', 'cache', 'solidity-files-cache.json')) as Cache // forge's own format
  const [build] = Object.values(cache.files[path]?.artifacts[contract] ?? {}).flatMap((built) => Object.values(built))
  const info = join(OUT, 'build-info', `${build?.build_id}.json`)
  return (readJson(info) as BuildInfo).source_id_to_path // forge's own format
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** The index of the instruction at each program counter: push data takes no instruction. */
function instructionsOf(code: Hex): ReadonlyMap<number, number> {
  const bytes = Buffer.from(code.slice(2), 'hex')
  const indexes = new Map<number, number>()
  for (let pc = 0; pc < bytes.length; pc += 1) {
    indexes.set(pc, indexes.size)
    const op = bytes[pc] ?? 0
    if (op >= PUSH1 && op <= PUSH32) pc += op - PUSH1 + 1
  }
  return indexes
}

type Entry = { readonly start: number; readonly length: number; readonly file: number }

/** The compressed source map, `s:l:f:j:m` by instruction; an empty field repeats the one before. */
function entriesOf(sourceMap: string): readonly Entry[] {
  let [start, length, file] = [0, 0, -1]
  return sourceMap.split(';').map((text) => {
    const [s, l, f] = text.split(':')
    if (s !== undefined && s !== '') start = Number(s)
    if (l !== undefined && l !== '') length = Number(l)
    if (f !== undefined && f !== '') file = Number(f)
    return { start, length, file }
  })
}

/** A range that is no part of one routine is the contract's: what the compiler adds around its functions. */
function routineAround(source: Buffer, { start, length }: Entry): string | undefined {
  const range = source.subarray(start, start + length).toString()
  if (/^(?:abstract contract|contract|library)\b/.test(range)) return undefined
  if (/^function\b[^{]*\b(?:external|public)\b/.test(range)) return undefined
  const own = /^(?:function|modifier)\s+(\w+)/.exec(range)?.[1]
  if (own !== undefined) return own
  return [
    ...source
      .subarray(0, start)
      .toString()
      .matchAll(/\b(?:function|modifier)\s+(\w+)/g),
  ].at(-1)?.[1]
}
