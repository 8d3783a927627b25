import { mutantsOf, type Mutant } from './mutant.ts'
import { proposalsFor } from './operators.ts'
import { children, list, type Node, parse, type Source, type Span, spanOf, word } from './syntax.ts'

const SOURCES = 'contracts/src/'
const ORACLE = ['MaturityOracle.sol']
const LIBRARIES = ['Bond', 'Dispute', 'Distance', 'Fixing', 'Head', 'Observation', 'OpenInterest', 'Payoff', 'Payout']

/** What is mutated unless other files are named: the oracle and its libraries. */
export const DEFAULT_FILES: readonly string[] = [...ORACLE, ...LIBRARIES.map((name) => `libraries/${name}Lib.sol`)].map(
  (file) => `${SOURCES}${file}`,
)

/** The folders of test/contracts whose tests are tried first on the mutants of a file. */
export function foldersFor(file: string): readonly string[] {
  if (file.endsWith('CouncilArbitrator.sol')) return ['council']
  if (file.endsWith('BlsLib.sol') || file.endsWith('RosterLib.sol')) return ['libraries', 'registry']
  if (isOfRegistry(file)) return ['registry']
  if (isOfJury(file)) return ['jury', 'libraries']
  if (isOfCourt(file)) return ['arbitrators', 'jury']
  if (file.endsWith('SplitVault.sol') || file.endsWith('Series.sol')) return ['vault']
  if (file.endsWith('PayoffLib.sol')) return ['libraries', 'vault']
  return file.endsWith('ObservationLib.sol') ? ['registry'] : ['libraries', 'oracle']
}

/** Where in test/contracts the registry and its libraries are known: all that can notice a mutant of them. */
const REGISTRY_TESTS: readonly string[] = ['registry/*', 'libraries/{Bls,Roster}Lib*', 'invariant/Registry*']
/** Where the jury and its libraries are known, and where the adapters and what they share with it. */
const JURY_TESTS: readonly string[] = ['jury/*', 'arbitrators/*', 'libraries/Verdict*', 'invariant/Jury*']
/** Every contract test but those of the tools around. */
const ALL_TESTS: readonly string[] = ['{council,invariant,libraries,oracle,registry,vault}/*']

/** The tests that can notice a mutant of a file, as globs from the root of the repository. */
export function pathsFor(file: string): readonly string[] {
  const isRuling = isOfJury(file) || isOfCourt(file)
  return (isOfRegistry(file) ? REGISTRY_TESTS : isRuling ? JURY_TESTS : ALL_TESTS).map(
    (path) => `test/contracts/${path}`,
  )
}

function isOfRegistry(file: string): boolean {
  if (file.endsWith('ReporterRegistry.sol') || file.includes('/registry/')) return true
  return ['BlsLib.sol', 'RosterLib.sol', 'ConsentLib.sol'].some((name) => file.endsWith(name))
}

function isOfJury(file: string): boolean {
  return ['JuryArbitrator.sol', 'JurorPool.sol', 'SeatLib.sol', 'VerdictLib.sol'].some((name) => file.endsWith(name))
}

function isOfCourt(file: string): boolean {
  return ['CourtAdapter', 'Erc792Arbitrator', 'UmaArbitrator', 'TurnLib'].some((name) => file.endsWith(`${name}.sol`))
}

/** The mutants of `files`, in the order of the files and of their text, and the sources that they are in or near. */
export function enumerate(
  root: string,
  files: readonly string[],
): { readonly sources: readonly Source[]; readonly mutants: readonly Mutant[] } {
  const sources = parse(root, files)
  const enums = new Map(sources.flatMap(({ tree }) => enumsIn(tree)))
  const mutants = files.flatMap((file) => {
    const source = sources.find((each) => each.file === file)
    if (source === undefined) return []
    const spans = definitionsIn(source.tree)
    const around = (at: number): Span =>
      spans.find(({ start, end }) => start <= at && at < end) ?? { start: at, end: at }
    return mutantsOf(file, source.text, proposalsFor(source, enums), around).toSorted((a, b) => a.line - b.line)
  })
  return { sources, mutants }
}

function enumsIn(tree: Node): [number, string[]][] {
  const own = children(tree).flatMap((node) => (node.nodeType === 'ContractDefinition' ? children(node) : [node]))
  return own
    .filter(({ nodeType }) => nodeType === 'EnumDefinition')
    .map((node) => [Number(node['id']), list(node, 'members').map((member) => word(member, 'name'))])
}

/** Functions, and constants outside them: what a mutant belongs to. */
function definitionsIn(node: Node): Span[] {
  if (['FunctionDefinition', 'ModifierDefinition', 'VariableDeclaration'].includes(node.nodeType)) return [spanOf(node)]
  return children(node).flatMap(definitionsIn)
}
