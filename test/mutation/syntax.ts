import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A node of solc's syntax tree. `src` is `start:length:file`, in bytes. */
export type Node = { readonly nodeType: string; readonly src: string; readonly [field: string]: unknown }

export type Span = { readonly start: number; readonly end: number }

/** A source as the bytes that solc counts (one character each) with its tree. */
export type Source = { readonly file: string; readonly text: string; readonly tree: Node }

/** What the compiler found wrong, with its place in a source where it has one. */
export type Fault = { readonly message: string; readonly file: string | undefined; readonly span: Span }

type Output = {
  readonly errors?: readonly {
    readonly severity: string
    readonly message: string
    readonly sourceLocation?: { readonly file: string; readonly start: number; readonly end: number }
  }[]
  readonly sources: Readonly<Record<string, { readonly ast: Node }>>
}

type Compiler = {
  compile(input: string, options: { import: (path: string) => { contents: string } }): string
}

const REMAPPINGS = [
  '@openzeppelin/contracts/=node_modules/@openzeppelin/contracts/',
  'solady/=node_modules/solady/src/',
  'src/=contracts/src/',
]

let compiler: Compiler | undefined

/** Reads a source in solc's own count: one character per byte, so that spans are indices. */
export function readSource(root: string, file: string): string {
  return readFileSync(join(root, file), 'latin1')
}

/** The trees of `files` and of all that they import from contracts/src. Throws {@link SyntaxFaultError}. */
export function parse(root: string, files: readonly string[]): readonly Source[] {
  const { errors = [], sources } = run(root, new Map(files.map((file) => [file, readSource(root, file)])), ['ast'])
  const fault = errors.find(({ severity }) => severity === 'error')
  if (fault !== undefined) throw new SyntaxFaultError(fault.message)
  return Object.entries(sources)
    .filter(([file]) => file.startsWith('contracts/src/'))
    .map(([file, { ast }]) => ({ file, text: readSource(root, file), tree: ast }))
}

/** What the compiler refuses in `texts` (by file; others are read from `root`): names and types only, no code is made. */
export function faultsOf(root: string, texts: ReadonlyMap<string, string>): readonly Fault[] {
  const { errors = [] } = run(root, texts, ['abi'])
  return errors
    .filter(({ severity }) => severity === 'error')
    .map(({ message, sourceLocation: at }) => ({
      message,
      file: at?.file,
      span: { start: at?.start ?? -1, end: at?.end ?? -1 },
    }))
}

function run(root: string, texts: ReadonlyMap<string, string>, wanted: readonly string[]): Output {
  const sources = Object.fromEntries([...texts].map(([file, text]) => [file, { content: asUtf8(text) }]))
  const outputs = wanted.includes('ast') ? { '*': { '': wanted } } : { '*': { '*': wanted } }
  const input = { language: 'Solidity', sources, settings: { remappings: REMAPPINGS, outputSelection: outputs } }
  compiler ??= load()
  const read = (path: string): { contents: string } => ({
    contents: asUtf8(texts.get(path) ?? readSource(root, path)),
  })
  return JSON.parse(compiler.compile(JSON.stringify(input), { import: read })) as Output // solc's standard JSON
}

/** Text for everyone else from text in the count of solc. */
export function asUtf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}

/** solc listens to failures of the process in its own way; they are ours. */
function load(): Compiler {
  const loaded = createRequire(import.meta.url)('solc') as Compiler // the package has no types
  process.removeAllListeners('uncaughtException')
  process.removeAllListeners('unhandledRejection')
  return loaded
}

export function spanOf({ src }: Node): Span {
  const [start = 0, length = 0] = src.split(':').map(Number)
  return { start, end: start + length }
}

/** The node's field that is a node, if there is one. */
export function child(node: Node, field: string): Node | undefined {
  const value = node[field]
  return isNode(value) ? value : undefined
}

/** The nodes of a field that is a list. */
export function list(node: Node, field: string): readonly Node[] {
  const value: unknown = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

export function word(node: Node, field: string): string {
  const value = node[field]
  return typeof value === 'string' ? value : ''
}

/** solc's name of an expression's type: `t_uint256`, `t_bool`, `t_rational_3_by_1` … */
export function typeOf(node: Node): string {
  const types = node['typeDescriptions'] as { readonly typeIdentifier?: string } | undefined
  return types?.typeIdentifier ?? ''
}

/** Every node directly under this one. */
export function children(node: Node): readonly Node[] {
  return Object.entries(node)
    .filter(([field]) => field !== 'typeDescriptions' && field !== 'documentation')
    .flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'nodeType' in value
}

/** The sources do not compile as they are. */
export class SyntaxFaultError extends Error {
  override readonly name = 'Mutation.SyntaxFaultError'
  constructor(message: string) {
    super(`Expected sources that compile, got: ${message}`)
  }
}
