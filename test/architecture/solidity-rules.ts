import { posix } from 'node:path'
import { codeOf, lineAt, type SourceFile, type Violation } from './source-text.ts'

const SOURCES = 'contracts/src/'

/**
 * What each folder of contracts/src may import of the others: types <- libraries <- contracts. Libraries may import
 * interfaces for the errors they revert with; interfaces may extend one another. `''` are the contracts at the top.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  types: ['types'],
  interfaces: ['interfaces', 'types'],
  libraries: ['libraries', 'interfaces', 'types'],
  consumers: ['consumers', 'libraries', 'interfaces', 'types'],
  arbitrators: ['arbitrators', 'libraries', 'interfaces', 'types'],
  // Parts of one core contract.
  registry: ['registry', 'libraries', 'interfaces', 'types'],
  '': ['registry', 'libraries', 'interfaces', 'types'],
}

/** Packages whose contracts may be deployed; forge-std and the like are for tests. */
const PACKAGES = ['@openzeppelin/contracts/', 'solady/']

const IMPORT = /\bimport\b[^;"]*"(\d+)"/g

/** The layout's rules for the Solidity of contracts/src. */
export function solidityViolations(file: SourceFile): Violation[] {
  if (!file.path.startsWith(SOURCES)) return []
  const { text, strings } = codeOf(file.text)
  return [...text.matchAll(IMPORT)].flatMap((match) => {
    const specifier = strings[Number(match[1])] ?? ''
    const rule = brokenRule(file.path, specifier)
    return rule === undefined
      ? []
      : [{ path: file.path, line: lineAt(text, match.index), rule: `${rule} (${specifier})` }]
  })
}

function brokenRule(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) {
    return PACKAGES.some((name) => specifier.startsWith(name))
      ? undefined
      : `contracts/src imports ${PACKAGES.join(', ')} or relative paths`
  }
  const target = posix.join(posix.dirname(path), specifier)
  if (!target.startsWith(SOURCES)) return 'contracts/src imports nothing outside itself'
  const [from, to] = [folderOf(path), folderOf(target)]
  if (from === 'consumers' && /\/I?MaturityOracle\.sol$/.test(target))
    return 'a consumer sees the oracle only as ISettlementSource'
  const allowed = ALLOWED[from]
  if (allowed === undefined)
    return `contracts/src/${from} is no known folder: give it a place in test/architecture/solidity-rules.ts`
  return allowed.includes(to)
    ? undefined
    : `${from === '' ? 'a core contract' : from} must not import ${to === '' ? 'a core contract' : to}`
}

/** The first folder below contracts/src, `''` for a contract directly in it. */
function folderOf(path: string): string {
  return posix.dirname(path.slice(SOURCES.length)).split('/')[0]?.replace(/^\.$/, '') ?? ''
}
