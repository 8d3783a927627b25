import { posix } from 'node:path'
import { importsOf } from './imports.ts'
import { codeOf, type SourceFile, type Violation } from './source-text.ts'

/** From the clock to the claim: a stage takes types from the stages before it, and nothing from those after it. */
const STAGES = [
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
  'reporter',
  'http',
]

/**
 * Parts of one stage: gossip and sync are the two ways in which observations travel, network sets both up; the older log is what the
 * watch did not look at.
 */
const PARTS: Readonly<Record<string, string>> = { network: 'gossip', sync: 'gossip', 'older-log': 'watch' }

/** What lies below all stages: any may use it, values included; it uses nothing but itself and the clock. */
const GROUND = [
  'config',
  'halt',
  'frugal',
  'index-dir',
  'log',
  'metrics',
  'journal',
  'keystore',
  'network-key',
  'takes-stake',
  'verify',
  'version',
  'whole-file',
  'with-hosts',
]

/** What knows all stages; nothing imports it. */
const COMPOSITION = ['node', 'signer', 'main']

/** The rules for what the files of node/ import from one another. */
export function stageViolations(file: SourceFile): Violation[] {
  const from = stageOf(file.path)
  if (from === undefined || COMPOSITION.includes(from)) return []
  if (!STAGES.includes(from) && !GROUND.includes(from)) {
    return [
      {
        path: file.path,
        line: 0,
        rule: `node/${from} is no known stage: give it a place in test/architecture/node-stages.ts`,
      },
    ]
  }
  return importsOf(codeOf(file.text)).flatMap(({ specifier, line, isType }) => {
    const target = specifier?.startsWith('#node/') === true ? specifier.slice(1) : specifier
    if (target === undefined || !/^(?:\.|node\/)/.test(target)) return []
    const to = stageOf(target.startsWith('.') ? posix.join(posix.dirname(file.path), target) : target)
    const rule = to === undefined || to === from ? undefined : brokenRule(from, to, isType)
    return rule === undefined ? [] : [{ path: file.path, line, rule: `${rule} (${specifier})` }]
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
