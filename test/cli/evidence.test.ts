import { linkSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { peerIdFromString } from '@libp2p/peer-id'
import { afterEach, expect, test } from 'vitest'
import { keccak256, stringToHex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { create } from '#client/oracle-writer.ts'
import { register } from '#client/registration.ts'
import { loadConfig } from '#node/config'
import { fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { type RunningNode, startNode } from '../../node/node.ts'
import { ETHER, MATURITY, raiseStage, recruitOf } from '../client/chain-fixture.ts'
import { SOON } from '../node/node/scene.ts'
import { writeNodeFolder } from '../node/node-folder.ts'
import { SILENT } from '../node/silent-log.ts'
import { openVenue } from '../node/source/venue.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { sourceJson, threeSamples } from '../protocol/index-documents.ts'
import { recordOf } from '../reference/json.ts'
import { assize } from './command-line.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function observationsAt(node: RunningNode, id: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/status`)
  const { fixings } = (await response.json()) as { fixings: { id: string; observations: number }[] }
  return fixings.find((one) => one.id === id)?.observations ?? 0
}

/** Two registered reporters on a chain, whose venue told the second another close; and how to ask the first. */
async function twoReporters() {
  const venue = { close: 2_500 }
  const { url } = await openVenue((_request, response) => {
    const rows = [180n, 120n, 60n].map((before) => [Number(MATURITY - before), venue.close])
    response.end(JSON.stringify({ rows }))
  })
  const document = threeSamples([sourceJson('a', { url, pointers: { rows: '/rows', time: '/0', close: '/1' } })])
  const indexDir = temporaryFolder()
  writeFileSync(join(indexDir, 'index.json'), JSON.stringify(document))
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const { oracle, registry } = stage.deployments
  const chain = await stage.as('maker')
  const nodes: RunningNode[] = []
  const files: string[] = []
  const start = async (name: string): Promise<void> => {
    await stage.as(name)
    const file = await writeNodeFolder({
      privateKey: keccak256(stringToHex(`test ${name}`)),
      rpcUrl: stage.embedded.rpcUrl,
      oracle,
      registry,
      indexDir,
      pollMs: 50,
      lines: `roles = ["reporter"]
bootstrap = ${JSON.stringify(nodes.flatMap(({ multiaddrs }) => multiaddrs))}
[gossip]
test = true
sync_after_ms = [200, 1000]
sync_every_ms = 1000`,
    })
    const node = await startNode(loadConfig({ file, env: {} }), { log: SILENT })
    closing.push(() => node.stop())
    nodes.push(node)
    files.push(file)
    const peerId = bytesToHex(peerIdFromString(node.peerId).toMultihash().bytes)
    await register(await stage.as(`owner of ${name}`), registry, recruitOf(name, { peerId, stake: ETHER }))
  }
  await start('ann')
  await start('bob')
  const fixing = { ...stage.fixing, indexId: indexId(document) }
  await create(chain, oracle, fixing)
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  // The second asks later, and is told something else.
  await nodes[1]?.stop()
  await stage.embedded.mineAt(MATURITY)
  const [ann] = nodes
  if (ann === undefined) throw new Error('no node')
  await expect.poll(() => observationsAt(ann, id), SOON).toBe(1)
  venue.close = 2_501
  const again = await startNode(
    loadConfig({ file: files[1] ?? '', env: {}, flags: { bootstrap: ann.multiaddrs.join(',') } }),
    {
      log: SILENT,
    },
  )
  closing.push(() => again.stop())
  await expect.poll(() => observationsAt(ann, id), SOON).toBe(2)
  return { id, config: files[0] ?? '', env: { ASSIZE_HTTP_PORT: String(ann.httpPort) } }
}

test('evidence of a node is exported into one file, and checked without the node, the chain or the venue', async () => {
  const { id, config, env } = await twoReporters()
  const file = join(temporaryFolder(), 'evidence.json')
  writeFileSync(file, 'older')
  linkSync(file, `${file}.older`)
  const exported = await assize(['evidence', 'export', id.slice(0, 10), '--config', config, '--file', file], env)
  expect(exported).toMatchObject({ exitCode: 0, out: '' })
  expect(exported.err).toContain(
    '2 observations of 2 reporters, the closes behind 2 of them, what 1 of its sources answered.',
  )
  // Replaced as a whole, not written over.
  expect(readFileSync(`${file}.older`, 'utf8')).toBe('older')
  const copy = ['--file', `${file}.copy`, '--json']
  const told = await assize(['evidence', 'export', id, '--config', config, ...copy], env)
  const counts = { reporters: 2, observations: 2, samples: 2 }
  expect(JSON.parse(told.out)).toEqual({ version: 1, file: `${file}.copy`, fixing: id, ...counts })
  const bare = await assize(['evidence', 'export', id, '--config', config, '--no-bodies'], env)
  expect(JSON.parse(bare.out)).toMatchObject({ id, bodies: [] })
  const whole = JSON.parse(readFileSync(file, 'utf8'))
  const records = [
    recordOf('evidence export', [whole, JSON.parse(bare.out)], {
      when: 'With `--file` that is in the file, and this is printed:',
      documents: [JSON.parse(told.out)],
    }),
  ]
  for (const close of closing.splice(0).toReversed()) await close()

  const { exitCode, out } = await assize(['evidence', 'check', file])
  expect(exitCode).toBe(0)
  const sound = await assize(['evidence', 'check', file, '--json'])
  const lines = out.split('\n')
  expect(lines).toContain(`fixing    ${id}`)
  expect(lines.some((line) => line.includes('NOT'))).toBe(false)
  expect(lines.some((line) => /^ {2}ok +body of a +its 3 closes are those that are signed$/.test(line))).toBe(true)
  // Of 2500 and 2501 the lower.
  expect(lines.at(-3)).toMatch(/^value {5}2500 .*, what the document makes of the samples of 2 of 2 observations$/)
  expect(lines.at(-2)).toMatch(
    /^panel {5}its 2 reporters of epoch \d+ were not compared with the registry's, and anybody can make up others$/,
  )
  expect(lines.at(-1)).toBe(`compare   assize verify ${id} --evidence ${file} --registry ADDRESS`)

  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replaceAll('"2501"', '"2500"'))
  const forged = await assize(['evidence', 'check', file, '--json'])
  expect(forged.exitCode).toBe(1)
  const document = JSON.parse(forged.out)
  const whose = JSON.parse(text)
  whose.observations[1].reporterIndex = 9
  writeFileSync(file, JSON.stringify(whose))
  const short = await assize(['evidence', 'check', file])
  expect(short.exitCode).toBe(1)
  expect(short.out).toMatch(/^ {2}out +observation of reporter 9 +is not of reporter 9$/m)
  expect(short.out).toMatch(/^ {2}NOT +report +1 observations of 2 reporters, 2 make one$/m)
  const others = JSON.parse((await assize(['evidence', 'check', file, '--json'])).out)
  expect(others).toMatchObject({ isSound: false, report: null, leftOut: [{ what: 'observation of reporter 9' }] })
  records.push(recordOf('evidence check', [JSON.parse(sound.out), document, others]))
  for (const record of records) await expect(record.shape).toMatchFileSnapshot(record.file)
  expect(document).toMatchObject({ isSound: false, fixing: id, value: null })
  expect(document.findings.filter(({ isSound }: { isSound: boolean }) => !isSound)).toHaveLength(1)
})

test('what is no evidence, or cannot be exported, is said', async () => {
  const file = join(temporaryFolder(), 'evidence.json')
  expect((await assize(['evidence', 'check', file])).err).toContain('got no readable file')
  writeFileSync(file, '{"version": 1}')
  expect(await assize(['evidence', 'check', file])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Expected evidence of a fixing, got kind'),
  })
})
