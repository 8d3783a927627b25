import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ask } from './compiler.ts'
import { readSource, ROOT, sourcesOf, type Sources } from './sources.ts'

/** Bytes [start, end) of a source. */
type Span = { readonly start: number; readonly end: number }

/** One function `prove_…` of a harness: what it claims, and where it stands. */
export type Property = {
  /** Library and name: `BondLib.potNeed_leaderHoldsTwoThirds`. */
  readonly id: string
  /** The claim, a sentence. */
  readonly claim: string
  /** The functions that are called, of contracts/src. */
  readonly proves: string
  /** Over which inputs. */
  readonly range: string
  /** What is taken for granted beside the compiler and its solver; '' for nothing. */
  readonly assumes: string
  readonly file: string
  readonly contract: string
  /** The body with its braces. */
  readonly body: Span
  /** Where its assertions begin, in bytes of `file`. */
  readonly asserts: readonly number[]
  /** All other properties of the file with their comments, which a run leaves out. */
  readonly others: readonly Span[]
  /** Specifications that stand in for sources that the solver cannot read: by import name, the file. */
  readonly standIns: Readonly<Record<string, string>>
  /** Sources that hold assembly which no property calls. */
  readonly unread: readonly string[]
}

/** A node of the compiler's syntax tree. */
type Node = { readonly nodeType: string; readonly src: string; readonly [key: string]: unknown }

const FOLDER = 'test/contracts/proofs'
const SUFFIX = '.proof.sol'
const PREFIX = 'prove_'

/** Every property of every harness, by file and then as written. */
export async function loadProperties(): Promise<Property[]> {
  const files = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith(SUFFIX))
  const paths = files.toSorted().map((name) => `${FOLDER}/${name}`)
  return propertiesOf(Object.fromEntries(paths.map((path) => [path, readSource(path)])))
}

/** The properties of harnesses given by path and text. */
export async function propertiesOf(harnesses: Sources): Promise<Property[]> {
  const settings = { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } }
  const { asts, remarks } = await ask({ sources: harnesses, settings })
  return Object.keys(harnesses).flatMap((file) => {
    const ast = asts[file]
    if (!isNode(ast)) throw new Error(`Expected ${file} to parse, got: ${remarks[0]?.message ?? 'no syntax tree'}`)
    return nodesOf(ast, 'ContractDefinition').flatMap((contract) => {
      const functions = nodesOf(contract, 'FunctionDefinition').filter(({ name }) => String(name).startsWith(PREFIX))
      return functions.map((one) => propertyOf(file, contract, one, functions))
    })
  })
}

function propertyOf(file: string, contract: Node, one: Node, all: readonly Node[]): Property {
  const tags = tagsOf(documentation(one))
  const contractTags = tagsOf(documentation(contract))
  const contractName = String(contract['name'])
  const library = contractName.replace(/Proofs$/, '')
  const id = `${library}.${String(one['name']).slice(PREFIX.length)}`
  const required = (tag: string): string => {
    const text = tags.get(tag)
    if (text === undefined) throw new Error(`Expected ${tag} on ${id} in ${file}, got none.`)
    return text
  }
  const asserts = nodesOf(one, 'FunctionCall').filter(
    ({ expression }) => isNode(expression) && expression['name'] === 'assert',
  )
  if (!isNode(one['body'])) throw new Error(`Expected ${id} in ${file} to have a body.`)
  return {
    id,
    claim: required('@notice'),
    proves: required('@custom:proves'),
    range: required('@custom:range'),
    assumes: tags.get('@custom:assumes') ?? '',
    file,
    contract: contractName,
    body: spanOf(one['body']),
    asserts: asserts.map((call) => spanOf(call).start),
    others: all.filter((other) => other !== one).flatMap(spansWithComment),
    standIns: standInsOf(contractTags.get('@custom:standin')),
    unread: contractTags.get('@custom:unread')?.split(' ') ?? [],
  }
}

/** `extra` statements go to the end of the property's body. The sources are complete: `given` replaces files. */
export function sourcesFor(property: Property, given: Sources, extra: string): Sources {
  const { file, others, body, standIns } = property
  const bytes = Buffer.from(given[file] ?? readSource(file))
  for (const { start, end } of others) blank(bytes, start, end)
  const text = bytes.subarray(0, body.end - 1).toString() + extra + bytes.subarray(body.end - 1).toString()
  const replaced = Object.entries(standIns).map(([name, path]) => [name, readSource(path)])
  return sourcesOf(file, { ...Object.fromEntries(replaced), ...given, [file]: text })
}

/** Keeps line breaks, so that lines stay where they are. */
function blank(bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at++) if (bytes[at] !== 0x0a) bytes[at] = 0x20
}

function spansWithComment(one: Node): Span[] {
  return [one, one['documentation']].filter(isNode).map(spanOf)
}

function spanOf({ src }: Node): Span {
  const [start = 0, length = 0] = src.split(':').map(Number)
  return { start, end: start + length }
}

function documentation(node: Node): string {
  const comment = node['documentation']
  return isNode(comment) ? String(comment['text']) : ''
}

/** NatSpec tags and their text; lines are joined. */
function tagsOf(text: string): Map<string, string> {
  const parts = text.split(/(?=@(?:notice|dev|title|custom:))/)
  return new Map(
    parts.flatMap((part) => {
      const [, tag, rest = ''] = /^(@\S+)\s+([^]*)$/.exec(part) ?? []
      return tag === undefined ? [] : [[tag, rest.replaceAll(/\s+/g, ' ').trim()] as const]
    }),
  )
}

/** `<import name> <file>` of a contract's `@custom:standin`. */
function standInsOf(text: string | undefined): Record<string, string> {
  if (text === undefined) return {}
  const [name = '', path = ''] = text.split(' ')
  return { [name]: path }
}

/** The nodes of one type in `from`, in the order of the source. */
function nodesOf(from: Node, nodeType: string): Node[] {
  const own = from.nodeType === nodeType ? [from] : []
  return [
    ...own,
    ...Object.values(from)
      .flat()
      .filter(isNode)
      .flatMap((child) => nodesOf(child, nodeType)),
  ]
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'nodeType' in value
}
