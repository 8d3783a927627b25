import { posix } from 'node:path'
import { type Import, importsOf } from './imports.ts'
import { codeOf, type SourceFile, type Violation } from './source-text.ts'

/** From the clock to the claim: a stage takes types from the stages before it, and nothing from those after it. */
export const STAGES: readonly string[] = [
  'clock',
  'source',
  'observe',
  'guard',
  'sign',
  'gossip',
  'store',
  'chain',
  'quorum',
  'presence',
  'cosign',
  'propose',
  'watch',
  'decide',
  'stake',
  'juror',
  'keeper',
  'http',
]

/** Parts of one stage: gossip and sync are the two ways in which observations travel; the older log is what the watch did not look at. */
const PARTS: Readonly<Record<string, string>> = { sync: 'gossip', 'older-log': 'watch' }

/** What lies below all stages: any may use it, values included; it uses nothing but itself and the clock. */
const GROUND = ['ground', 'config', 'log', 'metrics', 'journal']

/** What knows all stages; nothing else imports it. */
const COMPOSITION = ['node', 'signer', 'main']

/** Every name that has a place in the order. */
export const PLACED: readonly string[] = [...STAGES, ...Object.keys(PARTS), ...GROUND, ...COMPOSITION]

/** The rules for what the files of node/ import from one another. */
export function stageViolations(file: SourceFile): Violation[] {
  const from = stageOf(file.path)
  if (from === undefined) return []
  if (COMPOSITION.includes(from)) return compositionViolations(file)
  if (!STAGES.includes(from) && !GROUND.includes(from)) {
    return [
      {
        path: file.path,
        line: 0,
        rule: `node/${from} is no known stage: give it a place in test/architecture/node-stages.ts`,
      },
    ]
  }
  return targetsOf(file).flatMap(({ target, specifier, line, isType }) => {
    const to = stageOf(target)
    const rule = to === undefined || to === from ? undefined : brokenRule(from, to, isType)
    return rule === undefined ? [] : [{ path: file.path, line, rule: `${rule} (${specifier})` }]
  })
}

/** The files of node/node/ from which values are imported in a circle, as `a.ts → b.ts → a.ts`. */
export function partCycles(files: readonly SourceFile[]): string[] {
  const parts = files.filter(({ path }) => isPart(path))
  const uses = new Map(
    parts.map((file) => [
      file.path,
      targetsOf(file).flatMap(({ target, isType }) => (isType || !isPart(target) ? [] : [target])),
    ]),
  )
  const sound = new Set<string>()
  const cycleFrom = (path: string, way: readonly string[]): string[] => {
    if (way.includes(path))
      return [[...way.slice(way.indexOf(path)), path].map((one) => posix.basename(one)).join(' → ')]
    if (sound.has(path)) return []
    const found = (uses.get(path) ?? []).flatMap((used) => cycleFrom(used, [...way, path]))
    sound.add(path)
    return found
  }
  return [...uses.keys()].flatMap((path) => cycleFrom(path, []))
}

/** The parts of the node do not know the whole, and a program does not know the other. */
function compositionViolations(file: SourceFile): Violation[] {
  return targetsOf(file).flatMap(({ target, specifier, line }) => {
    const isUp = isPart(file.path) && !isPart(target) && COMPOSITION.includes(stageOf(target) ?? '')
    const isOther = file.path === 'node/signer.ts' && stageOf(target) === 'node'
    if (!isUp && !isOther) return []
    const rule = isUp ? 'a part of the node does not know the whole' : 'the signer does not know the node'
    return [{ path: file.path, line, rule: `${rule} (${specifier})` }]
  })
}

const isPart = (path: string): boolean => path.startsWith('node/node/')

type Target = Pick<Import, 'specifier' | 'line' | 'isType'> & { readonly target: string }

/** What `file` imports of node/, by paths from the root. */
function targetsOf({ path, text }: SourceFile): Target[] {
  return importsOf(codeOf(text)).flatMap(({ specifier, line, isType }) => {
    const named = specifier?.startsWith('#node/') === true ? specifier.slice(1) : specifier
    if (named === undefined || !/^(?:\.|node\/)/.test(named)) return []
    const target = named.startsWith('.') ? posix.join(posix.dirname(path), named) : named
    return [{ specifier, line, isType, target }]
  })
}

/** What is wrong with `from` importing `to`; undefined if nothing. */
function brokenRule(from: string, to: string, isType: boolean): string | undefined {
  if (COMPOSITION.includes(to)) return `nothing imports node/${to}`
  if (GROUND.includes(to)) return undefined
  if (GROUND.includes(from)) return to === 'clock' ? undefined : `node/${from} is below all stages and knows none`
  if (STAGES.indexOf(to) > STAGES.indexOf(from)) return `${from} comes before ${to}`
  return isType ? undefined : `${from} takes only types from ${to}: use \`import type\``
}

/** gossip of `node/gossip/host.ts`, keeper of `node/keeper.ts`; undefined outside node/. */
function stageOf(path: string): string | undefined {
  const name = /^node\/([^/]+?)(?:\.ts)?(?:\/|$)/.exec(path)?.[1]
  return name === undefined ? undefined : (PARTS[name] ?? name)
}
