import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IndexDocument } from '#protocol/index-document.ts'
import { MATURITY } from '../../client/chain-fixture.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { temporaryFolder } from '../temporary.ts'
import { openVenueOf } from './venue.ts'

/** An index of one venue whose three candles before the fixture's maturity close at 2500, and the folder that holds it. */
export async function pricedIndex(): Promise<{ readonly document: IndexDocument; readonly indexDir: string }> {
  const rows = [180n, 120n, 60n].map((before) => [Number(MATURITY - before), 2_500])
  const venue = await openVenueOf(JSON.stringify({ rows }))
  const document = threeSamples([
    sourceJson('a', { url: venue.url, pointers: { rows: '/rows', time: '/0', close: '/1' } }),
  ])
  const indexDir = temporaryFolder()
  writeFileSync(join(indexDir, 'index.json'), JSON.stringify(document))
  return { document, indexDir }
}
