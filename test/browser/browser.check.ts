import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { latestBlock } from '#client/chain.ts'
import { attest } from '#client/cosigned-report.ts'
import { contribute, create, propose } from '#client/oracle-writer.ts'
import { publishRoster } from '#client/roster.ts'
import { readLegs } from '#client/vault.ts'
import { evidenceText } from '#protocol/evidence-file.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { cosigned } from '../client/cosigned.ts'
import { observe } from '../client/evidence-scene.ts'
import { bundleForBrowser, entriesOf, install, type Installed } from '../package/installed.ts'
import { openPage, startChromium } from './chromium.ts'

const DAY = 86_400n

let browser: Browser
let installed: Installed
let stage: Stage
let about: Readonly<Record<string, unknown>>

beforeAll(async () => {
  browser = await startChromium()
  ;[installed, stage] = await Promise.all([install(), raiseStage()])
  for (const name of ['visitor.js', 'wallet.js']) {
    installed.write(name, readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8'))
  }
  about = await playStory()
})
afterAll(async () => {
  await browser?.close()
  await stage?.embedded.stop()
  installed?.remove()
})

test('a page reads, quotes, hashes and verifies as Node does', async () => {
  installed.write('look.mjs', LOOK)
  const { out, err } = await installed.run('node', ['look.mjs', stage.embedded.rpcUrl, JSON.stringify(about)])
  expect(err).toBe('')
  const expected = ANSWERS.parse(JSON.parse(out))
  expect(expected).toMatchObject({
    settledTo: '2500',
    settlement: expect.stringContaining('"kind":"settled"'),
    settlementByAddress: expected['settlement'],
    unsettled: expect.stringContaining('"kind":"unsettled"'),
    quote: expect.stringContaining('"kind":"open"'),
    refused: expect.stringContaining('"reason":"inactive"'),
    verified: expect.stringMatching(/"attestation":\{"value":"2500.*"isVerified":true/),
    unverified: expect.stringContaining('"isVerified":false'),
    forged: expect.stringMatching(/is not signed by its reporter.*"isVerified":false/),
    cosigned: expect.stringContaining('"kind":"cosigned"'),
    isCosigned: 'true',
    isCosignedOtherwise: 'false',
    isCosignedByFewer: 'false',
    noPoint: expect.stringMatching(/^Bls\.BlsPointError /),
    forgotten: expect.stringMatching(/^\w+\.\w+Error /),
  })

  const page = await openPage(browser, await bundleForBrowser(installed, PAGE), stage.embedded.rpcUrl)
  try {
    const there = { ...about, rpcUrl: `${page.origin}/rpc` }
    expect(await page.evaluate(`visitor.look(ethereum, ${JSON.stringify(there)})`)).toEqual(expected)
    expect(page.complaints).toEqual([])
  } finally {
    await page.close()
  }
})

test('a page writes through the wallet, and is told what the oracle refuses', async () => {
  const page = await openPage(browser, await bundleForBrowser(installed, PAGE), stage.embedded.rpcUrl)
  try {
    const done = ACTED.parse(await page.evaluate(`visitor.act(ethereum, ${JSON.stringify(about)})`))
    expect(done).toMatchObject({
      refused: expect.stringMatching(/^\S+ WrongPhase: Expected /),
      before: '{"p":"0n","n":"0n"}',
      after: `{"p":"${ETHER}n","n":"${ETHER}n"}`,
    })
    const held = await readLegs(await stage.as('ann'), stage.deployments.vault, done.id, done.account)
    expect(held).toEqual({ p: ETHER, n: ETHER })
    expect(page.complaints).toEqual([])
  } finally {
    await page.close()
  }
})

test('a page can load every module that is exported', async () => {
  const names = [...entriesOf(installed).keys()]
  const lines = names.map((name, i) => `import * as m${i} from '${name}'`)
  const list = names.map((_, i) => `m${i}`).join(', ')
  const code = `${lines.join('\n')}\nwindow.loaded = [${list}].map((each) => Object.keys(each).length > 0)`
  const page = await openPage(browser, await bundleForBrowser(installed, code), stage.embedded.rpcUrl)
  try {
    expect(await page.evaluate('loaded')).toEqual(names.map(() => true))
    expect(page.complaints).toEqual([])
  } finally {
    await page.close()
  }
})

const LOOK = `import { look } from './visitor.js'
import { walletAt } from './wallet.js'
const [rpcUrl, about] = process.argv.slice(2)
console.log(JSON.stringify(await look(walletAt(rpcUrl), { ...JSON.parse(about), rpcUrl })))`

const PAGE = `import { act, look } from './visitor.js'
import { walletAt } from './wallet.js'
window.ethereum = walletAt('/rpc')
window.visitor = { act, look }`

const hex = z.templateLiteral(['0x', z.string()])
const ANSWERS = z.record(z.string(), z.string())
const ACTED = z.object({ account: hex, id: hex, refused: z.string(), before: z.string(), after: z.string() })

/** One fixing settled as its reporters signed and attested, one disputed, one that is far from its maturity: what a page is told of them. */
async function playStory(): Promise<typeof about> {
  const { oracle, registry, vault } = stage.deployments
  const ann = await stage.as('ann')
  const { fixing, evidence } = await observe(stage, ann)
  const open = async (maturity: bigint): Promise<Fixing> => {
    const next = { ...fixing, maturity }
    await create(ann, oracle, next)
    return next
  }
  await create(ann, oracle, fixing)
  await stage.embedded.mineAt(MATURITY + 1n)
  await publishRoster(ann, registry, MATURITY)
  await attest(ann, registry, fixing, await cosigned(ann, stage, fixing))
  await propose(ann, oracle, fixing, { value: 2_500n * ETHER, maxBond: ETHER })
  await stage.embedded.mineAt((await latestBlock(ann)).time + BigInt(fixing.firstWindow))

  const disputed = await open((await latestBlock(ann)).time + DAY)
  await stage.embedded.mineAt(disputed.maturity)
  await propose(ann, oracle, disputed, { value: 2_500n * ETHER, maxBond: ETHER })
  await contribute(await stage.as('ben'), oracle, disputed, { round: 1, value: 2_400n * ETHER, amount: ETHER / 100n })
  const pending = await open((await latestBlock(ann)).time + 300n * DAY)
  const ids = [fixing, disputed, pending].map((each) => fixingId(each, { chainId: ann.chainId, oracle }))
  return { oracle, registry, vault, ids, evidence: evidenceText(evidence) }
}
