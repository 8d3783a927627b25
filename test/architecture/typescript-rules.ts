import { posix } from 'node:path'
import { type Import, importsOf } from './imports.ts'
import { type Code, codeOf, lineAt, type SourceFile, type Violation } from './source-text.ts'

/** The folders whose imports are ruled, with the aliases by which each may reach the others. */
const FOLDERS: Readonly<Record<string, readonly RegExp[]>> = {
  'contracts/protocol': [],
  'contracts/client': [/^#protocol\//],
  node: [/^#protocol\//, /^#client\//, /^#node\/(source|config|store)$/],
  cli: [
    /^#protocol\//,
    /^#client\//,
    /^#node\/(access|source|reread|config|majority|places|keystore|least-node|network-key|signer|signer-call|log|taken-port|halt|whole-file|unserved|store|backup|http-client|http-schemas)$/,
  ],
}

/** What protocol may use: packages that compute, and do neither I/O nor chance nor time. */
const PURE_PACKAGES = ['viem', 'canonicalize', '@openzeppelin/merkle-tree', '@noble', 'zod']

/** The names by which viem speaks RPC. */
const RPC_NAMES = [
  'http',
  'webSocket',
  'ipc',
  'custom',
  'fallback',
  'createClient',
  'createPublicClient',
  'createWalletClient',
  'createTestClient',
  'createTransport',
]

const HTTP_MODULES = ['node:http', 'node:https', 'node:http2', 'http', 'https', 'http2', 'undici', 'fastify']
/** Only these speak HTTP: sources read venues, http serves; the demo plays venues and asks its own nodes. */
const HTTP_PLACES = ['node/source/', 'node/http/', 'cli/demo/']
/** Only these read the wall clock: the node's clock, and the command line's, by which it knows an old block. */
const CLOCK_FILES = ['node/clock.ts', 'cli/clock.ts']

const HTTP_CALL = /(?<![\w.$])(?:globalThis\.)?fetch\s*\(/g
const WALL_CLOCK = /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())/g
const IMPURE =
  /\b(?:Date\s*\.\s*now|new\s+Date\s*\(\s*\)|Math\s*\.\s*random|performance\s*\.|process\s*\.|crypto\s*\.\s*(?:getRandomValues|randomUUID)|setTimeout|setInterval|console\s*\.)/g

/** The layout's rules for TypeScript that look at one file at a time; stages of the node are ruled apart. */
export function typescriptViolations(file: SourceFile): Violation[] {
  const code = codeOf(file.text)
  const imports = importsOf(code)
  const folder = Object.keys(FOLDERS).find((name) => file.path.startsWith(`${name}/`))
  const found = [...shapeViolations(file.path, code, imports)]
  if (folder === undefined) return found
  found.push(...imports.flatMap((one) => importViolations(file.path, folder, one)))
  if (folder === 'contracts/protocol')
    found.push(...matches(file.path, code, IMPURE, 'protocol has no I/O, clock, chance or environment'))
  if (!HTTP_PLACES.some((place) => file.path.startsWith(place))) {
    found.push(...matches(file.path, code, HTTP_CALL, 'only node/source, node/http and cli/demo speak HTTP'))
  }
  if (folder !== 'contracts/protocol' && !CLOCK_FILES.includes(file.path))
    found.push(...matches(file.path, code, WALL_CLOCK, `only ${CLOCK_FILES.join(', ')} read the clock`))
  return found
}

/** Default exports, and files that only pass on what others export. */
function shapeViolations(path: string, { text }: Code, imports: readonly Import[]): Violation[] {
  const defaults = [...text.matchAll(/\bexport\s+default\b|\bas\s+default\b/g)].map((match) => ({
    path,
    line: lineAt(text, match.index),
    rule: 'no default exports',
  }))
  const passed = imports.filter(({ kind }) => kind === 'export')
  const stars = passed
    .filter(({ names }) => names.includes('*'))
    .map(({ line }) => ({ path, line, rule: 'no `export *`' }))
  const rest = text.replaceAll(/\b(?:import|export)\s+[\w$*{},\s]*?\s*\bfrom\s*"\d+"/g, '').replaceAll(/[;\s]/g, '')
  const isBarrel = passed.length > 0 && rest === ''
  return [
    ...defaults,
    ...stars,
    ...(isBarrel ? [{ path, line: 0, rule: 'no barrels: this file only passes on exports' }] : []),
  ]
}

function importViolations(path: string, folder: string, { specifier, line, names }: Import): Violation[] {
  const violation = (rule: string): Violation[] => [{ path, line, rule: `${rule} (${specifier ?? 'computed import'})` }]
  if (specifier === undefined) return violation('a dynamic import names its module literally')
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier)
    return target.startsWith(`${folder}/`) ? [] : violation(`relative paths stay inside ${folder}`)
  }
  if (/^(?:\/|file:|data:|https?:)/.test(specifier)) return violation('imports are relative, aliases or packages')
  if (specifier.startsWith('#')) {
    const isAllowed = (FOLDERS[folder] ?? []).some((alias) => alias.test(specifier))
    return isAllowed ? [] : violation(`${folder} does not know this alias`)
  }
  return packageViolations(path, folder, specifier, names).flatMap(violation)
}

/** The rules that a package or a builtin breaks when `folder` imports it. */
function packageViolations(path: string, folder: string, specifier: string, names: readonly string[]): string[] {
  const rules: string[] = []
  if (
    folder === 'contracts/protocol' &&
    !PURE_PACKAGES.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  ) {
    rules.push(`protocol imports only itself, ${PURE_PACKAGES.join(', ')}`)
  }
  const isViem = specifier === 'viem' || /^viem\/(clients|actions)/.test(specifier)
  if (folder !== 'contracts/client' && isViem && names.some((name) => name === '*' || RPC_NAMES.includes(name))) {
    rules.push('only contracts/client speaks RPC')
  }
  if (HTTP_MODULES.includes(specifier) && !HTTP_PLACES.some((place) => path.startsWith(place))) {
    rules.push('only node/source, node/http and cli/demo speak HTTP')
  }
  return rules
}

function matches(path: string, { text }: Code, pattern: RegExp, rule: string): Violation[] {
  return [...text.matchAll(pattern)].map((match) => ({
    path,
    line: lineAt(text, match.index),
    rule: `${rule} (${match[0].trim()})`,
  }))
}
