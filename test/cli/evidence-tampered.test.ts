import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { evidenceText, parseEvidence } from '#protocol/evidence-file.ts'
import { assessEvidence } from '#protocol/evidence.ts'
import { fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { CURVE_ORDER } from '#protocol/wire.ts'
import { bodyFindings } from '../../cli/index/evidence-bodies.ts'
import { DOMAIN, FIXING } from '../node/reporters.ts'
import { evidenceOf } from '../protocol/evidence-of.ts'
import { sourceJson, threeSamples } from '../protocol/index-documents.ts'

const MATURITY = 1_735_689_600n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]
const ORACLE = '0x00000000000000000000000000000000000000cc'
const URL = 'https://venue.example/v1?end={end}'
const DOCUMENT = threeSamples([sourceJson('web', { url: URL, pointers: { rows: '', time: '/0', close: '/1' } })])
const FIXED = { ...FIXING, indexId: indexId(DOCUMENT), maturity: MATURITY }
const ID = fixingId(FIXED, { chainId: DOMAIN.chainId, oracle: ORACLE })

/** What a change of says nothing, and why. */
const SILENT: Readonly<Record<string, string>> = {
  'panel.epoch': 'shown, to be compared with the registry: the chain alone knows it',
  'bodies.1.sha256': 'of a response that is not there: who has it holds it against this',
  'bodies.1.bytes': 'the same',
}

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null

/** A good file, with a response that is there and one that was too large. */
async function goodFile(): Promise<string> {
  const body = `[${OPENS.map((open) => `[${open},2500]`).join(',')}]`
  const sha256 = createHash('sha256').update(body).digest('hex')
  const base = await evidenceOf({ fixing: FIXED, id: ID, oracle: ORACLE, document: DOCUMENT }, ['2500', '2501', '2499'])
  const root = base.observations[0]?.signed.sourcesRoot ?? '0x'
  const kept = { root, sourceId: 'web', origin: URL.replace('{end}', MATURITY.toString()) }
  const bodies = [
    { ...kept, sha256, bytes: Buffer.byteLength(body), body },
    { ...kept, sha256: 'ab'.repeat(32), bytes: 70_000 },
  ]
  return evidenceText({ ...base, bodies })
}

/** What a reader learns of it: refused, not sound, an observation left out; or nothing. */
function heard(file: Json): 'refused' | 'unsound' | 'out' | 'nothing' {
  try {
    const evidence = parseEvidence(JSON.stringify(file))
    const { findings, leftOut } = assessEvidence(evidence)
    if (![...findings, ...bodyFindings(evidence)].every(({ isSound }) => isSound)) return 'unsound'
    return leftOut.length > 0 ? 'out' : 'nothing'
  } catch {
    return 'refused'
  }
}

/** Another value of the same kind. */
function changed(value: Json): Json {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean' || value === null) return value !== true
  if (typeof value !== 'string') throw new Error('no scalar')
  if (/^\d+$/.test(value)) return (BigInt(value) + 1n).toString()
  if (/^(0x)?[0-9a-fA-F]{40,}$/.test(value)) return `${value.slice(0, -1)}${value.endsWith('1') ? '2' : '1'}`
  return `${value}x`
}

/** Where every scalar is, and the file with that one changed. */
function* tampered(whole: Json, at: Json = whole, path: readonly string[] = []): Generator<readonly [string, Json]> {
  if (at === null || typeof at !== 'object') {
    yield [path.join('.'), replaced(whole, path, changed(at))]
    return
  }
  for (const [key, value] of Object.entries(at)) yield* tampered(whole, value, [...path, key])
}

function replaced(at: Json, [key, ...rest]: readonly string[], value: Json): Json {
  if (key === undefined) return value
  if (isList(at)) return at.map((one, i) => (String(i) === key ? replaced(one, rest, value) : one))
  if (at === null || typeof at !== 'object') throw new Error(`nothing at ${key}`)
  return { ...at, [key]: replaced(at[key] ?? null, rest, value) }
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}

test('of a file of evidence no scalar can be changed unheard, but for those that say nothing by themselves', async () => {
  const file: Json = JSON.parse(await goodFile())
  expect(heard(file)).toBe('nothing')
  const all = [...tampered(file)]
  expect(all.length).toBeGreaterThan(80)
  expect(all.filter(([, one]) => heard(one) === 'nothing').map(([path]) => path)).toEqual(Object.keys(SILENT))
})

test('a signature with a high s is refused, as contracts and nodes refuse it: the root of the report would be another', async () => {
  const file = JSON.parse(await goodFile())
  const { signature } = file.observations[0]
  signature.s = `0x${(CURVE_ORDER - BigInt(signature.s)).toString(16).padStart(64, '0')}`
  signature.v = signature.v === 27 ? 28 : 27
  expect(() => parseEvidence(JSON.stringify(file))).toThrow('observations.0.signature')
})
