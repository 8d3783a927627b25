import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Evidence, EvidenceBody } from '#protocol/evidence.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import { leavesOf, sourcesRoot } from '#protocol/samples.ts'
import { bodyFindings } from '../../cli/index/evidence-bodies.ts'
import { DOMAIN, FIXING } from '../node/reporters.ts'
import { sourceJson, threeSamples } from '../protocol/index-documents.ts'

const MATURITY = 1_735_689_600n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]
const EVERY = { venue: 'v', quote: 'USD', timeoutMs: 5_000, maxBytes: 100_000 }
const DOCUMENT: IndexDocument = threeSamples([
  sourceJson('web', { pointers: { rows: '', time: '/0', close: '/1' } }),
  sourceJson('tape', { pointers: { rows: '/trades', time: '/at', price: '/price' } }),
  { id: 'file', kind: 'csv', ...EVERY, timeUnit: 'seconds', columns: { time: 'at', close: 'close' } },
  { id: 'shop', kind: 'ccxt', ...EVERY, exchange: 'kraken', symbol: 'ETH/USD' },
])
const WEB = `[${OPENS.map((open) => `[${open},2500.10]`).join(',')}]`
const CSV = `at,close\n${OPENS[0]},2500\n${OPENS[1]},\n${OPENS[2]},2501.5\n`
/** Made by hand: the third candle has no trade after it. */
const TAPE = JSON.stringify({
  trades: [
    { at: `${OPENS[2]}.5`, price: '2503' },
    { at: `${OPENS[1]}.99`, price: '2502' },
    { at: `${OPENS[1]}.01`, price: '9' },
    { at: `${OPENS[0]}`, price: '2501' },
  ],
})
const SAMPLES = [
  { sourceId: 'web', quote: 'USD', closes: ['2500.10', '2500.10', '2500.10'] },
  { sourceId: 'tape', quote: 'USD', closes: ['2501', '2502', undefined] },
  { sourceId: 'file', quote: 'USD', closes: ['2500', undefined, '2501.5'] },
  { sourceId: 'shop', quote: 'USD', closes: ['1', '2', '3'] },
]
const ROOT = sourcesRoot(SAMPLES, OPENS)

/** A response as it is kept, hashed rightly whatever it is. */
function keep(sourceId: string, body: string, changes: Partial<EvidenceBody> = {}): EvidenceBody {
  const sha256 = createHash('sha256').update(body).digest('hex')
  const origin = sourceId === 'file' || sourceId === 'shop' ? 'o' : `http://127.0.0.1/${sourceId}`
  return { root: ROOT, sourceId, origin, sha256, bytes: Buffer.byteLength(body), body, ...changes }
}

/** What is said of one response. */
function said(one: EvidenceBody): string {
  const evidence: Evidence = {
    ...DOMAIN,
    oracle: FIXING.arbitrator,
    id: ROOT,
    fixing: { ...FIXING, maturity: MATURITY },
    document: DOCUMENT,
    panel: { epoch: 0n, reporters: [] },
    observations: [],
    samples: new Map([[ROOT, leavesOf(SAMPLES, OPENS)]]),
    bodies: [one],
  }
  const [finding] = bodyFindings(evidence)
  return `${finding?.isSound === true ? 'ok' : 'NOT'} ${finding?.what}: ${finding?.detail}`
}

describe('the response of a source in a file of evidence', () => {
  test('is read again, and its closes are those that are signed', () => {
    expect(said(keep('web', WEB))).toBe('ok body of web: its 3 closes are those that are signed')
    expect(said(keep('tape', TAPE))).toBe('ok body of tape: its 2 closes are those that are signed')
    expect(said(keep('file', CSV))).toBe('ok body of file: its 2 closes are those that are signed')
  })

  test('is refused if one digit of it was changed, hashed again or not', () => {
    const changed = WEB.replace('2500.10', '2500.11')
    expect(said(keep('web', WEB, { body: changed }))).toBe('NOT body of web: it is not what was hashed')
    expect(said(keep('web', changed))).toBe(`NOT body of web: its close at ${OPENS[0]} is 2500.11, signed is 2500.10`)
    expect(said(keep('web', WEB, { bytes: 1 }))).toBe('NOT body of web: it is not what was hashed')
  })

  test('is refused if it lacks a close that is signed, or has one that is not', () => {
    const lacking = `[[${OPENS[0]},2500.10],[${OPENS[2]},2500.10]]`
    expect(said(keep('web', lacking))).toBe(`NOT body of web: its close at ${OPENS[1]} is none, signed is 2500.10`)
    const later = TAPE.replace('"9"', '"9.5"').replace(`${OPENS[1]}.99`, `${OPENS[1]}.001`)
    expect(said(keep('tape', later))).toBe(`NOT body of tape: its close at ${OPENS[1]} is 9.5, signed is 2502`)
    const more = CSV.replace(`${OPENS[1]},`, `${OPENS[1]},7`)
    expect(said(keep('file', more))).toBe(`NOT body of file: its close at ${OPENS[1]} is 7, signed is none`)
  })

  test('that cannot be read, or is of no source or samples that are there, is refused', () => {
    expect(said(keep('web', 'x'))).toContain('NOT body of web: Expected JSON from web')
    const nobodys = 'NOT body of other: the document has no source other'
    expect(said(keep('other', WEB))).toBe(nobodys)
    expect(said(keep('other', WEB, { body: undefined }))).toBe(nobodys)
    const root = `0x${'11'.repeat(32)}` as const
    expect(said(keep('web', WEB, { root }))).toBe(`NOT body of web: the samples ${root} are not there`)
  })

  test('is of the URL that the document asks, or is refused; where it has none it may be of anywhere', () => {
    const origin = 'http://127.0.0.1:9/web'
    expect(said(keep('web', WEB, { origin }))).toBe(
      `NOT body of web: it is of ${origin}, the document asks http://127.0.0.1/web`,
    )
    expect(said(keep('file', CSV, { origin }))).toContain('ok body of file')
  })

  test('that only its hash stands for, or only ccxt reads, says so', () => {
    const { body: _left, ...large } = keep('web', WEB)
    expect(said(large)).toBe(`ok body of web: ${WEB.length} bytes, too many to be kept: there is only its hash`)
    expect(said(keep('shop', '[]'))).toBe(
      "ok body of shop: 2 bytes, as hashed; only the venue's own library reads them",
    )
  })
})
