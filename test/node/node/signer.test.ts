import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type Config, loadConfig } from '#node/config'
import { blsKey } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { STATUS } from '#node/http-schemas'
import type { RunningNode } from '../../../node/node.ts'
import { DOMAIN, FIXING, FIXING_ID, keyOf, MATURITY, reporterKey } from '../reporters.ts'
import { signerFolder, standUpSigner, startIn, stopSigner } from '../stand-up-signer.ts'
import { temporaryFolder } from '../temporary.ts'
import { connected, fixingOf, introduce, run, scene, SOON, status } from './scene.ts'

const DEPLOYMENT = {
  ...DOMAIN,
  oracle: '0x00000000000000000000000000000000000000cc',
  bondToken: '0x00000000000000000000000000000000000000dd',
  arbitrators: [FIXING.arbitrator, FIXING.backup],
} as const

/** A node of reporter 0 whose key is with the signer in `folder`. */
function configOf(indexDir: string, folder: string): Config {
  const file = join(temporaryFolder(), 'node.toml')
  writeFileSync(
    file,
    `data_dir = "data"
rpc_url = "http://127.0.0.1:1"
oracle = "${DEPLOYMENT.oracle}"
registry = "${DOMAIN.registry}"
clock = "chain"
poll_ms = 20
index_dir = ${JSON.stringify(indexDir)}
[gossip]
test = true
[signer]
url = ${JSON.stringify(`unix:${join(folder, 'signer.sock')}`)}
address = "${reporterKey(0).address}"
token_file = ${JSON.stringify(join(folder, 'token'))}`,
  )
  return loadConfig({ file, env: {} })
}

const READINESS = z.object({ ready: z.boolean(), problems: z.array(z.string()) })
const OBSERVATIONS = z.array(z.object({ signer: z.string(), value: z.string() }))

async function ask<S extends z.ZodType>(node: RunningNode, path: string, schema: S): Promise<z.output<S>> {
  return schema.parse(await (await fetch(`http://127.0.0.1:${node.httpPort}${path}`)).json())
}

test('two machines with one key sign one observation between them, though they observed different values', async () => {
  const { world, indexDir, venue } = await scene(1)
  const { folder } = await standUpSigner(reporterKey(0).privateKey, DEPLOYMENT)
  const one = await run(configOf(indexDir, folder), world)
  const other = await run(configOf(indexDir, folder), world)
  venue.close = (asked) => `${2_500 + asked}.25`
  world.mine(MATURITY)
  const held = () =>
    Promise.all([one, other].map((node) => ask(node, `/fixings/${FIXING_ID}/observations`, OBSERVATIONS)))
  await expect.poll(async () => (await held()).flat().length, SOON).toBe(1)
  // Both have observed, and not the same.
  const values = async () =>
    (await Promise.all([fixingOf(one), fixingOf(other)])).map((fixing) => fixing?.observation?.value)
  await expect.poll(async () => new Set(await values()).size, SOON).toBe(2)
  await expect.poll(async () => new Set(await values()).has(undefined), SOON).toBe(false)
  const journals = async () => {
    const entry = z.object({ stage: z.string(), action: z.string(), reason: z.string() })
    const lines = await Promise.all([one, other].map((node) => ask(node, '/journal', z.array(entry))))
    return lines.flat().filter(({ stage }) => stage === 'sign')
  }
  await expect
    .poll(async () => (await journals()).map(({ action }) => action).toSorted(), SOON)
    .toEqual(['refused', 'sign'])
  expect((await journals()).find(({ action }) => action === 'refused')?.reason).toContain('keep the first')
  expect((await held()).flat()).toHaveLength(1)
})

