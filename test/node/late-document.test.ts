import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { createTestClient, http, keccak256, stringToHex } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { create } from '#client/oracle-writer.ts'
import { loadConfig } from '#node/config'
import { fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { startNode } from '../../node/node.ts'
import { raiseStage } from '../client/chain-fixture.ts'
import { writeNodeFolder } from './node-folder.ts'
import { SILENT } from './silent-log.ts'
import { pricedIndex } from './source/priced-index.ts'

const SOON = { interval: 50 }
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

test('a node that got the document of an index late finds the fixings that were created before', async () => {
  const [{ document, indexDir }, { indexDir: other }] = [await pricedIndex(), await pricedIndex()]
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const { oracle, registry } = stage.deployments
  const { rpcUrl } = stage.embedded
  const file = await writeNodeFolder({
    privateKey: keccak256(stringToHex('test ann')),
    rpcUrl,
    oracle,
    registry,
    indexDir: other,
    pollMs: 50,
    lines: 'confirmations = 1\n[gossip]\ntest = true',
  })
  const chain = await stage.as('maker')
  const fixing = { ...stage.fixing, indexId: indexId(document) }
  await create(chain, oracle, fixing)
  // Deep enough that it is not read again by itself.
  await createTestClient({ mode: 'anvil', transport: http(rpcUrl) }).mine({ blocks: 20 })
  const fixingsOf = async (httpPort: number | undefined): Promise<readonly string[]> => {
    const response = await fetch(`http://127.0.0.1:${httpPort}/status`)
    const { head, fixings } = (await response.json()) as { head: unknown; fixings: { id: string }[] } // our own shape
    return head === null ? ['nothing seen yet'] : fixings.map(({ id }) => id)
  }
  const before = await startNode(loadConfig({ file, env: {} }), { log: SILENT })
  closing.push(() => before.stop())
  await expect.poll(() => fixingsOf(before.httpPort), SOON).toEqual([])
  await before.stop()

  cpSync(join(indexDir, 'index.json'), join(other, 'late.json'))
  const after = await startNode(loadConfig({ file, env: {} }), { log: SILENT })
  closing.push(() => after.stop())
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  await expect.poll(() => fixingsOf(after.httpPort), SOON).toEqual([id])
})