test('publishes nothing of its signer when an observation of its key came from another machine while the signer was asked', async () => {
  const { world, indexDir, venue, configOf: keystoreConfig } = await scene(1)
  const folder = await signerFolder(reporterKey(0).privateKey)
  const account = privateKeyToAccount(reporterKey(0).privateKey)
  const asked = Promise.withResolvers<void>()
  const allowed = Promise.withResolvers<void>()
  const REQUEST = z.object({ id: z.unknown(), method: z.string(), params: z.array(z.string()) })
  // It signs what it is asked for, as a wallet does, but late: it remembers nothing.
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { id, method, params } = REQUEST.parse(await json(request))
    const typed = method === 'eth_accounts' ? undefined : JSON.parse(params[1] ?? '')
    if (typed?.primaryType === 'Observation') {
      asked.resolve()
      await allowed.promise
    }
    const result = typed === undefined ? [account.address] : await account.signTypedData(typed)
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  }
  const server = createServer((request, response) => void answer(request, response)).listen(join(folder, 'signer.sock'))
  onTestFinished(() => void server.close())
  const node = await run(configOf(indexDir, folder), world)
  world.mine(MATURITY)
  await asked.promise
  venue.close = () => '2501'
  const other = await run(await keystoreConfig(0), world)
  await expect.poll(async () => (await fixingOf(other))?.observations, SOON).toBe(1)
  await connected([node, other])
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  allowed.resolve()
  await expect.poll(async () => (await fixingOf(node))?.observation?.value, SOON).toBe((2_501n * 10n ** 18n).toString())
  const entry = z.object({ stage: z.string(), action: z.string() })
  const signed = (await ask(node, '/journal', z.array(entry))).filter(({ stage }) => stage === 'sign')
  expect(signed).toEqual([{ stage: 'sign', action: 'refused' }])
  for (const one of [node, other]) {
    expect(await ask(one, `/fixings/${FIXING_ID}/evidence`, z.array(z.unknown()))).toEqual([])
  }
})

test('is not ready a minute after an observation that its signer refused, until another machine with the key tells of its own', async () => {
  const { world, indexDir, venue } = await scene(1)
  const { folder } = await standUpSigner(reporterKey(0).privateKey, DEPLOYMENT)
  const one = await run(configOf(indexDir, folder), world)
  const other = await run(configOf(indexDir, folder), world)
  venue.close = (asked) => `${2_500 + asked}.25`
  world.mine(MATURITY)
  const held = () => Promise.all([one, other].map(async (node) => (await fixingOf(node))?.observations))
  await expect.poll(async () => new Set(await held()), SOON).toEqual(new Set([0, 1]))
  const [spare, first] = (await held())[0] === 0 ? [one, other] : [other, one]
  await expect.poll(async () => (await fixingOf(spare))?.observation, SOON).toBeDefined()
  const observedAt = BigInt((await fixingOf(spare))?.observation?.observedAt ?? 0)
  const seen = async (node: RunningNode, time: bigint) => {
    world.mine(time)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(`${world.head.number}`)
    const metrics = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text()
    const { fixings } = await ask(node, '/status', STATUS)
    return {
      ...(await ask(node, '/readyz', READINESS)),
      counted: /^assize_fixings_unsigned (\d)$/m.exec(metrics)?.[1],
      shown: fixings[0]?.unsigned,
    }
  }
  const fine = { ready: true, problems: [], counted: '0', shown: undefined }
  expect(await seen(spare, observedAt + 59n)).toMatchObject(fine)
  expect(await seen(spare, observedAt + 60n)).toMatchObject({
    ready: false,
    problems: [
      '1 fixings were observed, and no observation of them is signed: see assize journal, stage sign, and the log.',
    ],
    counted: '1',
    shown: true,
  })
  expect(await seen(first, observedAt + 61n)).toMatchObject(fine)
  await introduce(spare, first)
  await expect.poll(async () => (await fixingOf(spare))?.observations, SOON).toBe(1)
  expect(await seen(spare, observedAt + 62n)).toMatchObject(fine)
})

test('is not ready while its signer is down, and signs when it is back', async () => {
  const { world, indexDir } = await scene(1)
  const folder = await signerFolder(reporterKey(0).privateKey)
  const node = await run(configOf(indexDir, folder), world)
  expect(node.signer).toBe(reporterKey(0).address)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.observation?.value, SOON).toBeDefined()
  const { ready, problems } = await ask(node, '/readyz', READINESS)
  expect(ready).toBe(false)
  expect(problems).toEqual([`The signer at unix:${join(folder, 'signer.sock')} does not answer (ENOENT): start it.`])
  expect((await fixingOf(node))?.observations).toBe(0)
  const signer = await startIn(folder, DEPLOYMENT)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  await expect.poll(async () => (await ask(node, '/readyz', READINESS)).ready, SOON).toBe(true)
  await stopSigner(signer)
})

test('co-signs with the first block after its signer is back what was asked for while that was down', async () => {
  const { world, indexDir, configOf: keystoreConfig } = await scene(2)
  world.incentives = { ...world.incentives, attestersReward: 10n ** 18n }
  const { folder, ...signer } = await standUpSigner(reporterKey(0).privateKey, DEPLOYMENT)
  const remote = configOf(indexDir, folder)
  const policy = { ...remote.policy, arbitrators: [FIXING.arbitrator, FIXING.backup] }
  // Who only reports looks at no block in which nothing happened to the fixing.
  const node = await run({ ...remote, roles: ['reporter'], policy }, world)
  const asking = await keystoreConfig(1)
  const proposer = await run(
    {
      ...asking,
      policy: { ...asking.policy, stageDelaySeconds: 0 },
      gossip: { ...asking.gossip, cosignMs: 3_600_000 },
    },
    world,
  )
  await connected([node, proposer])
  world.mine(MATURITY)
  const both = [node, proposer]
  await expect
    .poll(async () => (await Promise.all(both.map(fixingOf))).map((fixing) => fixing?.observations), SOON)
    .toEqual([2, 2])
  await stopSigner(signer)
  const mined = async (time: bigint): Promise<void> => {
    world.mine(time)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(`${world.head.number}`)
  }
  await mined(MATURITY + 1n)
  const entry = z.object({ stage: z.string(), action: z.string(), reason: z.string() })
  const said = async (): Promise<string[]> => {
    const lines = await ask(node, '/journal', z.array(entry))
    return lines.flatMap(({ stage, action, reason }) => (stage === 'cosign' ? [`${action}: ${reason}`] : []))
  }
  await expect
    .poll(said, SOON)
    .toEqual([expect.stringContaining(`wait: Expected the signer at unix:${join(folder, 'signer.sock')} to answer`)])
  // The proposer's own co-signature is heard as well: nothing is on its way any more.
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text()
  await expect.poll(metrics, SOON).toMatch(/^assize_messages_total\{.*verdict="partial".*\} 1$/m)
  await mined(MATURITY + 2n)
  await startIn(folder, DEPLOYMENT)
  expect(world.sent).toEqual([])
  await mined(MATURITY + 3n)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', expect.stringMatching(/^attest \d+ by 0,1$/)])
})

test('sends nobody a co-signature by another key than the registry has, for which peers would condemn it', async () => {
  const { world, configOf: keystoreConfig } = await scene(2)
  world.incentives = { ...world.incentives, attestersReward: 10n ** 18n }
  const reporters = world.panel.reporters.map((one) => ({
    ...one,
    key: blsKey(blsSecretOf(keyOf('nobody').privateKey)),
  }))
  world.panel = { ...world.panel, reporters }
  const nodes = [await run(await keystoreConfig(0), world), await run(await keystoreConfig(1), world)]
  await connected(nodes)
  world.mine(MATURITY)
  const entry = z.object({ stage: z.string(), action: z.string(), reason: z.string() })
  const refusals = async (): Promise<string[]> => {
    const lines = await Promise.all(nodes.map((node) => ask(node, '/journal', z.array(entry))))
    return lines.flat().flatMap(({ stage, action, reason }) => {
      return stage === 'cosign' && action === 'refuse' ? [reason] : []
    })
  }
  await expect.poll(async () => (await fixingOf(nodes[0] as RunningNode))?.observations, SOON).toBe(2)
  // Attesting begins in the second after the maturity.
  world.mine(MATURITY + 2n)
  // The one that asks, and the one that is asked.
  await expect.poll(async () => (await refusals()).length, SOON).toBe(2)
  for (const reason of await refusals()) expect(reason).toContain('by the BLS key that the registry has of')
  const statuses = await Promise.all(nodes.map((node) => status(node)))
  expect(statuses.map(({ peers }) => peers)).toEqual([1, 1])
  expect(statuses.map(({ fixings }) => fixings[0]?.cosigned ?? 0)).toEqual([0, 0])
})
